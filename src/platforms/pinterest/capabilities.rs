//! Capabilities: the eleven rows of the official matrix, administration, catalogs, and the nine of a profile's publisher.
//!
//! Weights are ours: 1 to 5 for looking, 10 for sending data in, 15 to 25 for changing what runs, 50 for money, 100 for
//! giving access to others. Only their order of size matters.

use crate::platforms::Capability;

pub(super) static CAPABILITIES: [Capability; 22] = [
    weigh("edit-campaigns", "create and edit campaigns, ad groups and ads", 25),
    weigh("view-billing", "view billing and business settings", 5),
    weigh("edit-billing", "edit billing and business settings", 50),
    weigh("view-reporting", "view reporting", 2),
    weigh("view-conversion-tags", "view conversion tags", 1),
    weigh("edit-conversion-tags", "create and edit conversion tags", 20),
    weigh("view-audiences", "view audiences", 3),
    weigh("edit-audiences", "create and edit audiences", 15),
    weigh("view-analytics", "view analytics", 2),
    weigh("edit-data-sources", "create and edit data sources and product groups", 15),
    weigh("upload-conversions", "upload conversion files", 10),
    weigh("administer", "give others access to the asset", 100),
    weigh("view-catalogs", "view catalogs and product groups", 1),
    weigh("edit-boards", "create, edit and delete boards, public and secret", 10),
    weigh("archive-boards", "archive and merge boards", 10),
    weigh("join-group-boards", "work on group boards", 5),
    weigh("create-pins", "create Pins and all ad formats", 15),
    weigh("edit-pins", "edit and delete Pins of all formats", 15),
    weigh("act-on-pins", "save, tag, annotate and comment on the page of a Pin", 10),
    weigh("schedule-pins", "schedule Pins", 10),
    weigh("view-pin-statistics", "view the statistics of single Pins", 1),
    weigh("edit-cover", "change the cover image of the profile", 10),
];

const fn weigh(name: &'static str, title: &'static str, weight: u32) -> Capability {
    Capability { name, title, weight }
}
