//! What may stand under `policy:`.

use super::{KEYS, role_names};
use crate::policy::assertion::ANY_ACCESS;
use crate::policy::boundary::HOLDERS;
use crate::policy::custom::{COUNTED, GROUPS, SEVERITIES};
use crate::policy::levels::{LEVELS, PROFILES};
use crate::policy::record::{PATTERN, ROW, capability_names, permission_words};
use crate::policy::sets::TOXIC_SCOPES;
use crate::source::shape::{Record, Shape, optional, required};

pub(in crate::desired) static POLICY: Record = Record {
    name: "policy",
    doc: "what must hold, and what a plan may do",
    fields: &[
        optional("guards", Shape::Record(&GUARDS), "limits of the guards"),
        optional("profile", Shape::Choice(&PROFILES), "whose levels and parameters of the rules hold by default"),
        optional(
            "rules",
            Shape::MapOf(&Shape::Either(&Shape::Choice(&LEVELS), &Shape::Open(&RULE))),
            "levels and parameters of rules, by the rule's name",
        ),
        optional("waivers", Shape::List(&Shape::Record(&WAIVER)), "findings that are accepted for a time"),
        optional("custom_rules", Shape::Map(&CUSTOM_RULE), "rules of your own, by name"),
        optional("assertions", Shape::List(&Shape::Record(&ASSERTION)), "what must be so"),
        optional("boundaries", Shape::List(&Shape::Record(&BOUNDARY)), "which files may grant what"),
        optional("toxic", Shape::Map(&TOXIC), "capabilities that one person must not hold together, by name"),
        optional("conflicts", Shape::Map(&CONFLICT), "clients that compete, by name"),
        optional("assignments", Shape::List(&Shape::Record(&ASSIGNMENT)), "who works on what"),
        optional("protected_labels", KEYS, "labels of assets on which new access needs a second look"),
        optional("exempt", Shape::List(&Shape::Record(&EXEMPTION)), "people whom the directory need not know"),
        optional("directory", Shape::Text, "who works here: a CSV file, relative to accord.yaml"),
        optional("activity", Shape::Text, "when people were last active: a CSV file, relative to accord.yaml"),
        optional("approvals", Shape::Record(&APPROVALS), "whose approval a plan needs before it is applied"),
    ],
};

pub(in crate::desired) static APPROVALS: Record = Record {
    name: "approvals",
    doc: "whose approval a plan needs before it is applied",
    fields: &[
        optional("groups", Shape::MapOf(&NAMES), "people who may approve, by the name of the group"),
        optional(
            "needs",
            Shape::Map(&APPROVAL),
            "who approves what, by risk: admin, billing, external, removal, irreversible, addition",
        ),
        optional("signed", Shape::Flag, "whether only signed approvals count"),
        optional("signers", Shape::MapOf(&Shape::Text), "SSH public keys of approvers, by person"),
        optional("authors", NAMES, "addresses under which bots write changes; those of people stand in their entries"),
    ],
};

pub(in crate::desired) static APPROVAL: Record = Record {
    name: "approval",
    doc: "who approves operations of one risk",
    fields: &[
        required("from", NAMES, "names of groups, or `owners`: of the account, else of the business"),
        optional("count", Shape::Number, "how many different people; 1 without it"),
    ],
};

pub(in crate::desired) static GUARDS: Record = Record {
    name: "guards",
    doc: "limits of the guards on a whole plan",
    fields: &[
        optional("removals", Shape::Record(&REMOVALS), "how much one plan may take away"),
        optional(
            "snapshot_age",
            Shape::Text,
            "oldest export a plan may rest on, as hours (`24h`), days (`3d`) or `off`",
        ),
        optional(
            "desired_share",
            Shape::Number,
            "refuse where the files hold less than this share of what exists, in percent",
        ),
        optional("first_apply", Shape::Flag, "refuse removals in a business that was never applied before"),
        optional("managers", Shape::Number, "how many managers who are people must be left"),
    ],
};

pub(in crate::desired) static REMOVALS: Record = Record {
    name: "removals",
    doc: "how much one plan may take away, for each class of access in each business",
    fields: &[
        optional("floor", Shape::Number, "up to this many removals never refuse"),
        optional("count", Shape::Number, "more removals than this refuse"),
        optional("share", Shape::Number, "a larger share of what exists than this refuses, in percent"),
    ],
};

static RULE: Record = Record {
    name: "rule",
    doc: "level and parameters of a rule; `accord explain RULE` tells its parameters",
    fields: &[optional(
        "level",
        Shape::Choice(&LEVELS),
        "what a finding does: refuse, warn, inform; or the rule is off",
    )],
};

pub(in crate::desired) static WAIVER: Record = Record {
    name: "waiver",
    doc: "an accepted finding: of whom or of what, why, by whom, until when",
    fields: &[
        required("rule", Shape::Text, "name of the rule"),
        optional("subject", Shape::Text, "whom it is about: a person, team or partner, or a stable name of a finding"),
        optional("object", Shape::Text, "what it is about: an asset, or a stable name of a finding"),
        required("reason", Shape::Text, "why it is accepted"),
        required("owner", Shape::Text, "address of whoever answers for it"),
        required("approved_by", Shape::Text, "address of whoever accepted it; never the one who gains"),
        required("approved_on", Shape::Day, "when it was accepted"),
        required("until", Shape::Day, "last day"),
        optional("ticket", Shape::Text, "the ticket that asked for it"),
        optional("renewed", Shape::List(&Shape::Day), "days on which it was renewed, in order"),
    ],
};

pub(in crate::desired) static CUSTOM_RULE: Record = Record {
    name: "custom rule",
    doc: "a rule of your own, with rows for which it must fire and rows for which it must not",
    fields: &[
        optional("level", Shape::Choice(&LEVELS), "what a finding does; `deny` by default"),
        optional("severity", Shape::Choice(&SEVERITIES), "how bad a finding is; `high` by default"),
        required("message", Shape::Text, "what a finding says"),
        optional("help", Shape::Text, "what to do about one"),
        optional("match", Shape::Record(&PATTERN), "rows it looks at"),
        optional("unless", Shape::Record(&PATTERN), "rows it leaves out"),
        optional("when", Shape::Text, "a condition in CEL, beside the patterns"),
        optional("limit", Shape::Record(&LIMIT), "how many are allowed, where some are"),
        required("fires", Shape::List(&Shape::Record(&ROW)), "rows for which it must fire; with `limit`, together"),
        required("quiet", Shape::List(&Shape::Record(&ROW)), "rows for which it must not; with `limit`, together"),
    ],
};

pub(in crate::desired) static LIMIT: Record = Record {
    name: "limit",
    doc: "at most so many of one kind in each group",
    fields: &[
        required("at_most", Shape::Number, "how many are allowed"),
        required("of", Shape::Choice(&COUNTED), "what is counted"),
        optional("per", Shape::Choice(&GROUPS), "in what it is counted; `everything` by default"),
    ],
};

/// Capabilities, and the word for any access at all.
pub(in crate::desired) fn claims() -> Vec<&'static str> {
    let mut words = capability_names();
    words.push(ANY_ACCESS);
    words
}

const CLAIM: Shape = Shape::OneOrMany(&Shape::Words(claims));
const NAMES: Shape = Shape::OneOrMany(&Shape::Text);

pub(in crate::desired) static ASSERTION: Record = Record {
    name: "assertion",
    doc: "what must be so: exactly one of `can`, `cannot` and `who_can`",
    fields: &[
        optional("can", CLAIM, "each of them can do all of this, on each of the assets"),
        optional("cannot", CLAIM, "none of them can do any of this, on any of the assets"),
        optional("who_can", CLAIM, "exactly these can do any of this, on each of the assets"),
        optional("people", NAMES, "people and service accounts: keys or addresses"),
        optional("teams", NAMES, "keys of teams: everybody in them"),
        optional("partners", NAMES, "keys of partners: whoever gets in through them"),
        optional("on", NAMES, "keys of assets"),
        optional("clients", NAMES, "assets of these clients"),
        optional("labels", NAMES, "assets with any of these labels"),
        optional("businesses", NAMES, "assets of these businesses only"),
        optional("reason", Shape::Text, "why"),
    ],
};

pub(in crate::desired) static BOUNDARY: Record = Record {
    name: "boundary",
    doc: "what some files may grant; a file that several fit may grant what any of them allows",
    fields: &[
        required("files", NAMES, "patterns of paths, relative to accord.yaml (`teams/emea/**`)"),
        optional("on", NAMES, "keys of the assets; with none of these four: all"),
        optional("clients", NAMES, "assets of these clients"),
        optional("labels", NAMES, "assets with any of these labels"),
        optional("businesses", NAMES, "assets of these businesses only"),
        optional("permissions", Shape::OneOrMany(&Shape::Words(permission_words)), "the only permissions"),
        optional("capabilities", Shape::OneOrMany(&Shape::Words(capability_names)), "the only capabilities"),
        optional("holders", Shape::OneOrMany(&Shape::Choice(&HOLDERS)), "whom grants may be for"),
        optional("roles", Shape::OneOrMany(&Shape::Words(role_names)), "the only roles in the business"),
        optional("reason", Shape::Text, "why"),
    ],
};

pub(in crate::desired) static TOXIC: Record = Record {
    name: "toxic set",
    doc: "capabilities that one person must not hold together",
    fields: &[
        required("capabilities", Shape::List(&Shape::Words(capability_names)), "the capabilities, at least two"),
        optional("within", Shape::Choice(&TOXIC_SCOPES), "where they must not come together; `asset` by default"),
        optional("reason", Shape::Text, "why"),
    ],
};

pub(in crate::desired) static CONFLICT: Record = Record {
    name: "conflict set",
    doc: "clients that compete",
    fields: &[
        required("clients", KEYS, "the clients, at least two"),
        optional("at_most", Shape::Number, "for how many of them one person may work; 1 by default"),
        optional("except", NAMES, "people who may work for more"),
        optional("reason", Shape::Text, "why"),
    ],
};

pub(in crate::desired) static ASSIGNMENT: Record = Record {
    name: "assignment",
    doc: "these people work on these assets",
    fields: &[
        optional("people", NAMES, "people and service accounts: keys or addresses"),
        optional("teams", NAMES, "keys of teams: everybody in them"),
        optional("partners", NAMES, "keys of partners: whoever gets in through them"),
        optional("on", NAMES, "keys of assets"),
        optional("clients", NAMES, "assets of these clients"),
        optional("labels", NAMES, "assets with any of these labels"),
        optional("businesses", NAMES, "assets of these businesses only"),
        optional("reason", Shape::Text, "why"),
    ],
};

pub(in crate::desired) static EXEMPTION: Record = Record {
    name: "exemption",
    doc: "somebody whom the directory need not know; what is missing here is a finding",
    fields: &[
        required("who", Shape::Text, "key, address or id of the person"),
        optional("reason", Shape::Text, "why"),
        optional("owner", Shape::Text, "address of whoever answers for it"),
        optional("until", Shape::Day, "last day"),
    ],
};
