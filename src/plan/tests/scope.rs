//! What is looked at: modes, sections, `--only`, incomplete exports.
