//! The policy of all files as one, with the people, partners and assets that it names.

mod names;

use std::collections::HashMap;

use super::{Resolver, Source};
use crate::desired::document;
use crate::policy::approvals::{ApprovalPolicy, OWNERS};
use crate::policy::glob;
use crate::policy::target::Target;
use crate::policy::{Assertion, Assignment, Boundary, Exemption, OutsideFile, Placed, Waiver};
use crate::source::{FileId, Files, Problem, Span};

/// Whether `policy:` may stand in a file: teams own theirs, and what they may not do must not stand there.
fn may_hold_policy(path: &str) -> bool {
    path == crate::desired::ROOT_FILE || crate::desired::is_policy_file(path)
}

impl Resolver {
    pub(super) fn policy(&mut self, sources: &mut [Source], files: &Files) {
        let mut once = Once::default();
        for source in sources {
            let Some(policy) = source.doc.policy.take() else {
                continue;
            };
            if !may_hold_policy(files.path(source.file)) {
                self.error(
                    "policy-elsewhere",
                    source.span(policy.at),
                    "`policy` can't stand in this file".to_owned(),
                )
                .help = Some("it may stand in accord.yaml, in policy.yaml and below policy/".to_owned());
                continue;
            }
            if policy.says_something() {
                self.policy.files.push(source.file);
            }
            self.settings(&policy, &mut once);
            self.lists(source, policy, files);
        }
        self.duplicate_rules();
    }

    /// What is said once in the whole repository.
    fn settings(&mut self, policy: &document::policy::Policy, once: &mut Once) {
        if let Some(guards) = &policy.guards
            && self.first(once, "guards", guards.span)
        {
            self.policy.guards = guards.value.clone();
        }
        if let Some(profile) = policy.profile
            && self.first(once, "profile", profile.span)
        {
            self.policy.profile = Some(profile);
        }
        if let Some(approvals) = &policy.approvals
            && self.first(once, "approvals", approvals.span)
        {
            self.approvals(&approvals.value);
        }
        for (key, file) in [("directory", &policy.directory), ("activity", &policy.activity)] {
            let Some(path) = file else { continue };
            if !self.first(once, key, path.span) {
                continue;
            }
            if path.value.starts_with('/') || path.value.split('/').any(|part| part == "..") {
                let message = format!("`{}` lies outside the access repository", path.value);
                self.error("outside", path.span, message);
            }
            let file = Some(OutsideFile { path: path.clone() });
            if key == "directory" { self.policy.directory = file } else { self.policy.activity = file }
        }
    }

    /// A group that nobody wrote would never approve anything, and a key of nobody never sign.
    fn approvals(&mut self, approvals: &ApprovalPolicy) {
        let groups: Vec<&str> =
            approvals.groups.iter().map(|group| group.name.value.as_str()).chain([OWNERS]).collect();
        for name in approvals.needs.iter().flat_map(|need| &need.from) {
            if !groups.contains(&name.value.as_str()) {
                let near = crate::source::nearest(&name.value, groups.iter().copied()).map(str::to_owned);
                let message = format!("`{}` is no group of approvers", name.value);
                self.error("unknown-name", name.span, message).help = match near {
                    Some(near) => Some(format!("did you mean `{near}`?")),
                    None => Some("write the group under `groups`".to_owned()),
                };
            }
        }
        for need in approvals.needs.iter().filter(|need| need.count == 0) {
            self.error("bad-number", need.risk.span, "no approval at all is asked for".to_owned());
        }
        for signer in &approvals.signers {
            let words: Vec<&str> = signer.key.value.split(' ').collect();
            let kinds = ["ssh-", "ecdsa-", "sk-"];
            if words.len() < 2 || !kinds.iter().any(|kind| words[0].starts_with(kind)) {
                let message = "this is no SSH public key".to_owned();
                self.error("bad-key", signer.key.span, message).help =
                    Some("write one line as ssh-keygen makes it: `ssh-ed25519 AAAA...`".to_owned());
            }
        }
        for author in approvals.authors.iter().filter(|author| !author.value.contains('@')) {
            let message = format!("`{}` is no address", author.value);
            self.error("bad-address", author.span, message).help =
                Some("write the address under which the commits are made".to_owned());
        }
        self.policy.approvals = approvals.clone();
    }

    /// Whether a setting is written for the first time.
    fn first(&mut self, once: &mut Once, key: &'static str, span: Span) -> bool {
        let Some(first) = once.0.insert(key, span) else {
            return true;
        };
        once.0.insert(key, first);
        let problem = Problem::error("duplicate", span, format!("`{key}` is written twice"));
        self.problems.push(problem.related(first, "first written here"));
        false
    }

    fn lists(&mut self, source: &Source, policy: document::policy::Policy, files: &Files) {
        self.policy.rules.extend(policy.rules);
        self.policy.custom_rules.extend(policy.custom_rules);
        self.policy.toxic.extend(policy.toxic);
        for set in policy.conflicts {
            set.clients.iter().for_each(|client| self.check_client(client));
            let except = set.except.iter().map(|name| self.person_key(name)).collect();
            self.policy.conflicts.push(crate::policy::ConflictSet { except, ..set });
        }
        for label in policy.protected_labels {
            self.check_label(&label);
            self.policy.protected_labels.push(label);
        }
        for waiver in policy.waivers {
            let waiver = self.waiver(source, waiver);
            self.policy.waivers.extend(waiver);
        }
        for entry in policy.assertions {
            let document::policy::Assertion { claim, capabilities, parties, assets, reason, span } = entry;
            let (who, scope) = (self.parties(source, parties), self.scope(source, assets));
            self.policy.assertions.push(Assertion { claim, capabilities, who, scope, reason, span });
        }
        for entry in policy.assignments {
            let document::policy::Assignment { parties, assets, reason, span } = entry;
            let (who, scope) = (self.parties(source, parties), self.scope(source, assets));
            self.policy.assignments.push(Assignment { who, scope, reason, span });
        }
        for entry in policy.boundaries {
            let boundary = self.boundary(source, entry, files);
            self.policy.boundaries.push(boundary);
        }
        for entry in policy.exempt {
            let document::policy::Exemption { who, reason, owner, until, span } = entry;
            let names = self.exempt_names(&who);
            self.policy.exempt.push(Exemption { who: Target { written: who, names }, reason, owner, until, span });
        }
    }

    fn boundary(&mut self, source: &Source, entry: document::policy::Boundary, files: &Files) -> Boundary {
        let document::policy::Boundary {
            files: patterns,
            assets,
            permissions,
            capabilities,
            holders,
            roles,
            reason,
            span,
        } = entry;
        for pattern in &patterns {
            let mut paths = files.iter().map(|(_, path)| path);
            if glob::fault(&pattern.value).is_none() && !paths.any(|path| glob::fits_path(&pattern.value, path)) {
                let message = format!("no file fits `{}`", pattern.value);
                self.problems.push(Problem::warning("fits-nothing", pattern.span, message));
            }
        }
        let scope = self.scope(source, assets);
        Boundary { files: patterns, scope, permissions, capabilities, holders, roles, reason, span }
    }

    fn waiver(&mut self, source: &Source, entry: document::policy::Waiver) -> Option<Waiver> {
        let document::policy::Waiver {
            rule,
            subject,
            object,
            reason,
            owner,
            approved_by,
            approved_on,
            until,
            ticket,
            renewed,
            span,
        } = entry;
        let subject = subject.map(|written| self.waived(source, written));
        let object = object.map(|written| self.waived(source, written));
        let (names, approver_known) = self.names_of_approver(&approved_by);
        let approved_by = Target { written: approved_by, names };
        let gains = subject.as_ref().is_some_and(|subject| self.check_approver(&approved_by, subject));
        if !gains && !approver_known {
            self.unknown_approver(&approved_by.written);
        }
        Some(Waiver {
            rule,
            subject,
            object,
            reason,
            owner,
            approved_by,
            approver_known,
            approved_on,
            until,
            ticket,
            renewed,
            span,
        })
    }

    /// No error: the waivers that a leaver approved must not keep the files from being read.
    fn unknown_approver(&mut self, written: &Placed<String>) {
        let message = format!("no file says who `{}` is, so this waiver accepts nothing", written.value);
        let help = "write the address under `also` of the person, or have somebody approve whom the files name";
        self.problems.push(Problem::warning("unknown-approver", written.span, message).help(help));
    }

    /// Nobody approves what is to their own good: not under another address, not as a member of the team, not as the partner's contact.
    /// Whether somebody does.
    fn check_approver(&mut self, approver: &Target, subject: &Target) -> bool {
        let gains = if approver.names.iter().any(|name| subject.is(name)) {
            "approves what is about themselves"
        } else if self.team_gains(approver, subject) {
            "is a member of the team that gains"
        } else if self.partner_gains(approver, subject) {
            "is the contact of the partner that gains"
        } else {
            return false;
        };
        let message = format!("`{}` {gains}", approver.written.value);
        let problem = Problem::error("self-approval", approver.written.span, message)
            .related(subject.written.span, "who gains")
            .help("somebody else must accept it");
        self.problems.push(problem);
        true
    }

    fn duplicate_rules(&mut self) {
        let twins = |names: Vec<&Placed<String>>, what: &str| {
            let mut seen: HashMap<&str, Span> = HashMap::new();
            let mut problems = Vec::new();
            for name in names {
                if let Some(first) = seen.insert(&name.value, name.span) {
                    seen.insert(&name.value, first);
                    let message = format!("{what} `{}` is written twice", name.value);
                    problems.push(Problem::error("duplicate", name.span, message).related(first, "first written here"));
                }
            }
            problems
        };
        let policy = &self.policy;
        let mut found = twins(policy.rules.iter().map(|rule| &rule.name).collect(), "the rule");
        found.extend(twins(policy.custom_rules.iter().map(|rule| &rule.name).collect(), "the custom rule"));
        found.extend(twins(policy.toxic.iter().map(|set| &set.name).collect(), "the toxic set"));
        found.extend(twins(policy.conflicts.iter().map(|set| &set.name).collect(), "the conflict set"));
        self.problems.append(&mut found);
        self.policy.custom_rules.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    }
}

/// Where each setting that is said once is said.
#[derive(Default)]
struct Once(HashMap<&'static str, Span>);

/// Where `ignore` may stand.
pub(super) fn check_root(resolver: &mut Resolver, source: &Source, root: Option<FileId>) {
    if Some(source.file) == root {
        return;
    }
    if let Some(word) = source.doc.ignore.first() {
        resolver.error("only-at-root", source.span(word.at), "`ignore` may only stand in accord.yaml".to_owned());
    }
}
