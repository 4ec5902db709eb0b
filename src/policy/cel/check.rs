//! Walks a parsed expression before it is ever evaluated: names, functions, kinds of value and known words, with the place of each.

use ::cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

use super::{Fault, KNOWN};
use crate::policy::record::{self, Kind as FieldKind};
use crate::source::nearest;

/// Loops in loops deeper than this are refused: each multiplies the work.
const MAX_LOOPS: usize = 2;

/// What a part of an expression is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Flag,
    Number,
    Text,
    /// A list of texts: of a field, or written.
    List,
    /// Something is wrong inside already.
    Any,
}

/// A part of an expression, with the only words it can be or hold, where they are known.
#[derive(Clone, Debug)]
struct Part {
    kind: Kind,
    words: Option<(String, Vec<&'static str>)>,
}

impl Part {
    fn of(kind: Kind) -> Self {
        Part { kind, words: None }
    }
}

/// Checks an expression; answers the fields it names whose values may be unknown.
pub(super) fn check(text: &str, root: &IdedExpr, places: &SourceInfo) -> Result<Vec<&'static str>, Vec<Fault>> {
    let letters: Vec<char> = text.chars().collect();
    let mut walker =
        Walker { text, letters, places, locals: Vec::new(), loops: 0, faults: Vec::new(), unknowable: Vec::new() };
    let part = walker.part(root);
    if !matches!(part.kind, Kind::Flag | Kind::Any) {
        let message = format!("the expression is {}, not a condition", name(part.kind));
        walker.fault(root, 1, "expression-kind", message);
    }
    let Walker { mut faults, mut unknowable, .. } = walker;
    faults.sort();
    faults.dedup();
    unknowable.sort_unstable();
    unknowable.dedup();
    if faults.is_empty() { Ok(unknowable) } else { Err(faults) }
}

struct Walker<'a> {
    text: &'a str,
    letters: Vec<char>,
    places: &'a SourceInfo,
    /// Variables of loops, the innermost last.
    locals: Vec<(String, Part)>,
    loops: usize,
    faults: Vec<Fault>,
    unknowable: Vec<&'static str>,
}

impl Walker<'_> {
    fn part(&mut self, node: &IdedExpr) -> Part {
        match &node.expr {
            Expr::Ident(ident) => self.name(node, ident),
            Expr::Literal(literal) => self.literal(node, literal),
            Expr::Call(call) => self.call(node, call),
            Expr::List(list) => {
                let mut kinds = list.elements.iter().map(|element| self.part(element).kind).collect::<Vec<_>>();
                kinds.retain(|kind| *kind != Kind::Any);
                if kinds.iter().any(|kind| *kind != Kind::Text) {
                    self.fault(node, 1, "expression-kind", "a list may only hold texts");
                }
                Part::of(Kind::List)
            }
            Expr::Comprehension(repeat) => self.repeat(node, repeat),
            Expr::Select(select) => {
                self.part(&select.operand);
                let message = format!("fields have no fields of their own: `.{}`", select.field);
                self.fault(node, 1, "unknown-field", message);
                Part::of(Kind::Any)
            }
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                self.fault(node, 1, "expression-kind", "maps and messages are not supported here");
                Part::of(Kind::Any)
            }
        }
    }

    fn name(&mut self, node: &IdedExpr, ident: &str) -> Part {
        if let Some((_, part)) = self.locals.iter().rev().find(|(local, _)| local == ident) {
            return part.clone();
        }
        if let Some(field) = ident.strip_prefix(KNOWN) {
            if record::field(field).is_none() {
                self.unknown_field(node, field);
            }
            return Part::of(Kind::Flag);
        }
        let Some((kind, words)) = record::field(ident) else {
            self.unknown_field(node, ident);
            return Part::of(Kind::Any);
        };
        if let Some(field) = record::field_names().find(|name| *name == ident && super::unknowable(name)) {
            self.unknowable.push(field);
        }
        let kind = match kind {
            FieldKind::Flag => Kind::Flag,
            FieldKind::Number => Kind::Number,
            FieldKind::Text => Kind::Text,
            FieldKind::Texts => Kind::List,
        };
        Part { kind, words: words.map(|words| (ident.to_owned(), words)) }
    }

    fn unknown_field(&mut self, node: &IdedExpr, field: &str) {
        let help = match nearest(field, record::field_names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("fields: {}", record::field_names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("unknown field `{field}`");
        self.fault(node, field.chars().count(), "unknown-field", message).help = Some(help);
    }

    fn literal(&mut self, node: &IdedExpr, literal: &LiteralValue) -> Part {
        match literal {
            LiteralValue::Boolean(_) => Part::of(Kind::Flag),
            LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => Part::of(Kind::Number),
            LiteralValue::String(_) => Part::of(Kind::Text),
            LiteralValue::Null | LiteralValue::Bytes(_) => {
                let fault = self.fault(node, 1, "expression-kind", "`null` and bytes are not supported here");
                fault.help = Some("write `known(two_factor)` to ask whether a field has a value".to_owned());
                Part::of(Kind::Any)
            }
        }
    }

    fn call(&mut self, node: &IdedExpr, call: &CallExpr) -> Part {
        let target = call.target.as_deref().map(|target| self.part(target));
        let args: Vec<Part> = call.args.iter().map(|arg| self.part(arg)).collect();
        let kinds: Vec<Kind> = args.iter().map(|part| part.kind).collect();
        match (call.func_name.as_str(), target, args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, None, _) => {
                self.expect_all(call, &kinds, Kind::Flag)
            }
            (operators::NOT_STRICTLY_FALSE, None, [_]) => Part::of(Kind::Flag),
            (operators::CONDITIONAL, None, [condition, yes, no]) => self.choice(node, call, [condition, yes, no]),
            (operators::EQUALS | operators::NOT_EQUALS, None, [one, two]) => self.equal(node, call, one, two),
            (operators::IN, None, [item, list]) => self.within(node, call, item, list),
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                None,
                [one, two],
            ) => {
                let orders = |kind| matches!(kind, Kind::Number | Kind::Text | Kind::Any);
                if !orders(one.kind) || !orders(two.kind) || differ(one, two) {
                    let message = format!("{} can't be compared with {}", name(one.kind), name(two.kind));
                    self.fault(node, 1, "expression-kind", message);
                }
                Part::of(Kind::Flag)
            }
            (operators::ADD, None, [one, two]) if one.kind == two.kind && one.kind != Kind::Flag => Part::of(one.kind),
            (
                operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                None,
                _,
            )
            | (operators::NEGATE, None, _) => {
                self.expect_all(call, &kinds, Kind::Number);
                Part::of(Kind::Number)
            }
            ("size", Some(of), []) => self.size(node, &of),
            ("size", None, [of]) => self.size(node, of),
            ("startsWith" | "endsWith" | "contains", Some(of), [_]) => {
                if !matches!(of.kind, Kind::Text | Kind::Any) {
                    let message = format!("`{}` asks a text, not {}", call.func_name, name(of.kind));
                    let help = (of.kind == Kind::List).then(|| "write `\"...\" in list`".to_owned());
                    self.fault(node, 1, "expression-kind", message).help = help;
                }
                self.expect_all(call, &kinds, Kind::Text);
                Part::of(Kind::Flag)
            }
            (function, ..) => self.unknown_function(node, function),
        }
    }

    fn unknown_function(&mut self, node: &IdedExpr, function: &str) -> Part {
        const FUNCTIONS: [&str; 10] =
            ["size", "startsWith", "endsWith", "contains", "known", "all", "exists", "exists_one", "filter", "map"];
        let message = match function {
            operators::INDEX => "a list can't be indexed here".to_owned(),
            known if FUNCTIONS.contains(&known) => format!("`{known}` is not called like this"),
            unknown => format!("unknown function `{unknown}`"),
        };
        let help = match nearest(function, FUNCTIONS) {
            Some(near) if near != function => format!("did you mean `{near}`?"),
            _ => format!("functions: {}", FUNCTIONS.join(", ")),
        };
        self.fault(node, 1, "unknown-function", message).help = Some(help);
        Part::of(Kind::Any)
    }

    fn choice(&mut self, node: &IdedExpr, call: &CallExpr, [condition, yes, no]: [&Part; 3]) -> Part {
        if let Some(first) = call.args.first() {
            self.expect(first, condition.kind, Kind::Flag);
        }
        if differ(yes, no) {
            let message = format!("one branch is {}, the other {}", name(yes.kind), name(no.kind));
            self.fault(node, 1, "expression-kind", message);
        }
        yes.clone()
    }

    fn equal(&mut self, node: &IdedExpr, call: &CallExpr, one: &Part, two: &Part) -> Part {
        if one.kind == Kind::List || two.kind == Kind::List {
            let fault = self.fault(node, 2, "expression-kind", "lists are not compared here");
            fault.help =
                Some("write `\"...\" in list`, `size(list)`, `list.all(x, ...)` or `list.exists(x, ...)`".to_owned());
        } else if differ(one, two) {
            let message = format!("{} never equals {}", name(one.kind), name(two.kind));
            self.fault(node, 2, "expression-kind", message);
        }
        if let [first, second] = call.args.as_slice() {
            self.known_word(one, second);
            self.known_word(two, first);
        }
        Part::of(Kind::Flag)
    }

    fn within(&mut self, node: &IdedExpr, call: &CallExpr, item: &Part, list: &Part) -> Part {
        if !matches!(list.kind, Kind::List | Kind::Any) {
            let message = format!("`in` asks a list, not {}", name(list.kind));
            let fault = self.fault(node, 2, "expression-kind", message);
            fault.help = (list.kind == Kind::Text).then(|| "write `text.contains(\"...\")`".to_owned());
        } else if !matches!(item.kind, Kind::Text | Kind::Any) {
            let message = format!("lists hold texts, never {}", name(item.kind));
            self.fault(node, 2, "expression-kind", message);
        }
        if let [left, right] = call.args.as_slice() {
            self.known_word(list, left);
            if let Expr::List(written) = &right.expr {
                for element in &written.elements {
                    self.known_word(item, element);
                }
            }
        }
        Part::of(Kind::Flag)
    }

    /// A written word that a field never is or holds.
    fn known_word(&mut self, field: &Part, node: &IdedExpr) {
        let (Some((field, words)), Expr::Literal(LiteralValue::String(text))) = (&field.words, &node.expr) else {
            return;
        };
        let text = text.inner();
        // A field that can be empty is compared with an empty text to ask just that.
        if text.is_empty() || words.contains(&text) {
            return;
        }
        let near = nearest(text, words.iter().copied());
        let help =
            near.map_or_else(|| format!("one of: {}", words.join(", ")), |near| format!("did you mean `{near}`?"));
        let message = format!("`{field}` is never `{text}`");
        self.fault(node, text.chars().count() + 2, "unknown-word", message).help = Some(help);
    }

    fn size(&mut self, node: &IdedExpr, of: &Part) -> Part {
        if !matches!(of.kind, Kind::Text | Kind::List | Kind::Any) {
            let message = format!("`size` asks a list or a text, not {}", name(of.kind));
            self.fault(node, 1, "expression-kind", message);
        }
        Part::of(Kind::Number)
    }

    /// `all`, `exists`, `map` and their like, as the parser writes them out.
    fn repeat(&mut self, node: &IdedExpr, repeat: &ComprehensionExpr) -> Part {
        let range = self.part(&repeat.iter_range);
        if !matches!(range.kind, Kind::List | Kind::Any) {
            let message = format!("only a list has several values, not {}", name(range.kind));
            self.fault(node, 1, "expression-kind", message);
        }
        if self.loops == MAX_LOOPS {
            let message = format!("loops are nested deeper than {MAX_LOOPS} levels");
            self.fault(node, 1, "expression-too-deep", message);
            return Part::of(Kind::Any);
        }
        let start = self.part(&repeat.accu_init);
        let kind = if range.kind == Kind::List { Kind::Text } else { Kind::Any };
        self.locals.push((repeat.iter_var.clone(), Part { kind, words: range.words }));
        self.locals.push((repeat.accu_var.clone(), start));
        self.loops += 1;
        self.part(&repeat.loop_cond);
        self.part(&repeat.loop_step);
        self.loops -= 1;
        self.locals.remove(self.locals.len() - 2);
        let result = self.part(&repeat.result);
        self.locals.pop();
        result
    }

    fn expect_all(&mut self, call: &CallExpr, kinds: &[Kind], wanted: Kind) -> Part {
        for (arg, kind) in call.args.iter().zip(kinds) {
            self.expect(arg, *kind, wanted);
        }
        Part::of(wanted)
    }

    fn expect(&mut self, node: &IdedExpr, kind: Kind, wanted: Kind) {
        if kind != wanted && kind != Kind::Any {
            let message = format!("expected {}, found {}", name(wanted), name(kind));
            self.fault(node, 1, "expression-kind", message);
        }
    }

    /// Reports something at the place of a node; where a word stands there, it is as long as the word.
    fn fault(&mut self, node: &IdedExpr, length: usize, code: &'static str, message: impl Into<String>) -> &mut Fault {
        let (offset, length) = self.place(node, length);
        self.faults.push(Fault::new(offset, length, code, message));
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    /// The parser places a call at its parenthesis: the name before it is what a reader looks for.
    fn place(&self, node: &IdedExpr, length: usize) -> (usize, usize) {
        let start = self.places.offset_for(node.id).map_or(0, |(start, _)| start as usize);
        let mut start = self.in_letters(start).min(self.letters.len().saturating_sub(1));
        let is_word = |letter: &char| letter.is_alphanumeric() || *letter == '_';
        if self.letters.get(start) == Some(&'(') {
            let end = start;
            while start > 0 && self.letters.get(start - 1).is_some_and(is_word) {
                start -= 1;
            }
            return (start, (end - start).max(1));
        }
        let word = self.letters.iter().skip(start).take_while(|letter| is_word(letter)).count();
        (start, if length > 1 { length } else { word.max(1) })
    }

    /// The parser counts bytes, readers count letters.
    fn in_letters(&self, bytes: usize) -> usize {
        self.text.get(..bytes).map_or(self.letters.len(), |before| before.chars().count())
    }
}

fn differ(one: &Part, two: &Part) -> bool {
    one.kind != two.kind && one.kind != Kind::Any && two.kind != Kind::Any
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Flag => "true or false",
        Kind::Number => "a number",
        Kind::Text => "a text",
        Kind::List => "a list",
        Kind::Any => "something",
    }
}
