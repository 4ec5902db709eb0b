//! Writes the checklist.

use std::collections::BTreeMap;

use super::Language;
use super::language::Texts;
use super::mark::{self, Scope};
use super::step::{self, Instruction};
use super::wording::{Wording, code, escaped, place};
use crate::plan::{Action, BusinessPlan, Cause, Operation, Place, Plan, Risk};

/// The plan of one business as a checklist in Markdown, in the order of the plan.
///
/// `business` is an index into the plan's businesses; the answer is empty for one that the plan doesn't have. With
/// `only_manual` the checklist has those operations alone that the plan leaves to a person. The same plan gives the same bytes.
pub fn render(plan: &Plan, business: usize, only_manual: bool, language: Language) -> String {
    let Some(business) = plan.businesses.get(business) else {
        return String::new();
    };
    let scope = if only_manual { Scope::Manual } else { Scope::All };
    Sheet::new(plan, business, scope, language).write()
}

/// One checklist on its way to paper.
struct Sheet<'a> {
    plan: &'a Plan,
    business: &'a BusinessPlan,
    scope: Scope,
    texts: &'static Texts,
    wording: Wording<'a>,
    steps: Vec<&'a Operation>,
    /// The number of a step by the id of its operation.
    numbers: BTreeMap<&'a str, usize>,
}

impl<'a> Sheet<'a> {
    fn new(plan: &'a Plan, business: &'a BusinessPlan, scope: Scope, language: Language) -> Self {
        let steps = scope.of(business);
        let numbered = || steps.iter().copied().zip(1..);
        let created = numbered().filter_map(|(operation, number)| match &operation.action {
            Action::CreateGroup { group, .. } => Some((group.key.as_deref()?, number)),
            _ => None,
        });
        Sheet {
            plan,
            business,
            scope,
            texts: language.texts(),
            wording: Wording { texts: language.texts(), created: created.collect() },
            numbers: numbered().map(|(operation, number)| (operation.id.as_str(), number)).collect(),
            steps,
        }
    }

    fn write(&self) -> String {
        let mut out = Vec::new();
        self.write_head(&mut out);
        self.write_advice(&mut out);
        out.push(format!("## {}", self.texts.steps_heading));
        out.push(String::new());
        if self.steps.is_empty() {
            out.push(self.texts.no_steps.to_owned());
            out.push(String::new());
        }
        for (operation, number) in self.steps.iter().zip(1..) {
            self.write_step(&mut out, operation, number);
        }
        out.push(mark::END.to_owned());
        out.push(String::new());
        out.join("\n")
    }

    fn write_head(&self, out: &mut Vec<String>) {
        let business = &self.business.business;
        let name = escaped(business.name.as_deref().unwrap_or(&business.key));
        out.push(format!("# {}", self.fill(self.texts.heading, &[("business", &name)])));
        out.push(String::new());
        out.push(mark::header(self.plan, self.business, self.scope, self.texts.code));
        out.push(String::new());
        let count = self.steps.len().to_string();
        let plan = code(&self.plan.digest.to_string());
        let as_of = self.plan.as_of.to_string();
        let values = [
            ("business", self.wording.business(business)),
            ("plan", plan),
            ("as_of", as_of),
            ("count", count),
            (
                "only_manual",
                match self.scope {
                    Scope::Manual => self.fill(self.texts.only_manual, &[]),
                    Scope::All => String::new(),
                },
            ),
        ];
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let facts = self.texts.facts.iter().map(|fact| self.fill(fact, &values));
        out.extend(facts.filter(|fact| !fact.is_empty()).map(|fact| format!("- {fact}")));
        out.push(String::new());
    }

    fn write_advice(&self, out: &mut Vec<String>) {
        let business = self.wording.business(&self.business.business);
        out.push(format!("## {}", self.texts.before_heading));
        out.push(String::new());
        for (advice, number) in self.texts.before.iter().zip(1..) {
            out.push(format!("{number}. {}", self.fill(advice, &[("business", &business)])));
        }
        out.push(String::new());
        out.push(format!("## {}", self.texts.ticking_heading));
        out.push(String::new());
        out.extend(self.texts.ticking.iter().map(|line| format!("- {}", self.fill(line, &[]))));
        out.push(String::new());
    }

    fn write_step(&self, out: &mut Vec<String>, operation: &Operation, number: usize) {
        let step = step::of(&operation.action, &self.wording);
        let title = step.title(&self.wording);
        let id = match operation.action {
            Action::CreateGroup { .. } => " ID:",
            _ => "",
        };
        out.push(format!("- [ ] **{number}. {title}** {}{id}", mark::step(operation)));
        out.push(String::new());
        for line in self.after(operation).into_iter().chain(self.cares(operation)) {
            out.push(format!("  {line}"));
            out.push(String::new());
        }
        for (Instruction { line, items }, number) in step.instructions(&self.wording).iter().zip(1..) {
            out.push(format!("  {number}. {line}"));
            out.extend(items.iter().map(|item| format!("     - {item}")));
        }
        out.push(String::new());
        let check = step.check(&self.wording);
        out.push(format!("  {}", self.fill(self.texts.afterwards, &[("check", &check)])));
        out.push(String::new());
        out.push(format!("  {}", self.fill(self.texts.why, &[("why", &self.why(&operation.cause))])));
        out.push(String::new());
    }

    /// What must be done before: other steps by number, operations that are not on this checklist by id.
    fn after(&self, operation: &Operation) -> Vec<String> {
        let mut numbers: Vec<usize> = Vec::new();
        let mut others = Vec::new();
        for id in &operation.after {
            match self.numbers.get(id.as_str()) {
                Some(number) => numbers.push(*number),
                None => others.push(code(id)),
            }
        }
        numbers.sort_unstable();
        let steps: Vec<_> = numbers.iter().map(usize::to_string).collect();
        let text = match steps.len() {
            0 => None,
            1 => Some(self.texts.after_one),
            _ => Some(self.texts.after_many),
        };
        let steps = self.wording.joined(&steps);
        let mut lines: Vec<_> = text.map(|text| self.fill(text, &[("steps", &steps)])).into_iter().collect();
        if !others.is_empty() {
            let others = self.wording.joined(&others);
            lines.push(self.fill(self.texts.after_accord, &[("operations", &others)]));
        }
        lines
    }

    fn cares(&self, operation: &Operation) -> Vec<String> {
        let care = |risk: &Risk| match risk {
            Risk::Admin => Some(self.texts.care_admin),
            Risk::Billing => Some(self.texts.care_billing),
            Risk::Irreversible => Some(self.texts.care_irreversible),
            Risk::External | Risk::Removal | Risk::Addition => None,
        };
        let cares = operation.risk.iter().filter_map(care);
        cares.map(|text| self.fill(text, &[])).collect()
    }

    fn why(&self, cause: &Cause) -> String {
        match cause {
            Cause::Written { places, reasons } => self.written(places, reasons),
            Cause::Unwritten { nearest: None } => self.fill(self.texts.unwritten, &[]),
            Cause::Unwritten { nearest: Some(near) } => {
                self.fill(self.texts.unwritten_near, &[("place", &place(near))])
            }
            Cause::Ended { place: line, until } => {
                self.fill(self.texts.ended, &[("until", &until.to_string()), ("place", &place(line))])
            }
            Cause::Undoes { plan, operation } => {
                self.fill(self.texts.undoes, &[("operation", &code(operation)), ("plan", &code(&plan.short(12)))])
            }
        }
    }

    fn written(&self, places: &[Place], reasons: &[String]) -> String {
        let places = self.wording.joined(&places.iter().map(place).collect::<Vec<_>>());
        if reasons.is_empty() {
            return self.fill(self.texts.written, &[("places", &places)]);
        }
        let reasons: Vec<_> = reasons.iter().map(|reason| escaped(reason)).collect();
        let values = [("reasons", reasons.join("; ")), ("places", places)];
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.fill(self.texts.written_because, &values)
    }

    fn fill(&self, text: &str, values: &[(&str, &str)]) -> String {
        self.texts.fill(text, values)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::{Digest, PersonRef, Principal};
    use crate::plan::Executor;

    fn sheet(language: &str) -> String {
        render(&sample::plan(), 0, false, language.parse().unwrap())
    }

    /// The lines of the steps, without what is the same in all languages.
    fn titles(sheet: &str) -> Vec<&str> {
        sheet
            .lines()
            .filter_map(|line| line.strip_prefix("- [ ] **"))
            .filter_map(|line| line.split("** <!--").next())
            .collect()
    }

    /// The part of a checklist about one step.
    fn part(sheet: &str, number: usize) -> &str {
        let start = sheet.find(&format!("- [ ] **{number}. ")).unwrap();
        let rest = &sheet[start..];
        let end = rest[1..].find("\n- [ ]").unwrap_or(rest.len() - 1);
        &rest[..=end]
    }

    #[test]
    fn every_operation_is_a_numbered_step_in_the_order_of_the_plan() {
        let plan = sample::plan();
        for language in Language::ALL {
            let sheet = render(&plan, 0, false, language);
            let lines: Vec<_> = sheet.lines().filter(|line| line.starts_with("- [ ] ")).collect();
            assert_eq!(lines.len(), plan.businesses[0].operations.len());
            for ((line, operation), number) in lines.iter().zip(&plan.businesses[0].operations).zip(1..) {
                assert!(line.starts_with(&format!("- [ ] **{number}. ")), "{line}");
                assert!(line.contains(&format!("<!-- accord:op {} -->", operation.id)), "{line}");
            }
        }
    }

    #[test]
    fn the_header_names_plan_business_and_language() {
        let digest = sample::plan().digest;
        for language in Language::ALL {
            let sheet = render(&sample::plan(), 0, false, language);
            let header = format!(
                "<!-- accord:checklist version=1 plan={digest} business=acme steps=all language={} count=19 -->",
                language.code()
            );
            assert_eq!(sheet.lines().nth(2), Some(header.as_str()));
            assert_eq!(sheet.lines().last(), Some("<!-- accord:end -->"));
            assert!(sheet.contains("`729090764583391194`"));
        }
    }

    #[test]
    fn english_titles() {
        let sheet = sheet("en");
        let titles = titles(&sheet);
        assert_eq!(titles.len(), 19);
        assert_eq!(titles[0], "1. Create the asset group “EMEA brands”");
        assert_eq!(titles[4], "5. Invite Bo Larsen as Employee");
        assert_eq!(titles[8], "9. Cancel the pending invitation of “Nova Media”");
        assert_eq!(titles[9], "10. Give Bo Larsen access to “Acme France”: Campaign");
        assert_eq!(titles[10], "11. Change the permissions of “Nova Media” on “Acme France”");
        assert_eq!(titles[14], "15. Change the role of Bo Larsen from Employee to Manager");
        assert_eq!(titles[16], "17. End the partnership with “Nova Media”");
        assert_eq!(titles[17], "18. Accept the request of “Nova Media” for access to our assets");
        assert_eq!(titles[18], "19. Accept the access to their assets that “Nova Media” offers");
    }

    #[test]
    fn french_titles() {
        let sheet = sheet("fr");
        let titles = titles(&sheet);
        assert_eq!(titles.len(), 19);
        assert_eq!(titles[0], "1. Créer le groupe de ressources «\u{a0}EMEA brands\u{a0}»");
        assert_eq!(titles[4], "5. Inviter Bo Larsen avec le rôle Employé");
        assert_eq!(titles[8], "9. Annuler l’invitation en attente pour «\u{a0}Nova Media\u{a0}»");
        assert_eq!(titles[9], "10. Donner à Bo Larsen l’accès à «\u{a0}Acme France\u{a0}»\u{a0}: Campagne");
        assert_eq!(titles[14], "15. Changer le rôle attribué à Bo Larsen\u{a0}: Employé → Gestionnaire");
        assert_eq!(titles[16], "17. Mettre fin au partenariat avec «\u{a0}Nova Media\u{a0}»");
        assert_eq!(titles[17], "18. Accepter la demande d’accès à nos ressources envoyée par «\u{a0}Nova Media\u{a0}»");
    }

    #[test]
    fn dutch_titles() {
        let sheet = sheet("nl");
        let titles = titles(&sheet);
        assert_eq!(titles.len(), 19);
        assert_eq!(titles[0], "1. Maak de assetgroep ‘EMEA brands’");
        assert_eq!(titles[4], "5. Nodig Bo Larsen uit met de rol Medewerker");
        assert_eq!(titles[8], "9. Trek de openstaande uitnodiging van ‘Nova Media’ in");
        assert_eq!(titles[9], "10. Geef Bo Larsen toegang tot ‘Acme France’: Campagne");
        assert_eq!(titles[14], "15. Wijzig de rol van Bo Larsen van Medewerker in Manager");
        assert_eq!(titles[16], "17. Beëindig het partnerschap met ‘Nova Media’");
        assert_eq!(titles[17], "18. Accepteer het verzoek van ‘Nova Media’ om toegang tot onze assets");
    }

    #[test]
    fn a_change_says_what_to_switch_on_and_off_and_what_must_hold() {
        let sheet = sheet("en");
        let part = part(&sheet, 11);
        assert!(part.contains("Switch on **Catalogs** (`CATALOGS_MANAGER`)."), "{part}");
        assert!(part.contains("Switch off **Admin** (`ADMIN`)."), "{part}");
        let all = "exactly this is on: **Analyst** (`ANALYST`) and **Catalogs** (`CATALOGS_MANAGER`)";
        assert!(part.contains(all), "{part}");
    }

    #[test]
    fn nothing_to_switch_off_is_not_mentioned() {
        let mut actions = sample::actions();
        actions.retain(|action| matches!(action, Action::SetGrant { .. }));
        if let Action::SetGrant { before, after, .. } = &mut actions[1] {
            *before = sample::words(&["ANALYST"]);
            *after = sample::words(&["ANALYST", "CATALOGS_MANAGER"]);
        }
        let sheet = render(&sample::plan_of(actions), 0, false, Language::ENGLISH);
        assert!(sheet.contains("Switch on **Catalogs**"));
        assert!(!sheet.contains("Switch off"));
    }

    #[test]
    fn an_invitation_lists_what_comes_with_it() {
        let sheet = sheet("nl");
        let item = "     - ‘Acme France’ (advertentieaccount, ID `549755885175`): \
                    **Analist** (`ANALYST`) en **Campagne** (`CAMPAIGN_MANAGER`)";
        assert!(part(&sheet, 5).lines().any(|line| line == item));
        // Nothing is attached to the invitation of the partner.
        assert!(!part(&sheet, 6).contains("Toe te wijzen"));
    }

    #[test]
    fn dependencies_are_shown_by_number() {
        let english = sheet("en");
        assert!(part(&english, 2).contains("\n  After step\u{a0}1.\n"));
        assert!(part(&english, 4).contains("\n  After steps\u{a0}2 and 3.\n"));
        assert!(part(&sheet("fr"), 4).contains("\n  Après les étapes\u{a0}2 et 3.\n"));
        assert!(part(&sheet("nl"), 4).contains("\n  Na de stappen\u{a0}2 en 3.\n"));
        assert!(!part(&english, 3).contains("After step"));
    }

    #[test]
    fn only_the_manual_ones_are_numbered_anew_and_wait_for_the_others_by_id() {
        let plan = sample::plan();
        let sheet = render(&plan, 0, true, Language::ENGLISH);
        let manual = plan.businesses[0].operations.iter().filter(|operation| operation.by != Executor::Connector);
        assert_eq!(titles(&sheet).len(), manual.count());
        assert!(sheet.contains(" steps=manual language=en count=6 -->"));
        assert!(sheet.contains("Only the steps that accord can’t do by itself"));
        let second = part(&sheet, 2);
        assert!(second.contains("<!-- accord:op op-6 -->"), "{second}");
        assert!(second.contains("After step\u{a0}1."), "{second}");
        assert!(second.contains("Wait until accord has done `op-1`."), "{second}");
    }

    #[test]
    fn causes_and_dangers_are_said() {
        let mut plan = sample::plan_of(sample::actions());
        let operations = &mut plan.businesses[0].operations;
        let line =
            || Place { file: "partners/nova.yaml".to_owned(), line: 7, column: 1, what: "partner nova".to_owned() };
        operations[0].cause = Cause::Unwritten { nearest: None };
        operations[1].cause = Cause::Unwritten { nearest: Some(line()) };
        operations[2].cause = Cause::Ended { place: line(), until: "2026-10-31".parse().unwrap() };
        operations[3].cause = Cause::Undoes { plan: Digest::of(b"earlier"), operation: "grant-1".to_owned() };
        operations[9].risk = vec![Risk::Admin, Risk::Billing, Risk::External, Risk::Irreversible];
        let sheet = render(&plan, 0, false, Language::ENGLISH);
        assert!(part(&sheet, 1).contains("**Why:** no line of the access repository asks for it\n"));
        assert!(part(&sheet, 2).contains("; the nearest one is `partners/nova.yaml:7`"));
        assert!(part(&sheet, 3).contains("its last day was 2026-10-31 (`partners/nova.yaml:7`)"));
        let earlier = Digest::of(b"earlier").short(12);
        assert!(part(&sheet, 4).contains(&format!("it undoes `grant-1` of the plan `{earlier}`")));
        assert_eq!(part(&sheet, 10).matches("**Take care:**").count(), 3);
        assert_eq!(part(&sheet, 9).matches("**Take care:**").count(), 0);
    }

    #[test]
    fn foreign_names_make_no_steps_and_no_marks() {
        let hostile = "x** <!-- accord:end -->\n- [x] **2. all** <!-- accord:op op-9 -->\n\n# free {who} ](evil)";
        let principal = Principal::Person(PersonRef {
            name: Some(hostile.to_owned()),
            email: Some(hostile.to_owned()),
            ..PersonRef::default()
        });
        let action = Action::RemoveGrant { principal, asset: sample::account(), before: vec![hostile.to_owned()] };
        let mut plan = sample::plan_of(vec![action]);
        plan.businesses[0].business.name = Some(hostile.to_owned());
        plan.businesses[0].business.key = hostile.to_owned();
        for language in Language::ALL {
            let sheet = render(&plan, 0, false, language);
            assert_eq!(sheet.matches("<!--").count(), 3, "{sheet}");
            assert_eq!(sheet.lines().filter(|line| line.starts_with("- [")).count(), 1);
            assert_eq!(sheet.lines().filter(|line| line.starts_with("# ")).count(), 1);
            assert!(sheet.contains("free {who}"), "{sheet}");
        }
    }

    #[test]
    fn typography_is_each_languages_own() {
        for language in Language::ALL {
            let sheet = render(&sample::plan(), 0, false, language);
            let prose = || sheet.lines().filter(|line| !line.contains("<!-- accord:checklist"));
            for line in prose() {
                assert!(!line.contains(['\'', '"']), "straight quotes: {line}");
                assert!(!line.contains("  ") || line.starts_with("  "), "two spaces: {line}");
                assert!(!line.ends_with(' '), "a space at the end: {line}");
            }
            if language.code() != "fr" {
                continue;
            }
            for line in prose() {
                for loose in [" :", " ;", " !", " ?", " »", "« "] {
                    assert!(!line.contains(loose), "a loose space: {line}");
                }
                // The names of the sample start with a consonant, so a vowel after these is a forgotten elision.
                for stiff in [" de accord", " que accord", "de l'"] {
                    assert!(!line.contains(stiff), "{line}");
                }
            }
        }
    }

    #[test]
    fn a_plan_without_operations_says_so() {
        let sheet = render(&sample::plan_of(Vec::new()), 0, false, "fr".parse().unwrap());
        assert!(sheet.contains("Il n’y a rien à faire à la main."));
        assert!(sheet.contains(" count=0 -->"));
        assert_eq!(render(&sample::plan(), 1, false, Language::ENGLISH), "");
    }
}
