//! The graph of access: who reaches what, over which paths.

/// One state of access over all businesses of a run.
#[derive(Debug)]
pub struct AccessGraph;
