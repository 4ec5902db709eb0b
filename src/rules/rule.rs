//! What a rule is: a name for ever, its documentation, its parameters, and the function that looks.

use super::case::Case;
use super::finding::{Level, Safety, Severity};
use super::params::Param;
use super::sink::Sink;

/// A rule. One static of this type stands in each rule's file, and the table in `mod.rs` names them all.
pub struct Rule {
    /// The name, in kebab case; never changed, never reused. It reads after the word "allow" (`allow partner-has-admin`).
    pub name: &'static str,
    /// Which chapter of the documentation it is in.
    pub family: Family,
    /// When it fires, in one clause without a full stop (`a partner holds an administering permission`).
    pub summary: &'static str,
    /// How grave a finding is by itself; a finding may say otherwise of itself.
    pub severity: Severity,
    /// What a finding does, by profile.
    pub levels: Levels,
    /// What it looks at.
    pub kind: Kind,
    /// Data without which it can't say anything: it is then *not evaluated*.
    pub data: &'static [Data],
    /// What the policy can set.
    pub params: &'static [Param],
    /// Whether its findings can be mended by a patch.
    pub fix: Safety,
    /// What people read.
    pub docs: Docs,
    /// Looks, and reports to the sink. It must report in an order that depends on nothing but the case.
    pub check: for<'a> fn(&Case<'a>, &mut Sink<'a>),
}

/// Documentation of a rule, in Markdown. Examples are fixtures (`tests/rules/README.md`) and run as tests: the bad one yields exactly
/// this rule, at the text that a comment line of `^` marks; the good one yields nothing.
pub struct Docs {
    /// What goes wrong where it fires, and for whom it matters.
    pub why: &'static str,
    /// An example that fires.
    pub bad: &'static str,
    /// The same, mended.
    pub good: &'static str,
    /// What a finding shows as proof.
    pub witness: &'static str,
    /// How to mend it.
    pub fix: &'static str,
}

/// What a rule looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A state of access. It is asked about the state before and the state after, and findings are compared.
    State,
    /// The same, somebody by somebody: it skips those for whom [`Case::looks_at`] says no, and what it finds about the others follows
    /// from the files and what [`Differing`](crate::graph::Differing) compares. In a plan those whom the change leaves alone are then
    /// looked at once, for both states.
    Local,
    /// The difference of two states: `Case::before` is there. Its findings are always new.
    Change,
    /// What the other rules left of the waivers: `Case::waivers` is there. Asked last.
    Waivers,
}

/// Levels by profile; `None` = off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Levels {
    /// For advertisers with agencies and a few employees.
    pub advertiser: Option<Level>,
    /// For agencies with many clients.
    pub agency: Option<Level>,
    /// For an audit, or where every doubt must be looked at.
    pub audit_strict: Option<Level>,
}

impl Levels {
    /// It breaks least privilege: an error in every profile.
    pub const REFUSE: Levels = Levels::all(Level::Error, Level::Error, Level::Error);
    /// A reviewer must look at it: a warning, and an error in a strict audit.
    pub const REVIEW: Levels = Levels::all(Level::Warning, Level::Warning, Level::Error);
    /// Good to know: a note, and a warning in a strict audit.
    pub const INFORM: Levels = Levels::all(Level::Note, Level::Note, Level::Warning);

    /// One level each.
    pub const fn all(advertiser: Level, agency: Level, audit_strict: Level) -> Self {
        Levels { advertiser: Some(advertiser), agency: Some(agency), audit_strict: Some(audit_strict) }
    }
}

/// Data that not every run has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Data {
    /// An export of the business.
    Export,
    /// Who works here: the directory file that the policy names.
    Directory,
    /// When people were last active: the activity file that the policy names.
    Activity,
    /// An earlier version of the files.
    Base,
    /// The operations of a plan, in their order.
    Plan,
}

impl Data {
    /// Why a rule that needs it was not evaluated.
    pub fn missing(self) -> &'static str {
        match self {
            Data::Export => "no export was read",
            Data::Directory => "no directory is named in the policy",
            Data::Activity => "no activity file is named in the policy",
            Data::Base => "no earlier version of the files is given",
            Data::Plan => "there is no plan",
        }
    }
}

/// Chapters of the documentation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "the titles say it")]
pub enum Family {
    Billing,
    Ownership,
    Partners,
    Administrators,
    LeastPrivilege,
    Employees,
    Directory,
    Credentials,
    TwoFactor,
    Life,
    Trail,
    Duties,
    Change,
    Graph,
    Waivers,
    Policy,
}

impl Family {
    /// All of them, in the order of the documentation.
    pub const ALL: [Family; 16] = [
        Family::Billing,
        Family::Ownership,
        Family::Partners,
        Family::Administrators,
        Family::LeastPrivilege,
        Family::Employees,
        Family::Directory,
        Family::Credentials,
        Family::TwoFactor,
        Family::Life,
        Family::Trail,
        Family::Duties,
        Family::Change,
        Family::Graph,
        Family::Waivers,
        Family::Policy,
    ];

    /// The title of its chapter.
    pub fn title(self) -> &'static str {
        match self {
            Family::Billing => "Billing",
            Family::Ownership => "Ownership",
            Family::Partners => "Partners",
            Family::Administrators => "Administrators",
            Family::LeastPrivilege => "Least privilege",
            Family::Employees => "Employees",
            Family::Directory => "Directory",
            Family::Credentials => "Credentials",
            Family::TwoFactor => "Two-factor",
            Family::Life => "Life of a grant",
            Family::Trail => "Audit trail",
            Family::Duties => "Segregation of duties",
            Family::Change => "The change itself",
            Family::Graph => "Graph",
            Family::Waivers => "Waivers",
            Family::Policy => "Policy",
        }
    }
}
