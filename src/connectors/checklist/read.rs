//! Reads the ticks of a checklist back, strictly: what was ticked decides what counts as done.

use std::collections::BTreeMap;

use super::mark::{self, Found, Header, Mark, encoded};
use crate::plan::{Action, BusinessPlan, Operation, Plan};
use crate::platforms::pinterest;
use crate::source::{FileId, Pos, Problem};

/// What a person says about one step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tick {
    /// The id of the operation.
    pub operation: String,
    /// What came of it.
    pub state: TickState,
    /// The id of a created group, where the person wrote it down.
    pub created: Option<String>,
}

/// The state of a tick box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TickState {
    /// `[x]`.
    Done,
    /// `[ ]`.
    NotDone,
    /// `[!]` or `[-]`: it could not be done.
    Failed {
        /// Why, in the person's words.
        note: String,
    },
}

/// A checklist that can't be taken at its word. Every problem has its place; the file is file 0.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the checklist can't be read: {}", summary(.problems))]
pub struct ChecklistError {
    /// What is wrong, in the order of the lines.
    pub problems: Vec<Problem>,
}

/// The ticks of a checklist, one for each of its steps, in the order of the plan.
///
/// # Errors
/// Where the file is damaged, is no checklist, belongs to another plan, or where a step is missing, there twice, unknown, or
/// ticked in a way that leaves open what is meant. All of these at once, each with its line.
pub fn read_ticks(text: &[u8], plan: &Plan) -> Result<Vec<Tick>, ChecklistError> {
    let text = decode(text)?;
    let mut reader = Reader::default();
    for (line, number) in text.lines().zip(1..) {
        reader.read_line(line, number);
    }
    reader.finish(plan)
}

/// UTF-8, with or without the mark that Windows editors put first.
fn decode(text: &[u8]) -> Result<&str, ChecklistError> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    std::str::from_utf8(text).map_err(|error| {
        let valid = text.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        let start = valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let before = String::from_utf8_lossy(valid.get(start..).unwrap_or_default());
        let column = 1 + before.chars().count();
        let span = Pos::new(FileId(0), line, column).span(1);
        ChecklistError {
            problems: vec![
                Problem::error("checklist-encoding", span, "the file is not UTF-8 from here on")
                    .help("save it as UTF-8, or tick a fresh copy of the checklist"),
            ],
        }
    })
}

/// What was read so far.
#[derive(Default)]
struct Reader<'a> {
    header: Option<(Header<'a>, Line<'a>)>,
    /// Ticks by the encoded id of their operation.
    ticks: BTreeMap<&'a str, Seen<'a>>,
    end: Option<Line<'a>>,
    last_line: usize,
    problems: Vec<Problem>,
}

/// A step as it stands in the file.
struct Seen<'a> {
    line: Line<'a>,
    /// `None` where the tick box can't be read, which has been said.
    tick: Option<TickBox>,
    /// What stands behind the mark.
    note: &'a str,
}

/// The three states of a tick box.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TickBox {
    Ticked,
    Empty,
    Crossed,
}

/// A mark and its place.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    before: &'a str,
    text: &'a str,
}

impl Line<'_> {
    fn problem(self, code: &'static str, message: impl Into<String>) -> Problem {
        let column = 1 + self.before.chars().count();
        let span = Pos::new(FileId(0), self.number, column).span(self.text.chars().count());
        Problem::error(code, span, message)
    }
}

impl<'a> Reader<'a> {
    fn read_line(&mut self, line: &'a str, number: usize) {
        self.last_line = number;
        let place = |found: &Found<'a>| Line { number, before: found.before, text: found.text };
        let mut marks = mark::find(line);
        if let [_, second, ..] = marks.as_slice() {
            let message = format!("{} marks of accord on one line", marks.len());
            let problem = place(second).problem("checklist-mark", message);
            self.problems.push(problem.help("each mark has a line of its own"));
            // What stands behind the first one is no note, then.
            marks.truncate(1);
            marks.iter_mut().for_each(|found| found.behind = "");
        }
        for found in marks {
            let place = place(&found);
            self.read_mark(found, place);
        }
    }

    fn read_mark(&mut self, found: Found<'a>, line: Line<'a>) {
        match found.mark {
            Some(Mark::Header(header)) => self.read_header(header, line),
            Some(Mark::Step(id)) => self.read_step(id, found.behind, line),
            Some(Mark::End) => self.end = Some(line),
            None => self.problems.push(
                line.problem("checklist-mark", "this mark of accord is damaged")
                    .help("take the line from a fresh copy of the checklist and tick it again"),
            ),
        }
    }

    fn read_header(&mut self, header: Header<'a>, line: Line<'a>) {
        match &self.header {
            None => self.header = Some((header, line)),
            Some((_, first)) => {
                let message = format!("a second checklist starts here; the first one starts on line {}", first.number);
                self.problems.push(line.problem("checklist-header", message));
            }
        }
    }

    fn read_step(&mut self, id: &'a str, behind: &'a str, line: Line<'a>) {
        if let Some(first) = self.ticks.get(id) {
            let message = format!("the step `{id}` is there twice, first on line {}", first.line.number);
            self.problems.push(line.problem("checklist-step", message));
            return;
        }
        let tick = tick_box(line.before);
        if tick.is_none() {
            self.problems.push(
                line.problem("checklist-box", format!("the line of the step `{id}` has no tick box that can be read"))
                    .help("start it with `- [x]` (done), `- [ ]` (not done) or `- [!]` (could not be done)"),
            );
        }
        let note = behind.trim();
        self.ticks.insert(id, Seen { line, tick, note });
    }

    fn finish(mut self, plan: &Plan) -> Result<Vec<Tick>, ChecklistError> {
        let Some(business) = self.business(plan) else {
            return Err(self.into_error());
        };
        if self.end.is_none() {
            let span = Pos::new(FileId(0), self.last_line.max(1), 1).span(1);
            self.problems.push(
                Problem::error("checklist-mark", span, "the end of the checklist is missing, the file may be cut off")
                    .help("tick a fresh copy of the checklist"),
            );
        }
        let ticks = self.ticks_of(business);
        if self.problems.is_empty() {
            return Ok(ticks);
        }
        Err(self.into_error())
    }

    /// The business that the header names, where it belongs to this plan.
    fn business<'p>(&mut self, plan: &'p Plan) -> Option<&'p BusinessPlan> {
        let Some((header, line)) = &self.header else {
            let span = Pos::new(FileId(0), 1, 1).span(1);
            self.problems.push(
                Problem::error(
                    "checklist-header",
                    span,
                    "the file has no mark of a checklist that this version can read",
                )
                .help("tick a fresh copy of the checklist"),
            );
            return None;
        };
        let digest = plan.digest.to_string();
        if header.plan != digest {
            let message = format!(
                "the checklist belongs to the plan `{}` and not to `{}`",
                header.plan.chars().take(12).collect::<String>(),
                plan.digest.short(12)
            );
            self.problems.push(line.problem("checklist-plan", message));
            return None;
        }
        let named = |part: &&BusinessPlan| encoded(&part.business.key) == header.business;
        let found = plan.businesses.iter().find(named);
        if found.is_none() {
            let message = format!("the plan has no business `{}`", header.business);
            self.problems.push(line.problem("checklist-plan", message));
        }
        found
    }

    /// One tick for each expected step; problems for those that are missing, unknown or unclear.
    fn ticks_of(&mut self, business: &BusinessPlan) -> Vec<Tick> {
        let Some((header, line)) = self.header.take() else {
            return Vec::new();
        };
        let expected = header.scope.of(business);
        if header.count != expected.len() {
            let message = format!("the header speaks of {} steps, the plan has {}", header.count, expected.len());
            self.problems.push(line.problem("checklist-header", message));
        }
        let mut ticks = Vec::new();
        for (operation, number) in expected.into_iter().zip(1..) {
            let id = encoded(&operation.id);
            match self.ticks.remove(id.as_str()) {
                Some(seen) => ticks.extend(self.tick(operation, &seen)),
                None => {
                    let message = format!("step {number} is missing: no line has the mark of `{id}`");
                    self.problems.push(line.problem("checklist-step", message));
                }
            }
        }
        let unknown = std::mem::take(&mut self.ticks);
        self.problems.extend(
            unknown
                .into_iter()
                .map(|(id, seen)| seen.line.problem("checklist-step", format!("this checklist has no step `{id}`"))),
        );
        ticks
    }

    fn tick(&mut self, operation: &Operation, seen: &Seen<'_>) -> Option<Tick> {
        let creates = matches!(operation.action, Action::CreateGroup { .. });
        let note = if creates { without_id_label(seen.note) } else { seen.note };
        let mut created = None;
        let state = match seen.tick? {
            TickBox::Crossed if note.is_empty() => {
                let problem = seen.line.problem("checklist-note", "a step that could not be done needs a reason");
                self.problems.push(problem.help("write it at the end of this line, behind `-->`"));
                return None;
            }
            TickBox::Crossed => TickState::Failed { note: note.to_owned() },
            TickBox::Ticked if creates && is_id(note) => {
                created = Some(note.to_owned());
                TickState::Done
            }
            TickBox::Ticked | TickBox::Empty if !note.is_empty() => {
                self.problems.push(unclear(seen.line, note, creates));
                return None;
            }
            TickBox::Ticked => TickState::Done,
            TickBox::Empty => TickState::NotDone,
        };
        Some(Tick { operation: operation.id.clone(), state, created })
    }

    fn into_error(mut self) -> ChecklistError {
        self.problems.sort();
        ChecklistError { problems: self.problems }
    }
}

/// Text behind the mark of a step that is not said to have failed: done except for something? Better ask.
fn unclear(line: Line<'_>, note: &str, creates: bool) -> Problem {
    let problem = line
        .problem("checklist-note", format!("it is unclear what `{note}` means for a step that is not marked `[!]`"));
    problem.help(if creates {
        "behind the mark of a group that was created only its ID may stand; remarks go on a line of their own"
    } else {
        "mark the step `[!]` if it could not be done, or write remarks on a line of their own"
    })
}

/// The tick box at the start of what stands before a mark.
fn tick_box(before: &str) -> Option<TickBox> {
    let rest = before.trim_start();
    let rest = rest.strip_prefix(['-', '*', '+'])?.trim_start();
    let mut letters = rest.strip_prefix('[')?.chars();
    let tick = match letters.next()? {
        'x' | 'X' => TickBox::Ticked,
        ' ' => TickBox::Empty,
        '!' | '-' => TickBox::Crossed,
        _ => return None,
    };
    (letters.next()? == ']').then_some(tick)
}

fn without_id_label(note: &str) -> &str {
    let label = note.get(..2).filter(|label| label.eq_ignore_ascii_case("id"));
    let rest = label.and_then(|_| note.get(2..)).map(str::trim_start);
    rest.and_then(|rest| rest.strip_prefix(':')).map_or(note, str::trim)
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= pinterest::PLATFORM.limits.id_digits
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Every problem with its line, on one line.
fn summary(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems
        .iter()
        .map(|problem| match problem.span {
            Some(span) => format!("line {}: {}", span.start.line, problem.message),
            None => problem.message.clone(),
        })
        .collect();
    lines.join("; ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Language, render, sample};
    use super::*;

    fn sheet() -> String {
        render(&sample::plan(), 0, false, Language::ENGLISH)
    }

    fn read(text: &str) -> Result<Vec<Tick>, ChecklistError> {
        read_ticks(text.as_bytes(), &sample::plan())
    }

    /// The sheet with the line of one step changed.
    fn with_step(number: usize, change: impl Fn(&str) -> String) -> String {
        changed(&sheet(), number, change)
    }

    fn changed(sheet: &str, number: usize, change: impl Fn(&str) -> String) -> String {
        let mark = format!("<!-- accord:op op-{number} -->");
        assert_eq!(sheet.matches(&mark).count(), 1);
        sheet
            .split_inclusive('\n')
            .map(|line| if line.contains(&mark) { change(line.trim_end_matches('\n')) + "\n" } else { line.to_owned() })
            .collect()
    }

    fn state(text: &str, number: usize) -> TickState {
        read(text).unwrap()[number - 1].state.clone()
    }

    /// The only problem: its code, the text of its line and its message.
    fn problem(text: &str) -> (&'static str, String, String) {
        let error = read(text).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{error}");
        let Problem { span, code, message, .. } = error.problems[0].clone();
        let line = span.unwrap().start.line as usize;
        assert!(error.to_string().contains(&format!("line {line}: {message}")));
        (code, text.lines().nth(line - 1).unwrap_or_default().to_owned(), message)
    }

    #[test]
    fn a_fresh_checklist_has_every_step_and_none_done() {
        let ticks = read(&sheet()).unwrap();
        let operations = &sample::plan().businesses[0].operations;
        assert_eq!(ticks.len(), operations.len());
        for (tick, operation) in ticks.iter().zip(operations) {
            assert_eq!(tick.operation, operation.id);
            assert_eq!(tick.state, TickState::NotDone);
            assert_eq!(tick.created, None);
        }
    }

    #[test]
    fn both_crosses_and_both_letters_count() {
        for done in ["- [x] ", "- [X] ", "* [x] ", "  - [x] "] {
            let text = with_step(5, |line| line.replacen("- [ ] ", done, 1));
            assert_eq!(state(&text, 5), TickState::Done, "{done}");
        }
        for failed in ["- [-] ", "- [!] "] {
            let text = with_step(5, |line| line.replacen("- [ ] ", failed, 1) + "  no such person ");
            let note = "no such person".to_owned();
            assert_eq!(state(&text, 5), TickState::Failed { note }, "{failed}");
        }
    }

    #[test]
    fn the_id_of_a_new_group_is_taken_where_it_is_written() {
        let done = |id: &str| with_step(1, |line| line.replacen("[ ]", "[x]", 1) + id);
        let created = |text: &str| read(text).unwrap()[0].created.clone();
        assert_eq!(created(&done(" 5497")), Some("5497".to_owned()));
        assert_eq!(created(&done("")), None);
        let (code, _, message) = problem(&done(" EMEA"));
        assert_eq!(code, "checklist-note");
        assert!(message.contains("`EMEA`"), "{message}");
        let failed = with_step(1, |line| line.replacen("[ ]", "[!]", 1) + " no such button");
        let note = "no such button".to_owned();
        assert_eq!(state(&failed, 1), TickState::Failed { note });
    }

    #[test]
    fn what_windows_editors_do_to_a_file_does_no_harm() {
        let text = with_step(2, |line| line.replacen("[ ]", "[x]", 1));
        let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(state(&text, 2), TickState::Done);
        assert_eq!(state(&text, 3), TickState::NotDone);
    }

    #[test]
    fn remarks_on_lines_of_their_own_are_free() {
        let text = sheet().replace("## Steps\n", "## Steps\n\nAna: began at nine\n- [ ] order cake\n<!-- later -->\n");
        assert_eq!(read(&text).unwrap().len(), 19);
    }

    #[test]
    fn failed_without_a_reason_is_refused() {
        let text = with_step(3, |line| line.replacen("[ ]", "[!]", 1));
        let (code, line, message) = problem(&text);
        assert_eq!(code, "checklist-note");
        assert!(line.contains("op-3"));
        assert_eq!(message, "a step that could not be done needs a reason");
    }

    #[test]
    fn done_but_is_asked_about() {
        let text = with_step(3, |line| line.replacen("[ ]", "[x]", 1) + " except for the second account");
        let (code, line, message) = problem(&text);
        assert_eq!(code, "checklist-note");
        assert!(line.contains("op-3"));
        assert!(message.contains("`except for the second account`"), "{message}");
    }

    #[test]
    fn a_tick_box_that_says_something_else_is_refused() {
        for broken in ["- [y] ", "- [] ", "- [xx] ", "- ", "[x] ", "1. [x] ", "- [\u{a0}] "] {
            let text = with_step(4, |line| line.replacen("- [ ] ", broken, 1));
            let (code, line, message) = problem(&text);
            assert_eq!(code, "checklist-box", "{broken}");
            assert!(line.contains("op-4"));
            assert_eq!(message, "the line of the step `op-4` has no tick box that can be read");
        }
    }

    #[test]
    fn a_missing_step_is_named_with_its_number() {
        let text = with_step(7, |_| String::new());
        let (code, line, message) = problem(&text);
        assert_eq!(code, "checklist-step");
        assert!(line.contains("accord:checklist"));
        assert_eq!(message, "step 7 is missing: no line has the mark of `op-7`");
    }

    #[test]
    fn a_step_that_stands_there_twice_is_refused() {
        let text = with_step(7, |line| format!("{line}\n{}", line.replacen("[ ]", "[x]", 1)));
        let (code, line, message) = problem(&text);
        assert_eq!(code, "checklist-step");
        assert!(line.starts_with("- [x]"));
        assert!(message.starts_with("the step `op-7` is there twice, first on line "), "{message}");
    }

    #[test]
    fn a_foreign_step_is_refused() {
        let text = with_step(7, |line| format!("{line}\n- [x] more <!-- accord:op grant-77 -->"));
        let (code, line, message) = problem(&text);
        assert_eq!(code, "checklist-step");
        assert_eq!(line, "- [x] more <!-- accord:op grant-77 -->");
        assert_eq!(message, "this checklist has no step `grant-77`");
    }

    #[test]
    fn two_marks_on_one_line_are_refused() {
        let joined =
            sheet().replace(" -->\n\n  After step\u{a0}1.", " --> <!-- accord:op op-17 -->\n\n  After step\u{a0}1.");
        let (code, line, message) = problem(&joined);
        assert_eq!(code, "checklist-mark");
        assert!(line.contains("op-2"));
        assert_eq!(message, "2 marks of accord on one line");
    }

    #[test]
    fn a_damaged_mark_is_refused_where_it_stands() {
        let text = with_step(7, |line| line.replace(" -->", ""));
        let error = read(&text).unwrap_err();
        let codes: Vec<_> = error.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["checklist-step", "checklist-mark"]);
        let span = error.problems[1].span.unwrap();
        let line = text.lines().nth(span.start.line as usize - 1).unwrap();
        let underlined: String =
            line.chars().skip(usize::from(span.start.column) - 1).take(span.length as usize).collect();
        assert_eq!(underlined, "<!-- accord:op op-7");
    }

    #[test]
    fn the_checklist_of_another_plan_is_refused_with_both_names() {
        let mut other = sample::plan();
        other.digest = crate::model::Digest::of(b"another");
        let error = read_ticks(sheet().as_bytes(), &other).unwrap_err();
        assert_eq!(error.problems.len(), 1);
        let message = format!(
            "line 3: the checklist belongs to the plan `{}` and not to `{}`",
            sample::plan().digest.short(12),
            other.digest.short(12)
        );
        assert!(error.to_string().ends_with(&message), "{error}");
    }

    #[test]
    fn a_business_that_the_plan_does_not_have_is_refused() {
        let (code, _, message) = problem(&sheet().replace("business=acme ", "business=other "));
        assert_eq!(code, "checklist-plan");
        assert_eq!(message, "the plan has no business `other`");
    }

    #[test]
    fn a_header_that_speaks_of_other_steps_is_refused() {
        let (code, _, message) = problem(&sheet().replace(" count=19 ", " count=18 "));
        assert_eq!(code, "checklist-header");
        assert_eq!(message, "the header speaks of 18 steps, the plan has 19");
        let (code, _, message) = problem(&format!("{}{}", sheet(), sheet().lines().nth(2).unwrap()));
        assert_eq!(code, "checklist-header");
        assert_eq!(message, "a second checklist starts here; the first one starts on line 3");
    }

    #[test]
    fn a_cut_file_is_refused() {
        let whole = sheet();
        let cut = whole.trim_end().strip_suffix("<!-- accord:end -->").unwrap();
        let (code, _, message) = problem(cut);
        assert_eq!(code, "checklist-mark");
        assert_eq!(message, "the end of the checklist is missing, the file may be cut off");
        for length in 0..cut.len() {
            assert!(read_ticks(&cut.as_bytes()[..length], &sample::plan()).is_err());
        }
    }

    #[test]
    fn what_is_no_checklist_is_refused() {
        for text in ["", "# Notes\n", "<!-- accord:end -->"] {
            let error = read(text).unwrap_err();
            assert!(error.to_string().contains("no mark of a checklist"), "{error}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_have_a_place() {
        let mut bytes = sheet().into_bytes();
        let place = bytes.windows(4).position(|bytes| bytes == b"Plan").unwrap();
        bytes[place] = 0xff;
        let error = read_ticks(&bytes, &sample::plan()).unwrap_err();
        let span = error.problems[0].span.unwrap();
        assert_eq!(error.problems[0].code, "checklist-encoding");
        assert_eq!((span.start.line, span.start.column), (6, 5));
    }

    #[test]
    fn all_problems_are_told_at_once_and_in_order() {
        let text = with_step(9, |line| line.replacen("[ ]", "[?]", 1));
        let text = changed(&text, 2, |line| line.replacen("[ ]", "[!]", 1));
        let text = changed(&text, 12, |_| String::new());
        let error = read(&text).unwrap_err();
        let codes: Vec<_> = error.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["checklist-step", "checklist-note", "checklist-box"]);
    }

    /// What a person does with one step.
    #[derive(Clone, Debug)]
    enum Hand {
        Leaves,
        Ticks(char),
        Crosses(char, String),
    }

    fn hand() -> impl Strategy<Value = Hand> {
        let note = "[^\\r\\n<]{0,30}[a-zé»!]";
        prop_oneof![
            Just(Hand::Leaves),
            prop_oneof![Just('x'), Just('X')].prop_map(Hand::Ticks),
            (prop_oneof![Just('!'), Just('-')], note).prop_map(|(cross, note)| Hand::Crosses(cross, note)),
        ]
    }

    fn worked(line: &str, hand: &Hand) -> String {
        match hand {
            Hand::Leaves => line.to_owned(),
            Hand::Ticks(tick) => line.replacen("[ ]", &format!("[{tick}]"), 1),
            Hand::Crosses(cross, note) => line.replacen("[ ]", &format!("[{cross}]"), 1) + " " + note,
        }
    }

    fn meant(hand: &Hand) -> TickState {
        match hand {
            Hand::Leaves => TickState::NotDone,
            Hand::Ticks(_) => TickState::Done,
            Hand::Crosses(_, note) => TickState::Failed { note: note.trim().to_owned() },
        }
    }

    proptest! {
        #[test]
        fn what_was_ticked_is_what_is_read(
            hands in prop::collection::vec(hand(), 19),
            language in 0..Language::ALL.len(),
            only_manual: bool,
            windows: bool,
        ) {
            let plan = sample::plan();
            let mut text = render(&plan, 0, only_manual, Language::ALL[language]);
            let listed: Vec<_> = plan.businesses[0]
                .operations
                .iter()
                .zip(1..)
                .filter(|(operation, _)| text.contains(&format!("<!-- accord:op {} -->", operation.id)))
                .collect();
            for (_, number) in &listed {
                text = changed(&text, *number, |line| worked(line, &hands[number - 1]));
            }
            if windows {
                text = text.replace('\n', "\r\n");
            }
            let ticks = read_ticks(text.as_bytes(), &plan).unwrap();
            prop_assert_eq!(ticks.len(), listed.len());
            for (tick, (operation, number)) in ticks.iter().zip(listed) {
                prop_assert_eq!(&tick.operation, &operation.id);
                prop_assert_eq!(&tick.state, &meant(&hands[number - 1]));
            }
        }

        #[test]
        fn names_of_any_kind_leave_the_checklist_readable(name: String, id in "\\PC{1,40}", key: String, word: String) {
            let mut actions = sample::actions();
            for action in &mut actions {
                if let crate::plan::Action::SetGrant { principal: crate::model::Principal::Person(person), asset, after, .. } = action {
                    person.name = Some(name.clone());
                    person.email = Some(id.clone());
                    asset.name = Some(word.clone());
                    asset.kind = key.clone();
                    after.push(word.clone());
                }
            }
            let mut plan = sample::plan_of(actions);
            plan.businesses[0].business.key = key.clone();
            plan.businesses[0].business.name = Some(name);
            plan.businesses[0].operations[0].id = id.clone();
            let text = render(&plan, 0, false, Language::ENGLISH);
            let ticks = read_ticks(text.as_bytes(), &plan).unwrap();
            prop_assert_eq!(ticks.len(), 19);
            prop_assert_eq!(&ticks[0].operation, &id);
        }

        #[test]
        fn no_bytes_panic_the_reader(bytes: Vec<u8>, place: prop::sample::Index, length in 0_usize..40) {
            let plan = sample::plan();
            let mut text = sheet().into_bytes();
            let start = place.index(text.len());
            let end = text.len().min(start + length);
            text.splice(start..end, bytes);
            if let Ok(ticks) = read_ticks(&text, &plan) {
                prop_assert_eq!(ticks.len(), 19);
            }
        }
    }
}
