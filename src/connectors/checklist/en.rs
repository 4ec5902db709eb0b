//! English.
//!
//! Buttons and titles as the English help centre of Pinterest writes them.

use super::language::{Kind, Recipe, Recipes, Texts};

pub(super) static TEXTS: Texts = Texts {
    code: "en",
    name: "English",
    spacing: &[("step {", "step\u{a0}{"), ("steps {", "steps\u{a0}{")],

    and: " and ",
    quoted: "“{name}”",
    id: "ID {id}",
    business_id: "business ID {id}",
    created_in: "created in step {step}",
    nobody: "somebody without a name",
    ending: "{principal}: {rights}",

    heading: "Access changes on Pinterest: {business}",
    facts: &[
        "**Business:** {business}",
        "**Plan:** {plan}",
        "**Computed for:** {as_of}",
        "**Steps:** {count}",
        "{only_manual}",
    ],
    only_manual: "Only the steps that accord can’t do by itself are listed here.",
    before_heading: "Before you start",
    before: &[
        "Log in to Pinterest with an account that has the role **Manager** in this business.",
        "Open the menu in the top left corner and, under **Business**, choose **Business Manager** (called **Business Access** in \
         older versions). Every step starts there.",
        "Check that the business shown there is {business}.",
        "Keep to the order of the steps, so that nobody loses on the way what they are to keep.",
        "The labels of buttons change now and then. What counts is the result described under “Afterwards”.",
    ],
    ticking_heading: "How to tick",
    ticking: &[
        "`[x]`: done.",
        "`[ ]`: not done.",
        "`[!]`: could not be done. Say why at the end of the same line, behind `-->`.",
        "Leave the hidden comments with the word `accord` as they are: they tell which step is meant.",
        "Write remarks on lines of their own.",
        "Hand this file back to accord, which then looks at the business again.",
    ],
    steps_heading: "Steps",
    no_steps: "There is nothing to do by hand.",

    after_one: "After step {steps}.",
    after_many: "After steps {steps}.",
    after_accord: "Wait until accord has done {operations}.",
    care_admin: "**Take care:** this gives administration. Compare the name and the ID once more before you save.",
    care_billing: "**Take care:** this gives rights over money.",
    care_irreversible: "**Take care:** accord can’t undo this by itself.",
    afterwards: "**Afterwards:** {check}",
    why: "**Why:** {why}",
    written: "asked for in {places}",
    written_because: "{reasons} (asked for in {places})",
    unwritten: "no line of the access repository asks for it",
    unwritten_near: "no line of the access repository asks for it; the nearest one is {place}",
    ended: "its last day was {until} ({place})",
    undoes: "it undoes {operation} of the plan {plan}",

    employees: "Employees",
    partners: "Partners",
    inbound: "they reach our assets",
    outbound: "we reach their assets",

    words: &[
        ("EMPLOYEE", "Employee"),
        ("BIZ_ADMIN", "Manager"),
        ("ADMIN", "Admin"),
        ("ANALYST", "Analyst"),
        ("FINANCE_MANAGER", "Finance"),
        ("FINANCE_EDIT", "Finance (edit)"),
        ("FINANCE_VIEW", "Finance (view)"),
        ("AUDIENCE_MANAGER", "Audience"),
        ("CAMPAIGN_MANAGER", "Campaign"),
        ("CATALOGS_MANAGER", "Catalogs"),
        ("CATALOGS_VIEWER", "Catalogs (view)"),
        ("PROFILE_PUBLISHER", "Publisher"),
        ("CONSUMER_USER", "Consumer user"),
        ("BIZ_PINNER_LIST_SHARER", "Audience sharing"),
        ("OWNER", "Owner"),
        ("SOS_READER", "SOS (read)"),
        ("RESTRICTED_OWNER", "Restricted owner"),
        ("PROFILE_MANAGER", "Profile manager"),
        ("RESOURCE_PINNER_LIST_OWNER", "Audience owner"),
        ("RESOURCE_PINNER_LIST_READER", "Audience (read)"),
        ("RESOURCE_CONVERSION_TAGS_READER", "Conversion tags (read)"),
        ("BRAND", "Brand"),
        ("LOCATION_OR_LANGUAGE", "Location or language"),
        ("PRODUCT_LINE", "Product line"),
        ("OTHER", "Other"),
    ],
    kinds: &[
        Kind { word: "AD_ACCOUNT", title: "ad account", section: "Ad accounts" },
        Kind { word: "PROFILE", title: "profile", section: "Profiles" },
        Kind { word: "CATALOG", title: "catalog", section: "Catalogs" },
        Kind { word: "ASSET_GROUP", title: "asset group", section: "Asset groups" },
        Kind { word: "CONSUMER", title: "consumer", section: "Assets" },
    ],
    recipes: RECIPES,
};

const RECIPES: Recipes = Recipes {
    create_group: Recipe {
        title: "Create the asset group {what}",
        how: &[
            "In the menu on the left, click **Asset groups**, then **Create asset group**.",
            "Enter the name {what}.",
            "Enter the description {description}.",
            "Choose the type {types}.",
            "Click **Create** and leave the group empty: other steps fill it.",
            "If you can see the ID of the group (in the address bar, for example), write it behind `ID:` on the line with the tick box.",
        ],
        check: "the group is listed and empty.",
    },
    add_to_group: Recipe {
        title: "Put {what} into the asset group {into}",
        how: &[
            "Click **Asset groups** and select {group}.",
            "Click the pencil icon, then **Add assets**, and open **{section}**.",
            "Select {asset} and save.",
        ],
        check: "{what} is listed among the assets of the group. Whoever has rights on the group now reaches it.",
    },
    remove_from_group: Recipe {
        title: "Take {what} out of the asset group {into}",
        how: &[
            "Click **Asset groups** and select {group}.",
            "Click the pencil icon and open **{section}**.",
            "Click the bin icon next to {asset}, confirm with **Remove** and save.",
        ],
        check: "{what} is no longer listed among the assets of the group.",
    },
    delete_group: Recipe {
        title: "Delete the asset group {what}",
        how: &[
            "Click **Asset groups** and select {asset}.",
            "Check that it holds nothing but: {contents}",
            "Check that these are the only rights on it, for they end with it: {grants}",
            "Click the bin icon and confirm with **Delete**.",
        ],
        check: "{what} is no longer listed. The assets that were in it still exist.",
    },
    invite_member: Recipe {
        title: "Invite {who} as {role}",
        how: &[
            "Click **Employees**, then **Add employee**.",
            "Choose the role **{role}**.",
            "Enter {address} and click **Add employees**.",
            "When Pinterest offers to assign permissions, assign what is listed below and nothing else. Where nothing is listed, \
             click **Maybe later**.",
            "To assign: {grants}",
        ],
        check: "{who} is listed as invited. The access starts when the invitation is accepted, for which a Pinterest business account \
                is needed.",
    },
    invite_partner: Recipe {
        title: "Invite {who} as a partner",
        how: &[
            "Click **Partners**, then **Add partner**.",
            "Enter the business ID {address}.",
            "Choose **Invite a partner to access your assets**.",
            "When Pinterest offers to assign permissions, assign what is listed below and nothing else. Where nothing is listed, \
             click **Maybe later**.",
            "To assign: {grants}",
        ],
        check: "{principal} is listed as invited, under the name you expect. The access starts when the invitation is accepted.",
    },
    request_partner: Recipe {
        title: "Ask {who} for access to their assets",
        how: &[
            "Click **Partners**, then **Add partner**.",
            "Enter the business ID {address}.",
            "Choose **Request access to your partner’s assets**.",
            "Ask for what is listed below and nothing else, then click **Send request**.",
            "To ask for: {grants}",
        ],
        check: "the request to {principal} is listed as pending. The access starts when the partner accepts.",
    },
    attach_grants: Recipe {
        title: "Set the permissions in the pending invitation of {who}",
        how: &[
            "Click **{people}** and select {principal} among the pending ones.",
            "Take away: {dropped}",
            "Assign exactly: {grants}",
            "Save. If the console does not let you change a pending invitation, mark this step `[!]`.",
        ],
        check: "the pending invitation shows these permissions and no others.",
    },
    accept_inbound: Recipe {
        title: "Accept the request of {who} for access to our assets",
        how: &[
            "Click **Partners** and find the request of {principal} among the pending ones.",
            "Check that the business ID is {address}.",
            "Leave only what is listed below and nothing else, whatever was asked for, then accept.",
            "To give: {grants}",
        ],
        check: "{principal} is listed as a partner with access to our assets, and has what is listed above and nothing else.",
    },
    accept_outbound: Recipe {
        title: "Accept the access to their assets that {who} offers",
        how: &[
            "Click **Partners** and find the invitation of {principal} among the pending ones.",
            "Check that the business ID is {address}, then accept.",
        ],
        check: "{principal} is listed as a partner that shares assets with us.",
    },
    cancel_invite: Recipe {
        title: "Cancel the pending invitation of {who}",
        how: &[
            "Click **{people}** and find {principal} among the pending ones.",
            "Click the bin icon next to the name and confirm with **Cancel**.",
        ],
        check: "{who} is no longer listed among the pending ones. If the invitation has been accepted meanwhile, mark this step `[!]`.",
    },
    set_role: Recipe {
        title: "Change the role of {who} from {before} to {role}",
        how: &[
            "Click **Employees** and select {principal}.",
            "Click the pencil icon next to the role, choose **{role}** instead of **{before}** and save.",
        ],
        check: "the list of employees shows {who} as {role}.",
    },
    give: Recipe {
        title: "Give {who} access to {what}: {rights}",
        how: &[
            "Click **{people}** and select {principal}.",
            "Click **Assign**, open **{section}** and select {asset}.",
            "Switch on {on}. Leave everything else off.",
            "Click **Assign permissions**.",
        ],
        check: "{what} is listed on the page of {who} with these permissions alone: {rights}.",
    },
    change: Recipe {
        title: "Change the permissions of {who} on {what}",
        how: &[
            "Click **{people}** and select {principal}.",
            "Open **{section}** and click the pencil icon next to {asset}.",
            "Switch on {on}.",
            "Switch off {off}.",
            "Check that exactly this is on: {all}. Then save.",
        ],
        check: "{what} is listed on the page of {who} with these permissions alone: {rights}.",
    },
    take: Recipe {
        title: "Take away the access of {who} to {what}",
        how: &[
            "Click **{people}** and select {principal}.",
            "Open **{section}** and click the pencil icon next to {asset}. So far, this is on: {had}.",
            "Click **Remove** and confirm.",
        ],
        check: "{what} is no longer listed on the page of {who}.",
    },
    give_up: Recipe {
        title: "Give up our access to {what}, shared by {who}",
        how: &[
            "Click **{people}** and select {principal}.",
            "Open what the partner shares with you, then **{section}**, and find {asset}. So far, you have: {had}.",
            "Click the bin icon next to it and confirm with **Remove**.",
        ],
        check: "{what} is no longer listed among what {who} shares with you.",
    },
    request_access: Recipe {
        title: "Ask {who} for access to {what}: {rights}",
        how: &[
            "Click **{people}** and select {principal}.",
            "Click **Request access**, open **{section}** and enter the ID of {asset}.",
            "So far, you have: {had}.",
            "Choose exactly {all} and click **Send request**.",
        ],
        check: "the request is listed as pending. The access changes when the partner accepts.",
    },
    remove_member: Recipe {
        title: "Remove {who} from the employees",
        how: &[
            "Click **Employees** and find {principal}, with the role {role}.",
            "These permissions end with it: {grants}",
            "Click the bin icon to the right of the name and confirm with **Remove**.",
        ],
        check: "{who} is no longer listed among the employees.",
    },
    remove_partner: Recipe {
        title: "End the partnership with {who}",
        how: &[
            "Click **Partners** and find {principal}. Meant is the partnership in which {direction}.",
            "These permissions end with it: {grants}",
            "Click the bin icon to the right of the name and confirm with **Remove**.",
        ],
        check: "{who} is no longer listed among the partners ({direction}).",
    },
};
