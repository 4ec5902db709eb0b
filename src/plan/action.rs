//! What an operation does, and what comes or ends with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AssetRef, PartnerRef, PersonRef, Principal};

/// What is to be done. Permission lists are the platform's words, sorted, and always the full set.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// Create an asset group (empty).
    CreateGroup {
        /// The group; its `id` is absent.
        group: AssetRef,
        /// What it is for.
        description: String,
        /// The platform's words for its kinds.
        types: Vec<String>,
    },
    /// Put an asset into a group.
    AddToGroup {
        /// The group.
        group: AssetRef,
        /// The asset.
        asset: AssetRef,
    },
    /// Take an asset out of a group.
    RemoveFromGroup {
        /// The group.
        group: AssetRef,
        /// The asset.
        asset: AssetRef,
    },
    /// Delete an asset group.
    DeleteGroup {
        /// The group.
        group: AssetRef,
        /// Labels of the assets in it.
        contents: Vec<AssetRef>,
        /// Grants on it that end with it.
        grants: Vec<EndingGrant>,
    },
    /// Ask a person to become an employee, with grants that come with acceptance.
    InviteMember {
        /// The person.
        person: PersonRef,
        /// The platform's word for the role.
        role: String,
        /// Grants attached to the invite.
        grants: Vec<AttachedGrant>,
    },
    /// Ask a business to become an inbound partner, with grants that come with acceptance.
    InvitePartner {
        /// The partner.
        partner: PartnerRef,
        /// Grants attached to the invite.
        grants: Vec<AttachedGrant>,
    },
    /// Ask a business to let us in (outbound), for these rights.
    RequestPartner {
        /// The partner.
        partner: PartnerRef,
        /// Rights asked for.
        grants: Vec<AttachedGrant>,
    },
    /// Attach grants to a pending invite; replaces what was attached.
    AttachGrants {
        /// The invite.
        invite: String,
        /// Who is invited.
        invitee: Principal,
        /// What was attached.
        before: Vec<AttachedGrant>,
        /// What shall be attached.
        after: Vec<AttachedGrant>,
    },
    /// Accept what a business asked of us (inbound) or offers us (outbound).
    AcceptInvite {
        /// What they sent us.
        invite: String,
        /// The partner they become.
        partner: PartnerRef,
        /// What they get with it; of an outbound partner nothing, what we get is theirs to say.
        grants: Vec<AttachedGrant>,
    },
    /// Cancel a pending invite or request.
    CancelInvite {
        /// The invite.
        invite: String,
        /// Who is invited.
        invitee: Principal,
        /// The platform's word for the role, where it has one.
        role: Option<String>,
        /// What was attached.
        grants: Vec<AttachedGrant>,
    },
    /// Change an employee's business role.
    SetRole {
        /// The person.
        person: PersonRef,
        /// The platform's word now.
        before: String,
        /// The platform's word then.
        after: String,
    },
    /// Give or change a grant: afterwards exactly `after` holds.
    SetGrant {
        /// Who.
        principal: Principal,
        /// On what.
        asset: AssetRef,
        /// What they had; empty = nothing.
        before: Vec<String>,
        /// What they shall have; never empty.
        after: Vec<String>,
    },
    /// Take a grant away.
    RemoveGrant {
        /// Who.
        principal: Principal,
        /// On what.
        asset: AssetRef,
        /// What they had.
        before: Vec<String>,
    },
    /// Ask an outbound partner for (other) rights on one of their assets.
    RequestAccess {
        /// The partner.
        partner: PartnerRef,
        /// The asset.
        asset: AssetRef,
        /// What we have; empty = nothing.
        before: Vec<String>,
        /// What we ask for.
        after: Vec<String>,
    },
    /// End an employee's membership; their grants end with it.
    RemoveMember {
        /// The person.
        person: PersonRef,
        /// The platform's word for the role they had.
        role: String,
        /// Grants that end with it.
        grants: Vec<EndingGrant>,
    },
    /// End a partnership; its grants end with it.
    RemovePartner {
        /// The partner.
        partner: PartnerRef,
        /// Grants that end with it.
        grants: Vec<EndingGrant>,
    },
}

/// A grant attached to an invite or request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachedGrant {
    /// On what.
    pub asset: AssetRef,
    /// What; never empty.
    pub permissions: Vec<String>,
}

/// A grant that ends because what it hangs on ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndingGrant {
    /// Who; absent where the operation says it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub principal: Option<Principal>,
    /// On what.
    pub asset: AssetRef,
    /// What they had.
    pub permissions: Vec<String>,
}
