//! YAML with a place for every value: events straight from the parser, read by typed readers without a tree in between.
//!
//! YAML 1.2 core rules with a string schema: whoever reads decides what a scalar is, so `no`, `on`, `1e3` and `0123` stay text.
//! Duplicate keys are problems, tags other than the core ones are refused, anchors, aliases and merge keys are followed within a
//! limit taken from the file's length. All problems of a file are collected; a syntax error ends the file.

mod events;
mod plain;
mod reader;
mod record;
mod scalar;

pub use reader::{Reader, Text, looks_secret};
