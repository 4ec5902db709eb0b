//! Runs a verified plan.
