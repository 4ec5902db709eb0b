//! Rows on their way into a state: pushed column by column in any order, then sorted, linked and judged at once.
//!
//! Every reader of exports fills one (`snapshot`, `tables`, later the platforms' interfaces), so that all of them agree on what is a
//! duplicate, what dangles and what is whole.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::model::{Direction, PermissionSet, Strings, Sym, short_number};
use crate::platforms::Platform;

use super::check;
use super::ids::Ids;
use super::late::{Late, LateMember, LateText};
use super::settle::Settle;
use super::{Asset, Collection, Invite, Member, ObservedState, Partner, RosterRow, TeamGrant, TeamRow};

/// What an export says about itself.
#[derive(Clone, Debug)]
pub struct Heading {
    /// The platform's id of the business.
    pub business_id: String,
    /// Its name.
    pub business_name: Option<String>,
    /// When the export was taken.
    pub captured_at: Timestamp,
    /// Who took it.
    pub captured_by: Option<String>,
    /// Where it came from.
    pub source: String,
    /// With which query.
    pub query: Option<String>,
}

/// What an export says about one collection. Nothing said is nothing proven.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// Whether the export has the collection at all.
    pub present: bool,
    /// Whether it calls it whole.
    pub complete: bool,
    /// How many rows it counts.
    pub total: Option<u64>,
    /// Why it is not whole, in the export's words.
    pub reason: Option<String>,
    /// What the reader saw that makes it doubtful, each a clause.
    pub doubts: Vec<String>,
}

/// A list of rows, for the place of a fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Table {
    /// One of the collections.
    Collection(Collection),
    /// Partners' own people.
    Rosters,
    /// Who is in which team.
    Teams,
    /// What teams have.
    TeamGrants,
}

/// Rows that contradict each other or can't be resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DraftFault {
    /// The list.
    pub table: Table,
    /// The row, by the order in which rows were pushed, from 0.
    pub row: usize,
    /// The row that has the same key; then `message` names what both are about.
    pub other: Option<usize>,
    /// One sentence without the places.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

/// Whose grant a row is, as far as the export says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// A member's.
    Member,
    /// A partner's; the direction may be left out where only one partnership exists.
    Partner(Option<Direction>),
}

/// A grant as an export has it: by ids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GrantRow {
    /// Id of the member or partner.
    pub principal: Sym,
    /// Id of the asset.
    pub asset: Sym,
    /// What.
    pub permissions: PermissionSet,
    /// Which of the two it is.
    pub whose: Whose,
}

/// A content as an export has it: by ids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ContentRow {
    /// Id of the group.
    pub group: Sym,
    /// Id of the asset.
    pub asset: Sym,
}

/// Rows in the order in which they came.
#[derive(Debug)]
pub struct Draft {
    /// The platform whose words the rows use.
    pub platform: &'static Platform,
    /// Every string below.
    pub strings: Strings,
    /// Members.
    pub members: Vec<Member>,
    /// Partnerships.
    pub partners: Vec<Partner>,
    /// Assets.
    pub assets: Vec<Asset>,
    /// Grants.
    pub grants: Vec<GrantRow>,
    /// Group contents.
    pub contents: Vec<ContentRow>,
    /// Invites; see [`Draft::push_invite`].
    pub(super) invites: Vec<Invite>,
    /// Partners' own people.
    pub rosters: Vec<RosterRow>,
    /// Who is in which team.
    pub teams: Vec<TeamRow>,
    /// What teams have.
    pub team_grants: Vec<TeamGrant>,
    /// What is said about each collection.
    pub claims: BTreeMap<Collection, Claim>,
    /// Grants of the invite that is being read.
    pub(super) attached: Vec<(Sym, PermissionSet)>,
    pub(super) foreign: Vec<Vec<String>>,
    foreign_index: HashMap<Vec<String>, u32>,
    /// Whether equal rows that stand twice are faults in every list.
    pub(super) strict: bool,
    words: Words,
    /// Ids, but for those that [`Draft::asset_id`] is asked about.
    ids: Ids,
    /// Ids of assets: few, so that they stay near the processor while a million grants name them.
    asset_ids: Ids,
    late: Late,
}

/// The words of the set that is being read.
#[derive(Debug, Default)]
struct Words {
    known: u32,
    unknown: Vec<String>,
}

impl Draft {
    /// The same, with room for the strings of an export of so many bytes.
    pub fn for_text(platform: &'static Platform, bytes: usize) -> Self {
        let mut draft = Draft { strings: Strings::for_text(bytes), ..Draft::new(platform) };
        // Every third string of an export is the id of a row.
        draft.ids = Ids::with_capacity(bytes / 300);
        draft
    }

    /// Without any row or claim; and equal rows that stand twice will be faults, because somebody can mend them.
    pub fn strict(platform: &'static Platform) -> Self {
        Draft { strict: true, ..Draft::new(platform) }
    }

    /// Without any row or claim.
    pub fn new(platform: &'static Platform) -> Self {
        Draft {
            platform,
            strings: Strings::new(),
            members: Vec::new(),
            partners: Vec::new(),
            assets: Vec::new(),
            grants: Vec::new(),
            contents: Vec::new(),
            invites: Vec::new(),
            rosters: Vec::new(),
            teams: Vec::new(),
            team_grants: Vec::new(),
            claims: BTreeMap::new(),
            attached: Vec::new(),
            foreign: Vec::new(),
            foreign_index: HashMap::new(),
            strict: false,
            words: Words::default(),
            ids: Ids::default(),
            asset_ids: Ids::default(),
            late: Late::default(),
        }
    }

    /// The symbol of an id.
    ///
    /// # Errors
    /// Where it is no text of digits of the platform's length.
    pub fn id(&mut self, text: &str) -> Result<Sym, String> {
        let Draft { platform, strings, ids, .. } = self;
        known_id(ids, strings, platform, text, false)
    }

    /// The same for a list that follows the order of another one: grants name principals as these came.
    ///
    /// # Errors
    /// As [`Draft::id`].
    pub(super) fn next_id(&mut self, text: &str) -> Result<Sym, String> {
        let Draft { platform, strings, ids, .. } = self;
        known_id(ids, strings, platform, text, true)
    }

    /// The same for the id of an asset.
    ///
    /// # Errors
    /// As [`Draft::id`].
    pub(super) fn asset_id(&mut self, text: &str) -> Result<Sym, String> {
        let Draft { platform, strings, asset_ids, .. } = self;
        known_id(asset_ids, strings, platform, text, false)
    }

    /// An id for [`Draft::push_member`].
    ///
    /// # Errors
    /// As [`Draft::id`].
    pub(super) fn late_id(&mut self, text: &str) -> Result<LateText, String> {
        check::id(text, self.platform.limits.id_digits)?;
        Ok(self.late.text(text))
    }

    /// An address or user name for [`Draft::push_member`].
    ///
    /// # Errors
    /// As [`Draft::handle`].
    pub(super) fn late_handle(&mut self, text: &str) -> Result<LateText, String> {
        check::handle(text)?;
        Ok(self.late.text(text))
    }

    /// Adds a member; it may stand in the list of members only after [`Draft::finish`] began.
    pub(super) fn push_member(&mut self, member: LateMember) {
        if self.late.push(member) {
            self.settle_members();
        }
    }

    fn settle_members(&mut self) {
        self.late.settle(&mut self.strings, &mut self.ids, &mut self.members);
    }

    /// The symbol of a platform's word, known or not.
    ///
    /// # Errors
    /// Where it can't be a word.
    pub fn word(&mut self, text: &str) -> Result<Sym, String> {
        check::word(text)?;
        Ok(self.strings.intern(text))
    }

    /// The symbol of a name.
    ///
    /// # Errors
    /// Where it holds NUL.
    pub fn name(&mut self, text: &str) -> Result<Sym, String> {
        check::text(text)?;
        Ok(self.strings.intern(text))
    }

    /// The symbol of an address or user name.
    ///
    /// # Errors
    /// Where something is around it or invisible in it.
    pub fn handle(&mut self, text: &str) -> Result<Sym, String> {
        check::handle(text)?;
        Ok(self.strings.intern(text))
    }

    /// The symbol of a moment, as written.
    ///
    /// # Errors
    /// Where it is not RFC 3339.
    pub fn moment(&mut self, text: &str) -> Result<Sym, String> {
        check::moment(text)?;
        Ok(self.strings.intern(text))
    }

    /// Adds a word to the set that is being read.
    ///
    /// # Errors
    /// Where it can't be a word.
    pub fn add_word(&mut self, word: &str) -> Result<(), String> {
        match self.platform.permission_bit(word) {
            Some(bit) => self.words.known |= bit,
            None => {
                check::word(word)?;
                self.words.unknown.push(word.to_owned());
            }
        }
        Ok(())
    }

    /// The set of the words added since the last one was taken.
    pub fn take_set(&mut self) -> PermissionSet {
        let Words { known, mut unknown } = std::mem::take(&mut self.words);
        if unknown.is_empty() {
            return PermissionSet::of(known);
        }
        unknown.sort_unstable();
        unknown.dedup();
        let next = u32::try_from(self.foreign.len() + 1).unwrap_or(u32::MAX);
        let foreign = *self.foreign_index.entry(unknown).or_insert_with_key(|words| {
            self.foreign.push(words.clone());
            next
        });
        PermissionSet { known, foreign }
    }

    /// Adds an invite.
    ///
    /// # Errors
    /// Where two attached grants are on one asset.
    pub fn push_invite(&mut self, mut invite: Invite) -> Result<(), String> {
        // In an order that equal invites share, so that they are seen to be equal.
        invite.grants.sort_unstable();
        let twice = invite.grants.windows(2).find(|pair| pair[0].0 == pair[1].0);
        if let Some(pair) = twice {
            let asset = self.strings.get(pair[0].0);
            return Err(format!("two attached grants are on asset `{asset}`"));
        }
        self.invites.push(invite);
        Ok(())
    }

    /// The invites so far.
    pub fn invites(&self) -> &[Invite] {
        &self.invites
    }

    /// Adds a roster row.
    ///
    /// # Errors
    /// Where it names nobody, or an asset without a permission or the other way round.
    pub fn push_roster(&mut self, row: RosterRow) -> Result<(), String> {
        if row.email.is_none() && row.username.is_none() {
            return Err("a roster row has neither address nor user name".to_owned());
        }
        if row.asset.is_some() == row.permissions.is_empty() {
            return Err("asset and permissions of a roster row come together".to_owned());
        }
        self.rosters.push(row);
        Ok(())
    }

    /// Sorts, links and judges what was pushed.
    ///
    /// Rows that stand twice in equal words are taken once and make their collection doubtful. Rows that name what is not there are kept
    /// aside and make doubtful what they name.
    ///
    /// # Errors
    /// Every pair of rows with one key that say different things, and every row that can't be resolved.
    pub fn finish(mut self, heading: Heading) -> Result<ObservedState, Vec<DraftFault>> {
        self.settle_members();
        Settle::new(self).finish(heading)
    }
}

fn known_id(
    ids: &mut Ids,
    strings: &mut Strings,
    platform: &Platform,
    text: &str,
    in_order: bool,
) -> Result<Sym, String> {
    let number = short_number(text);
    if let Some(sym) = number.and_then(|number| ids.find(number, in_order)) {
        return Ok(sym);
    }
    check::id(text, platform.limits.id_digits)?;
    let sym = strings.intern(text);
    if let Some(number) = number {
        ids.add(number, sym);
    }
    Ok(sym)
}
