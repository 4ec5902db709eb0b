//! What nobody has published and a simulator has to decide, each switchable. `README.md` says why each default is what it is.

use serde::{Deserialize, Serialize};

/// Every choice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// Days until an invite lapses.
    pub invite_days: i64,
    /// So many sent invites may wait at once.
    pub pending_cap: usize,
    /// An invite to somebody who has a waiting one.
    pub repeated_invite: Repeated,
    /// Whether the role in a deletion of a member must be the member's.
    pub deletion_role_must_match: bool,
    /// Whether grants through a group appear among the members and partners of an asset in it, and among a member's assets.
    pub group_grants_expanded: bool,
    /// Whether setting a member's grant replaces what was there; a partner's always does, that is documented.
    pub member_grants_replaced: bool,
    /// Whether a permission that does not fit the asset's type is refused.
    pub unfit_permissions_refused: bool,
    /// What a bulk write does with an item that can't be done, where its answer has no place for an error.
    pub impossible_item: Impossible,
    /// Whether attaching grants to an invite replaces all that was attached; else only what was attached on the assets it names.
    pub attached_replaced: bool,
    /// What accepting a request grants where the answer brings no permissions.
    pub bare_acceptance: Bare,
    /// Which invites the list has where no status is asked for.
    pub listed_invites: Listed,
    /// How a list ends.
    pub last_page: LastPage,
    /// Whether the list of a member's assets tells how many there are, as from version 5.28 on.
    pub totals_told: bool,
    /// What a created thing answers: 200, or 201 as from version 5.28 on.
    pub created_status: u16,
    /// What somebody gets who may not: 403, or 401, which the description shows too. The code is 29 in both.
    pub forbidden_status: u16,
    /// Whether employees may read the lists of the business; else only their own assets and employers.
    pub employees_read: bool,
    /// Whether the last manager can be removed or demoted.
    pub last_manager_protected: bool,
    /// Whether whoever is named as creator is shown with all that is known of them, or only with what the seed says.
    pub creators_resolved: bool,
    /// Whether an invite to an address shows the address; else an id and a user name that the platform has for it.
    pub invited_addresses_shown: bool,
    /// Whether it tells whose token it is (`GET /user_account`), which the cut description does not have.
    pub user_account_served: bool,
    /// Whether a refreshed token ends the one before, and a new refresh token the old one.
    pub refresh_ends_old: bool,
    /// Seconds that a refreshed access token lives.
    pub token_seconds: i64,
    /// Requests a second before the platform refuses, by the real clock; `None` is without limit.
    pub requests_per_second: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeated {
    /// An exception.
    Refused,
    /// A second one.
    Second,
    /// The first one again.
    Same,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impossible {
    /// It is missing in the answer; the others are done.
    Missing,
    /// The whole call is refused and nothing is done.
    Whole,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bare {
    /// The relation only.
    Nothing,
    /// What was asked for.
    AsAsked,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listed {
    /// All.
    All,
    /// Those that the filter knows: pending and expired.
    Open,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastPage {
    /// `"bookmark": null`
    Null,
    /// No bookmark.
    Omitted,
}

impl Default for Choices {
    fn default() -> Self {
        Choices {
            invite_days: 30,
            pending_cap: 500,
            repeated_invite: Repeated::Refused,
            deletion_role_must_match: true,
            group_grants_expanded: false,
            member_grants_replaced: true,
            unfit_permissions_refused: true,
            impossible_item: Impossible::Missing,
            attached_replaced: false,
            bare_acceptance: Bare::Nothing,
            listed_invites: Listed::All,
            last_page: LastPage::Null,
            totals_told: false,
            created_status: 200,
            forbidden_status: 403,
            employees_read: false,
            last_manager_protected: false,
            creators_resolved: false,
            invited_addresses_shown: true,
            user_account_served: false,
            refresh_ends_old: false,
            token_seconds: 2_592_000,
            requests_per_second: None,
        }
    }
}
