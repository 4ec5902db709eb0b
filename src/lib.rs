//! accord: access-as-code for advertising businesses.
//!
//! ```text
//!  access repository (YAML)          export (API, tables, snapshot)
//!        │ source                            │ connectors
//!        ▼                                   ▼
//!   DesiredState ────────► diff ◄──────── ObservedState
//!                            │ ChangeSet
//!                            ▼
//!                          plan  (operations, order, guards: plain data in a file)
//!                            │
//!                            ▼
//!                          apply (journal, verification) ──► connectors
//!                            │
//!                            ▼
//!                         reports
//! ```
//!
//! A module may only use modules of a lower layer; `tests/suite/architecture.rs` holds the table and fails on any
//! other arrow. A plural folder is an extension point, a singular one a concept or phase. `ARCHITECTURE.md` is the map.

pub mod apply;
pub mod cli;
pub mod commands;
pub mod connectors;
pub mod desired;
pub mod diagnostic;
pub mod diff;
pub mod effect;
pub mod graph;
pub mod model;
pub mod observed;
pub mod plan;
pub mod platforms;
pub mod policy;
pub mod proposal;
pub mod reports;
pub mod review;
pub mod rules;
pub mod source;
pub mod terminal;
