//! The outermost objects of a snapshot.

use jiff::Timestamp;
use serde::de::{Error, IgnoredAny, MapAccess};

use super::super::Collection;
use super::super::check;
use super::super::draft::{Claim, Draft, Heading};
use super::object::{Into, Object, Rows, flag, number, text};
use super::records::{
    AssetCells, ContentCells, GrantCells, InviteCells, MemberCells, PartnerCells, RosterCells, TeamCells,
    TeamGrantCells,
};
use super::{FORMAT, FORMAT_VERSION};
use crate::platforms::{PLATFORMS, Platform, by_name};

/// The shortest row takes about so many bytes: no total is believed beyond what the file has room for.
const BYTES_PER_ROW: usize = 24;

/// A snapshot that is being read.
#[derive(Default)]
pub(super) struct Document {
    /// The platform, where an earlier pass has found it.
    platform: Option<&'static Platform>,
    /// Length of the file in bytes.
    length: usize,
    /// Rows stood before the platform: their words could not be told.
    pub(super) platform_late: bool,
    draft: Option<Draft>,
    format: bool,
    version: bool,
    business_id: Option<String>,
    business_name: Option<String>,
    captured_at: Option<Timestamp>,
    captured_by: Option<String>,
    source: Option<String>,
    query: Option<String>,
    collections: bool,
}

impl<'de> Object<'de> for Document {
    const WHAT: &'static str = "a snapshot";
    const KEYS: &'static [&'static str] = &[
        "format",
        "format_version",
        "platform",
        "business",
        "captured_at",
        "captured_by",
        "source",
        "query",
        "collections",
        "rosters",
        "teams",
    ];

    fn value<A: MapAccess<'de>>(&mut self, key: usize, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.format = text(map, is_format)?.is_some(),
            1 => {
                is_version(number(map)?).map_err(Error::custom)?;
                self.version = true;
            }
            2 => self.platform = text(map, platform)?,
            3 => map.next_value_seed(Into(&mut Business(self)))?,
            4 => self.captured_at = text(map, check::moment)?,
            5 => self.captured_by = text(map, |name| owned(check::handle, name))?,
            6 => self.source = text(map, |name| owned(check::text, name))?,
            7 => self.query = text(map, |name| owned(check::text, name))?,
            8 => {
                self.collections = true;
                let length = self.length;
                let draft = self.rows()?;
                map.next_value_seed(Into(&mut Collections { draft, length }))?;
            }
            9 => map.next_value_seed(Rows::<RosterCells>::new(self.rows()?))?,
            _ => map.next_value_seed(Into(&mut Teams(self.rows()?)))?,
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let there = [
            ("format", self.format),
            ("format_version", self.version),
            ("platform", self.platform.is_some()),
            ("business", self.business_id.is_some()),
            ("captured_at", self.captured_at.is_some()),
            ("collections", self.collections),
        ];
        match there.into_iter().find(|(_, there)| !there) {
            Some((key, _)) => Err(format!("a snapshot has no `{key}`")),
            None => Ok(()),
        }
    }
}

impl Document {
    /// Nothing read yet.
    pub(super) fn new(platform: Option<&'static Platform>, length: usize) -> Self {
        Document { platform, length, ..Document::default() }
    }

    /// The rows and what the snapshot says about itself; `None` where it was not read to its end.
    pub(super) fn finish(self) -> Option<(Draft, Heading)> {
        let heading = Heading {
            business_id: self.business_id?,
            business_name: self.business_name,
            captured_at: self.captured_at?,
            captured_by: self.captured_by,
            source: self.source.unwrap_or_default(),
            query: self.query,
        };
        Some((self.draft?, heading))
    }

    fn rows<E: Error>(&mut self) -> Result<&mut Draft, E> {
        let Some(platform) = self.platform else {
            self.platform_late = true;
            return Err(Error::custom("`platform` must stand before the rows"));
        };
        let length = self.length;
        Ok(self.draft.get_or_insert_with(|| Draft::for_text(platform, length)))
    }
}

struct Business<'d>(&'d mut Document);

impl<'de> Object<'de> for Business<'_> {
    const WHAT: &'static str = "a business";
    const KEYS: &'static [&'static str] = &["id", "name"];

    fn value<A: MapAccess<'de>>(&mut self, key: usize, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.0.business_id = text(map, |id| owned(business_id, id))?,
            _ => self.0.business_name = text(map, |name| owned(check::text, name))?,
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        match self.0.business_id {
            Some(_) => Ok(()),
            None => Err("a business has no `id`".to_owned()),
        }
    }
}

struct Collections<'d> {
    draft: &'d mut Draft,
    length: usize,
}

impl<'de> Object<'de> for Collections<'_> {
    const WHAT: &'static str = "the collections";
    const KEYS: &'static [&'static str] =
        &["members", "partners", "assets", "asset_group_members", "grants", "invites"];

    fn value<A: MapAccess<'de>>(&mut self, key: usize, map: &mut A) -> Result<(), A::Error> {
        let mut rows = CollectionRows {
            collection: Collection::ALL[key],
            draft: self.draft,
            claim: Claim { present: true, ..Claim::default() },
            length: self.length,
            items: false,
        };
        map.next_value_seed(Into(&mut rows))
    }

    fn end(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// One collection: what is said about it, and its rows.
struct CollectionRows<'d> {
    collection: Collection,
    draft: &'d mut Draft,
    claim: Claim,
    length: usize,
    items: bool,
}

impl<'de> Object<'de> for CollectionRows<'_> {
    const WHAT: &'static str = "a collection";
    const KEYS: &'static [&'static str] = &["complete", "total", "reason", "items"];

    fn value<A: MapAccess<'de>>(&mut self, key: usize, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => self.claim.complete = flag(map)?,
            1 => self.claim.total = Some(number(map)?),
            2 => self.claim.reason = text(map, |reason| owned(check::text, reason))?,
            _ => {
                self.items = true;
                self.items(map)?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        if !self.items {
            let name = self.collection.word();
            return Err(format!("the collection `{name}` has no `items`"));
        }
        let claim = std::mem::take(&mut self.claim);
        self.draft.claims.insert(self.collection, claim);
        Ok(())
    }
}

impl CollectionRows<'_> {
    fn items<'de, A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        let draft = &mut *self.draft;
        let possible = self.length / BYTES_PER_ROW;
        let told = usize::try_from(self.claim.total.unwrap_or(0)).unwrap_or(0).min(possible);
        // Exactly: doubling would cost as much again at a million rows.
        match self.collection {
            Collection::Members => {
                draft.members.reserve_exact(told);
                map.next_value_seed(Rows::<MemberCells>::new(draft))
            }
            Collection::Partners => map.next_value_seed(Rows::<PartnerCells>::new(draft)),
            Collection::Assets => map.next_value_seed(Rows::<AssetCells>::new(draft)),
            Collection::AssetGroupMembers => map.next_value_seed(Rows::<ContentCells>::new(draft)),
            Collection::Grants => {
                draft.grants.reserve_exact(told);
                map.next_value_seed(Rows::<GrantCells>::new(draft))
            }
            Collection::Invites => map.next_value_seed(Rows::<InviteCells>::new(draft)),
        }
    }
}

struct Teams<'d>(&'d mut Draft);

impl<'de> Object<'de> for Teams<'_> {
    const WHAT: &'static str = "the teams";
    const KEYS: &'static [&'static str] = &["members", "grants"];

    fn value<A: MapAccess<'de>>(&mut self, key: usize, map: &mut A) -> Result<(), A::Error> {
        match key {
            0 => map.next_value_seed(Rows::<TeamCells>::new(self.0)),
            _ => map.next_value_seed(Rows::<TeamGrantCells>::new(self.0)),
        }
    }

    fn end(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// Only what tells what a file is: a second look at one that can't be read.
#[derive(Default)]
pub(super) struct Label {
    pub(super) format: Option<String>,
    pub(super) version: Option<u64>,
    pub(super) platform: Option<&'static Platform>,
}

impl Label {
    /// Takes what the keys of a map say, whatever else stands there.
    pub(super) fn read<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format" => self.format = text(&mut map, |name| Ok(name.to_owned()))?,
                "format_version" => self.version = Some(number(&mut map)?),
                "platform" => self.platform = text(&mut map, |name| Ok(by_name(name)))?.flatten(),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

pub(super) fn is_format(name: &str) -> Result<(), String> {
    match name {
        FORMAT => Ok(()),
        "tables/1" => Err("this is the `export.json` of a folder of tables: name the folder".to_owned()),
        other => {
            let other = check::shortened(other);
            Err(format!("`{other}` is not the format `{FORMAT}`"))
        }
    }
}

pub(super) fn is_version(version: u64) -> Result<(), String> {
    if version == FORMAT_VERSION {
        return Ok(());
    }
    Err(format!("format version {version} can't be read: this accord reads version {FORMAT_VERSION}"))
}

fn platform(name: &str) -> Result<&'static Platform, String> {
    by_name(name).ok_or_else(|| {
        let known = PLATFORMS.map(|platform| platform.name);
        let advice = check::choices(name, &known);
        let name = check::shortened(name);
        format!("`{name}` is no platform that accord knows ({advice})")
    })
}

/// The platform may not be known yet: its limit is not asked for.
fn business_id(id: &str) -> Result<(), String> {
    check::id(id, usize::MAX)
}

fn owned(check: fn(&str) -> Result<(), String>, text: &str) -> Result<String, String> {
    check(text)?;
    Ok(text.to_owned())
}
