//! Who may do what, on what: grants, assets, groups.
