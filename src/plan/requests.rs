//! Requests to partners that ask for more than a person could ask for at once.

use std::collections::BTreeMap;

use crate::model::PartnerRef;
use crate::platforms::Platform;

use super::{Action, Notice, Operation};

/// A word on each partner who is asked for more ad accounts than the console takes in one request. The interface names no limit, so it is
/// no reason to refuse the plan; whoever answers may be surprised all the same.
pub(super) fn notices(operations: &[Operation], platform: &Platform) -> Vec<Notice> {
    let limit = platform.limits.accounts_per_request_in_console;
    let mut asked: BTreeMap<&PartnerRef, usize> = BTreeMap::new();
    for operation in operations {
        let (partner, accounts) = match &operation.action {
            Action::RequestPartner { partner, grants } => {
                (partner, grants.iter().filter(|grant| is_account(&grant.asset.kind)).count())
            }
            Action::RequestAccess { partner, asset, .. } => (partner, usize::from(is_account(&asset.kind))),
            _ => continue,
        };
        *asked.entry(partner).or_default() += accounts;
    }
    let large = asked.into_iter().filter(|(_, accounts)| *accounts > limit);
    let notice = |(partner, accounts): (&PartnerRef, usize)| Notice {
        kind: "large-request".to_owned(),
        message: format!(
            "{} is asked for {accounts} ad accounts at once; the platform's console takes {limit} in one request",
            partner.label()
        ),
        place: None,
    };
    large.map(notice).collect()
}

fn is_account(kind: &str) -> bool {
    kind == "AD_ACCOUNT"
}
