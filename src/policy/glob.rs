//! Paths and names with `*`.
