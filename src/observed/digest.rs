//! The digest of a state: over everything a [`FactKey`](crate::model::FactKey) can ask about, in a fixed order.
//!
//! A grant is hashed as three numbers: the rank of its principal and of its asset in lists that were hashed before it, and its set, whose
//! bits and lists were spelled out before it as well. That says the same as the ids and words would, at a tenth of the bytes.

use crate::model::digest::Hasher;
use crate::model::{Digest, PermissionSet, Strings, Sym, fold};

use super::{Collection, Holder, Invite, InviteStatus, ObservedState};

/// Grants in one piece: large enough that the price of a piece vanishes, small enough to stay in the cache.
const GRANTS_PER_PIECE: usize = 4096;

impl ObservedState {
    /// The digest over platform, business and all facts, the same whatever the order of the export's records was.
    ///
    /// Not in it: names, times, rosters, teams, how whole the collections are, and where the export came from.
    pub fn digest(&self) -> Digest {
        let mut hasher = Hasher::new();
        hasher
            .piece(b"accord-observed-facts 1")
            .piece(self.platform.name.as_bytes())
            .piece(self.business_id.as_bytes());
        let sets = Sets::new(self);
        let mut out = Piece::default();
        self.digest_members(&mut out);
        out.end(&mut hasher, Collection::Members);
        self.digest_partners(&mut out);
        out.end(&mut hasher, Collection::Partners);
        self.digest_assets(&mut out);
        out.end(&mut hasher, Collection::Assets);
        self.digest_contents(&mut out);
        out.end(&mut hasher, Collection::AssetGroupMembers);
        self.digest_invites(&mut out);
        out.end(&mut hasher, Collection::Invites);
        self.digest_dangling(&mut out);
        out.end(&mut hasher, Collection::Grants);
        sets.spell(self, &mut out);
        out.end(&mut hasher, Collection::Grants);
        self.digest_grants(&sets, &mut out, &mut hasher);
        hasher.finish()
    }

    fn digest_members(&self, out: &mut Piece) {
        for row in &self.members {
            out.text(self.text(row.id)).text(self.text(row.role));
            let names = self.names_of(row);
            out.number(names.len());
            for name in names {
                out.text(&name);
            }
        }
    }

    fn digest_partners(&self, out: &mut Piece) {
        for row in &self.partners {
            out.text(self.text(row.id)).text(row.direction.word());
        }
    }

    fn digest_assets(&self, out: &mut Piece) {
        for row in &self.assets {
            out.text(self.text(row.id)).text(self.text(row.kind));
            out.optional(&self.strings, self.group_name(row));
        }
    }

    fn digest_contents(&self, out: &mut Piece) {
        out.number(self.contents.len());
        for row in &self.contents {
            out.number(row.group as usize).number(row.asset as usize);
        }
        for row in &self.dangling_contents {
            out.text(self.text(row.group)).text(self.text(row.asset));
        }
    }

    fn digest_invites(&self, out: &mut Piece) {
        for row in &self.invites {
            let Invite {
                id,
                kind,
                invitee,
                role: _,
                status,
                received,
                sent_at: _,
                updated_at: _,
                expires_at: _,
                grants: _,
            } = row;
            out.text(self.text(*id))
                .text(kind.word(&self.strings))
                .text(&self.invite_value(row))
                .number(usize::from(*received))
                .number(usize::from(*status == InviteStatus::Pending));
            if *status == InviteStatus::Pending {
                out.text(&fold(self.text(*invitee)));
            }
        }
    }

    fn digest_dangling(&self, out: &mut Piece) {
        for row in &self.dangling_grants {
            let (kind, id) = match row.holder {
                Holder::Member(id) => ("member", id),
                Holder::Partner(id, direction) => (direction.word(), id),
            };
            out.text(kind).text(self.text(id)).text(self.text(row.asset)).text(&self.joined_words(row.permissions));
        }
    }

    fn digest_grants(&self, sets: &Sets, out: &mut Piece, hasher: &mut Hasher) {
        for chunk in self.grants.chunks(GRANTS_PER_PIECE) {
            for grant in chunk {
                let principal = grant.principal.index();
                out.number(principal << 1 | usize::from(grant.principal.is_partner()))
                    .number(grant.asset as usize)
                    .number(grant.permissions.known as usize)
                    .number(sets.rank(grant.permissions));
            }
            out.end(hasher, Collection::Grants);
        }
    }
}

/// The meaning of the numbers that stand for permission sets: which bits are in use, and the lists of unknown words in byte order.
struct Sets {
    bits: u32,
    /// Rank among the lists in use, by index into the state's lists.
    ranks: Vec<usize>,
    /// Indexes of the lists in use, in the order of their ranks.
    used: Vec<usize>,
}

impl Sets {
    fn new(state: &ObservedState) -> Self {
        let mut bits = 0;
        let mut seen = vec![false; state.foreign.len()];
        for grant in &state.grants {
            bits |= grant.permissions.known;
            if let Some(list) = seen.get_mut((grant.permissions.foreign as usize).wrapping_sub(1)) {
                *list = true;
            }
        }
        let mut used: Vec<usize> = (0..seen.len()).filter(|&index| seen[index]).collect();
        used.sort_by(|&a, &b| state.foreign[a].cmp(&state.foreign[b]));
        let mut ranks = vec![0; seen.len()];
        for (rank, &index) in used.iter().enumerate() {
            ranks[index] = rank + 1;
        }
        Sets { bits, ranks, used }
    }

    /// 0 for no unknown words, else the rank of their list from 1.
    fn rank(&self, set: PermissionSet) -> usize {
        let index = (set.foreign as usize).wrapping_sub(1);
        self.ranks.get(index).copied().unwrap_or(0)
    }

    fn spell(&self, state: &ObservedState, out: &mut Piece) {
        out.number(self.bits as usize);
        for bit in (0..u32::BITS).filter(|bit| self.bits & (1 << bit) != 0) {
            for permission in state.platform.permissions_in(1 << bit) {
                out.text(permission.word);
            }
        }
        out.number(self.used.len());
        for &index in &self.used {
            let words = &state.foreign[index];
            out.number(words.len());
            for word in words {
                out.text(word);
            }
        }
    }
}

/// Bytes on their way into the hasher.
#[derive(Default)]
struct Piece {
    bytes: Vec<u8>,
}

impl Piece {
    /// Texts carry their length, so that two of them never run together.
    fn text(&mut self, text: &str) -> &mut Self {
        self.bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    fn optional(&mut self, strings: &Strings, sym: Option<Sym>) -> &mut Self {
        match sym {
            Some(sym) => self.number(1).text(strings.get(sym)),
            None => self.number(0),
        }
    }

    /// Numbers here are indexes and bits: below 2^32.
    fn number(&mut self, number: usize) -> &mut Self {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn end(&mut self, hasher: &mut Hasher, collection: Collection) {
        hasher.piece(collection.word().as_bytes()).piece(&self.bytes);
        self.bytes.clear();
    }
}
