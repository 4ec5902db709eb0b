//! What people and programs see: `<document>/<format>.rs`.
