//! accord: access-as-code for advertising businesses.
