//! What others do: the other side of an invite, another manager in the console, the clock.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::world::{Asset, Attached, Holder, Invite, Member, Newcomer, Partner, Side, World};

/// Something that happens without a request. An invite is named by its id, or by whom it was sent to where one waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event", deny_unknown_fields)]
pub enum Event {
    /// The other side says yes.
    Accept {
        invite: String,
        /// What is known of them then.
        #[serde(default)]
        as_who: Newcomer,
        /// What they grant instead of what was asked for.
        #[serde(default)]
        grants: Option<Vec<Attached>>,
    },
    /// The other side says no.
    Decline { invite: String },
    /// Nobody answered in time.
    Expire { invite: String },
    /// Somebody of ours cancels it in the console.
    Cancel { invite: String },
    /// Everybody who was invited says yes.
    AcceptAll,
    /// Somebody else invites us or one of ours.
    Receive { invite: Invite },
    /// A grant is set; without permissions it is taken away.
    Grant {
        #[serde(default)]
        member: Option<String>,
        #[serde(default)]
        partner: Option<String>,
        #[serde(default)]
        direction: Option<Side>,
        asset: String,
        permissions: BTreeSet<String>,
    },
    /// A member is there, or as this says.
    Member { member: Member },
    /// A membership ends.
    RemoveMember { id: String },
    /// A role changes.
    Role { member: String, role: String },
    /// A partnership is there.
    Partner { partner: Partner },
    /// A partnership ends.
    RemovePartner { id: String, direction: Side },
    /// An asset is there, or as this says.
    Asset { asset: Asset },
    /// An asset goes, with everything on it.
    RemoveAsset { id: String },
    /// An asset is put into a group, or taken out.
    Content { group: String, asset: String, inside: bool },
    /// It comes out what another business owns: it can be asked for then, and nothing else of theirs.
    Owns { business: String, asset: String, kind: String },
    /// Time passes.
    Advance { seconds: i64 },
}

/// Why an event can't happen: the script is wrong.
pub type Impossible = String;

impl Event {
    /// Lets it happen.
    pub fn happen(self, world: &mut World, now: &mut Timestamp) -> Result<(), Impossible> {
        match self {
            Event::Accept { invite, as_who, grants } => {
                let id = waiting(world, &invite)?;
                world.accept(&id, grants, as_who, *now);
            }
            Event::AcceptAll => {
                let sent = world.invites.values().filter(|invite| invite.status == "PENDING" && !invite.received);
                for id in sent.map(|invite| invite.id.clone()).collect::<Vec<_>>() {
                    world.accept(&id, None, Newcomer::default(), *now);
                }
            }
            Event::Decline { invite } => close(world, &invite, "DECLINED", *now)?,
            Event::Expire { invite } => close(world, &invite, "EXPIRED", *now)?,
            Event::Cancel { invite } => close(world, &invite, "CANCELLED", *now)?,
            Event::Receive { invite } => drop(world.invites.insert(invite.id.clone(), invite)),
            Event::Advance { seconds } => {
                let before = *now;
                *now += SignedDuration::from_secs(seconds);
                world.lapse(before, *now);
            }
            other => other.edit(world)?,
        }
        Ok(())
    }

    /// Changes of the business that need no clock.
    fn edit(self, world: &mut World) -> Result<(), Impossible> {
        match self {
            Event::Grant { member, partner, direction, asset, permissions } => {
                let holder = match (member, partner) {
                    (Some(id), None) => Holder::Member(id),
                    (None, Some(id)) => Holder::Partner(id, direction.unwrap_or(Side::Inbound)),
                    _ => return Err("a grant is either a member's or a partner's".to_owned()),
                };
                if !world.has(&holder) {
                    return Err(format!("no {}", holder.label()));
                }
                if permissions.is_empty() {
                    world.grants.remove(&(holder, asset));
                } else {
                    world.grants.insert((holder, asset), permissions);
                }
            }
            Event::Member { member } => drop(world.members.insert(member.id.clone(), member)),
            Event::RemoveMember { id } => world.end(&Holder::Member(id)),
            Event::Role { member, role } => {
                world.members.get_mut(&member).ok_or_else(|| format!("no member {member}"))?.role = role;
            }
            Event::Partner { partner } => {
                drop(world.partners.insert((partner.id.clone(), partner.direction), partner));
            }
            Event::RemovePartner { id, direction } => world.end(&Holder::Partner(id, direction)),
            Event::Asset { asset } => drop(world.assets.insert(asset.id.clone(), asset)),
            Event::RemoveAsset { id } => {
                world.contents.retain(|(_, asset)| *asset != id);
                world.delete_group(&id);
            }
            Event::Owns { business, asset, kind } => {
                world.others.entry(business).or_default().insert(asset, kind);
            }
            Event::Content { group, asset, inside: true } => drop(world.contents.insert((group, asset))),
            Event::Content { group, asset, inside: false } => drop(world.contents.remove(&(group, asset))),
            other => return Err(format!("{other:?} needs a clock")),
        }
        Ok(())
    }
}

fn close(world: &mut World, invite: &str, status: &str, now: Timestamp) -> Result<(), Impossible> {
    let id = waiting(world, invite)?;
    world.close(&id, status, now);
    Ok(())
}

/// The id of a waiting invite, by its id or by whom it was sent to.
fn waiting(world: &World, name: &str) -> Result<String, Impossible> {
    let fits = |invite: &&Invite| invite.id == name || invite.invitee.eq_ignore_ascii_case(name);
    let mut found = world.invites.values().filter(|invite| invite.status == "PENDING").filter(fits);
    match (found.next(), found.next()) {
        (Some(invite), None) => Ok(invite.id.clone()),
        (None, _) => Err(format!("no invite `{name}` waits")),
        (Some(_), Some(_)) => Err(format!("several invites to `{name}` wait: name one by its id")),
    }
}
