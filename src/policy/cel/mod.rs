//! Expressions: CEL, compiled once and checked when it is read. The only module that knows the crate `cel`.
//!
//! An expression is a condition over the fields of a row (`external && "edit-billing" in capabilities`). Names, functions, kinds of
//! value and known words are checked before anything is evaluated: CEL itself would take a misspelt word for a condition that never holds.
//! Maps, messages, bytes, indexes and regular expressions are left out: no condition over a row needs them, and each costs a limit.

mod check;
mod value;

#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};

use ::cel::common::ast::IdedExpr;
use ::cel::common::types::CelBool;
use ::cel::parser::{Macro, ParseError};
use ::cel::{Context, Env, ExecutionError, Value};

use self::value::Row;
use super::Placed;
use super::record::{self, Access, Datum};

/// A longer expression is refused.
pub const MAX_LENGTH: usize = 1000;

/// Deeper nesting than this is refused.
const MAX_DEPTH: u16 = 24;

/// How `known(field)` is kept: as the name of a variable that says whether the field is known.
const KNOWN: &str = "@known:";

/// A checked expression.
#[derive(Clone, PartialEq, Debug)]
pub struct Expression {
    /// As written.
    pub source: Placed<String>,
    compiled: Arc<IdedExpr>,
    /// Fields it names whose values may be unknown.
    unknowable: Vec<&'static str>,
}

/// What an expression says of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not.
    HoldsNot,
    /// This field would decide it, and nobody told us its value.
    Unknown(&'static str),
    /// It can't be evaluated.
    Failed(String),
}

/// Something wrong in an expression, with its place in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fault {
    /// Characters before it.
    pub offset: usize,
    /// How many characters it covers.
    pub length: usize,
    /// A stable name for the kind of problem.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Fault {
    fn new(offset: usize, length: usize, code: &'static str, message: impl Into<String>) -> Self {
        Fault { offset, length, code, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Functions and macros of the standard, and `known`.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib().with_optional_support(false);
    let known = Macro::global("known", 1, |helper, _, args| {
        let [IdedExpr { expr: ::cel::common::ast::Expr::Ident(name), .. }] = args.as_slice() else {
            return Err(helper.new_error(args.first().map_or(0, |arg| arg.id), "`known` takes the name of a field"));
        };
        let name = format!("{KNOWN}{name}");
        Ok(Some(helper.next_expr(::cel::common::ast::Expr::Ident(name))))
    });
    // The standard has no macro of that name, so that adding it can't fail; without it `known` would be an unknown function.
    let _added = env.add_macro(known).is_ok();
    Arc::new(env)
});

impl Expression {
    /// Compiles and checks an expression.
    ///
    /// # Errors
    /// Everything that is wrong with it, in order.
    pub fn compile(source: Placed<String>) -> Result<Self, Vec<Fault>> {
        let text = source.value.as_str();
        let length = text.chars().count();
        if length > MAX_LENGTH {
            let message = format!("the expression has {length} characters, limit {MAX_LENGTH}");
            return Err(vec![Fault::new(0, length, "expression-too-long", message)]);
        }
        let parser = ENVIRONMENT.parser().max_recursion_depth(MAX_DEPTH);
        let (compiled, places) = parser
            .parse_with_source_info(text)
            .map_err(|errors| errors.errors.first().map(|error| syntax(text, error)).into_iter().collect::<Vec<_>>())?;
        let unknowable = check::check(text, &compiled, &places)?;
        Ok(Expression { source, compiled: Arc::new(compiled), unknowable })
    }

    /// What it says of a row.
    pub fn evaluate(&self, row: &Access<'_>) -> Verdict {
        let variables = Row(row);
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        context.set_variable_resolver(&variables);
        match Value::resolve_val(&self.compiled, &context) {
            Ok(value) => match value.downcast_ref::<CelBool>() {
                Some(flag) if *flag.inner() => Verdict::Holds,
                Some(_) => Verdict::HoldsNot,
                None => Verdict::Failed("its value is neither true nor false".to_owned()),
            },
            Err(error) => self.unknown_in(row).unwrap_or_else(|| Verdict::Failed(reason(&error))),
        }
    }

    /// An error comes from a value that nobody told us, where there is one. `a || b` holds all the same where `b` does.
    fn unknown_in(&self, row: &Access<'_>) -> Option<Verdict> {
        let unknown = |field: &&&'static str| matches!(row.get(field), Some(Datum::Unknown));
        self.unknowable.iter().find(unknown).map(|field| Verdict::Unknown(field))
    }
}

/// Messages of the crate hold values as Rust prints them; what they are about is enough here.
fn reason(error: &ExecutionError) -> String {
    match error {
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "division by zero".to_owned(),
        ExecutionError::Overflow(..) => "a number is too large".to_owned(),
        ExecutionError::NoSuchOverload(error) => {
            format!("`{}` can't be applied to {}", error.function(), error.argument_types().join(" and "))
        }
        ExecutionError::UndeclaredReference(name) => format!("`{name}` has no value"),
        _ => "a value is of the wrong kind".to_owned(),
    }
}

fn syntax(text: &str, error: &ParseError) -> Fault {
    let (line, column) = error.pos;
    let line = usize::try_from(line).unwrap_or(1).saturating_sub(1);
    let before: usize = text.split('\n').take(line).map(|line| line.chars().count() + 1).sum();
    let offset = before + usize::try_from(column).unwrap_or(1).saturating_sub(1);
    let offset = offset.min(text.chars().count());
    if error.msg.contains("Recursion limit") {
        return Fault::new(0, 1, "expression-too-deep", format!("nested deeper than {MAX_DEPTH} levels"));
    }
    let message = error.msg.strip_prefix("Syntax error: ").unwrap_or(&error.msg);
    let message = message.split(" expecting").next().unwrap_or(message);
    let message = message.replace("'<EOF>'", "the end").replace("token recognition error at: ", "can't read ");
    let message = if message.starts_with("Incomplete") { "something is missing here".to_owned() } else { message };
    let fault = Fault::new(offset, 1, "expression-syntax", format!("not CEL: {message}"));
    if error.msg.contains("has() macro") {
        return fault.help("write `known(two_factor)` to ask whether a field has a value");
    }
    fault
}

/// Fields whose values may be unknown.
fn unknowable(name: &str) -> bool {
    ["two_factor", "status", "inactive_days"].contains(&name) && record::field(name).is_some()
}
