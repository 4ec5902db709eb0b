//! The words of access: strings kept once, permission sets, who and what a fact is about, digests, dates.
//!
//! Platform-neutral and pure. States live in `desired` and `observed`; they are two types that cannot be swapped.

pub mod digest;
pub mod fact;
pub mod parallel;
pub mod permissions;
pub mod strings;
pub mod subject;
pub mod until;

pub use digest::Digest;
pub use fact::{Fact, FactKey};
pub use parallel::{both, each};
pub use permissions::PermissionSet;
pub use strings::{SmallMap, SmallSet, Strings, Sym, fold, short_number};
pub use subject::{AssetRef, Direction, PartnerRef, PersonRef, Principal, PrincipalIx, person_label};
pub use until::Until;
