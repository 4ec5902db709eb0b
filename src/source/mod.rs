//! Text and positions: the files of an access repository and a position for every value in them.
//!
//! Nothing here knows what a file means. [`load`] is the only part that touches the disk.

pub mod edit;
pub mod extent;
pub mod format;
pub mod load;
pub mod position;
pub mod problem;
pub mod shape;
pub mod suggest;
pub mod yaml;

pub use position::{At, FileId, Files, Pos, Span};
pub use problem::{Level, Problem, Related};
pub use suggest::nearest;
