//! Before the first write: is the token the right one, and does nobody saw off the branch they sit on.

use super::fetch::Standing;
use super::wire::User;
use crate::model::{PersonRef, fold};
use crate::plan::Action;
use crate::platforms::pinterest;

/// What a token must be allowed to do for `apply`.
pub const SCOPES: [&str; 2] = ["biz_access:read", "biz_access:write"];

/// A reason not to begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Complaint {
    /// What is wrong.
    pub message: String,
    /// What can be done about it.
    pub help: String,
}

/// Whoever applies.
#[derive(Clone, Debug, Default)]
pub struct Applicant {
    /// What the platform says of the token.
    pub standing: Standing,
    /// What the token may do, where the platform has said so.
    pub scopes: Option<Vec<String>>,
    /// Who applies, as the user says (address, id or user name).
    pub named: Option<String>,
}

impl Applicant {
    /// Everything that speaks against carrying out these steps (id and action) with this token.
    pub fn complaints<'s>(&self, steps: impl IntoIterator<Item = (&'s str, &'s Action)>) -> Vec<Complaint> {
        let mut complaints: Vec<Complaint> = self.missing_scopes().into_iter().chain(self.lacks_rank()).collect();
        complaints.extend(steps.into_iter().filter_map(|(id, action)| self.locked_out(id, action)));
        complaints
    }

    fn missing_scopes(&self) -> Option<Complaint> {
        let has = self.scopes.as_ref()?;
        let missing: Vec<&str> = SCOPES.into_iter().filter(|scope| has.iter().all(|one| one != scope)).collect();
        let list = missing.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(" and ");
        (!missing.is_empty()).then(|| Complaint {
            message: format!("the token has not the scope {list}"),
            help: "let the app ask for it, and authorize it again".to_owned(),
        })
    }

    fn lacks_rank(&self) -> Option<Complaint> {
        let roles = &self.standing.roles;
        let manager = roles.iter().any(|role| is_admin(role));
        (!roles.is_empty() && !manager).then(|| Complaint {
            message: format!(
                "the token belongs to an `{}` of the business; only a manager can change access",
                roles.join("`, `")
            ),
            help: "use the token of a manager (`BIZ_ADMIN`)".to_owned(),
        })
    }

    fn locked_out(&self, id: &str, action: &Action) -> Option<Complaint> {
        let person = loses_management(action)?;
        match self.is(person) {
            Some(false) => None,
            Some(true) => Some(Complaint {
                message: format!("step `{id}` would take the management of the business from whoever applies it"),
                help: "let another manager apply the plan".to_owned(),
            }),
            None => Some(Complaint {
                message: format!(
                    "step `{id}` takes a manager away, and nobody knows whether it is the one who applies"
                ),
                help: "say who applies with `--as`, or give the token the scope `user_accounts:read`".to_owned(),
            }),
        }
    }

    /// Whether a person is who applies; `None` where that can't be told.
    fn is(&self, person: &PersonRef) -> Option<bool> {
        let User { id, username, email } = &self.standing.me;
        let own = [id, username, email, &self.named];
        let own: Vec<_> = own.into_iter().flatten().map(|name| fold(name).into_owned()).collect();
        let theirs = [&person.id, &person.email, &person.username, &person.key];
        let same = theirs.into_iter().flatten().any(|name| own.contains(&fold(name).into_owned()));
        (!own.is_empty()).then_some(same)
    }
}

/// Who would not be a manager any more.
fn loses_management(action: &Action) -> Option<&PersonRef> {
    match action {
        Action::RemoveMember { person, role, .. } => is_admin(role).then_some(person),
        Action::SetRole { person, before, after } => (is_admin(before) && !is_admin(after)).then_some(person),
        _ => None,
    }
}

fn is_admin(role: &str) -> bool {
    pinterest::PLATFORM.role(role).is_some_and(|role| role.admin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Principal;

    fn ana() -> PersonRef {
        PersonRef { id: Some("1".to_owned()), email: Some("Ana@acme.example".to_owned()), ..PersonRef::default() }
    }

    fn manager(me: Option<&str>) -> Applicant {
        let me = User { email: me.map(str::to_owned), ..User::default() };
        Applicant { standing: Standing { me, roles: vec!["BIZ_ADMIN".to_owned()] }, ..Applicant::default() }
    }

    fn said(applicant: &Applicant, action: Action) -> Vec<String> {
        let complaints = applicant.complaints([("set-role-1", &action)]);
        complaints.into_iter().map(|complaint| complaint.message).collect()
    }

    fn demotion() -> Action {
        Action::SetRole { person: ana(), before: "BIZ_ADMIN".to_owned(), after: "EMPLOYEE".to_owned() }
    }

    #[test]
    fn a_step_that_takes_the_own_management_is_refused() {
        let removal = Action::RemoveMember { person: ana(), role: "BIZ_ADMIN".to_owned(), grants: Vec::new() };
        for action in [demotion(), removal] {
            assert!(said(&manager(Some("ana@ACME.example")), action.clone())[0].contains("from whoever applies it"));
            assert_eq!(said(&manager(Some("bo@acme.example")), action.clone()), [""; 0]);
            assert!(said(&manager(None), action)[0].contains("nobody knows whether it is the one who applies"));
        }
        let named = Applicant { named: Some("1".to_owned()), ..manager(None) };
        assert!(said(&named, demotion())[0].contains("from whoever applies it"));
    }

    #[test]
    fn steps_about_employees_and_grants_need_no_name() {
        let removal = Action::RemoveMember { person: ana(), role: "EMPLOYEE".to_owned(), grants: Vec::new() };
        let asset =
            crate::model::AssetRef { key: None, id: Some("3".to_owned()), name: None, kind: "AD_ACCOUNT".to_owned() };
        let grant =
            Action::RemoveGrant { principal: Principal::Person(ana()), asset, before: vec!["ADMIN".to_owned()] };
        for action in [removal, grant] {
            assert_eq!(said(&manager(None), action), [""; 0]);
        }
    }

    #[test]
    fn an_employee_or_a_token_without_the_right_does_not_begin() {
        let mut applicant = manager(None);
        applicant.standing.roles = vec!["EMPLOYEE".to_owned()];
        assert!(applicant.complaints([])[0].message.contains("belongs to an `EMPLOYEE`"));
        applicant.standing.roles.clear();
        assert_eq!(applicant.complaints([]), [], "nothing is known, so nothing is said");
        applicant.scopes = Some(vec!["biz_access:read".to_owned()]);
        assert_eq!(applicant.complaints([])[0].message, "the token has not the scope `biz_access:write`");
    }
}
