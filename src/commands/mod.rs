//! One verb per file, its arguments beside it.
