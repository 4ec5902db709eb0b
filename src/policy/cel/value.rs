//! A row as CEL sees it: values are made when they are asked for, and borrow from the row.

use std::sync::OnceLock;

use ::cel::common::traits::{Container, Iterable, Iterator as Items, Sizer};
use ::cel::common::types::{CelBool, CelInt, CelString, LIST_TYPE, Type};
use ::cel::common::value::{CowVal, Val};
use ::cel::context::VariableResolver;
use ::cel::{ExecutionError, common};

use super::KNOWN;
use crate::policy::record::{Access, Datum, Words};

/// The variables of an expression.
pub(super) struct Row<'r>(pub &'r Access<'r>);

impl VariableResolver for Row<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        if let Some(field) = name.strip_prefix(KNOWN) {
            let known = !matches!(self.0.get(field)?, Datum::Unknown);
            return Some(CowVal::owned(CelBool::from(known)));
        }
        Some(match self.0.get(name)? {
            Datum::Unknown => return None,
            Datum::Text(text) => CowVal::owned(CelString::from(text)),
            Datum::Texts(words) => CowVal::owned(List::of(words)),
            Datum::Flag(flag) => CowVal::owned(CelBool::from(flag)),
            Datum::Number(number) => CowVal::owned(CelInt::from(number)),
        })
    }
}

/// Several texts. Only a comprehension needs them one by one.
#[derive(Clone, Debug)]
struct List<'a> {
    words: Words<'a>,
    items: OnceLock<Vec<CelString<'a>>>,
}

impl<'a> List<'a> {
    fn of(words: Words<'a>) -> Self {
        List { words, items: OnceLock::new() }
    }
}

impl Val for List<'_> {
    fn get_type(&self) -> &Type {
        <Self as Val>::cel_type()
    }

    fn cel_type() -> &'static Type {
        &LIST_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(self.clone())
    }
}

impl Container for List<'_> {
    fn contains(&self, value: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(value.downcast_ref::<CelString>().is_some_and(|text| self.words.contains(text.inner())))
    }
}

impl Sizer for List<'_> {
    fn size(&self) -> common::types::CelInt {
        CelInt::from(i64::try_from(self.words.count()).unwrap_or(i64::MAX))
    }
}

impl Iterable for List<'_> {
    fn iter<'b, 'v>(&'b self) -> Box<dyn Items<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        let items = self.items.get_or_init(|| self.words.to_vec().into_iter().map(CelString::from).collect());
        Box::new(Each(items.iter()))
    }
}

struct Each<'b, 'a>(std::slice::Iter<'b, CelString<'a>>);

impl<'b, 'v, 'a: 'v> Items<'b, 'v> for Each<'b, 'a> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|item| item as &(dyn Val + 'v))
    }
}
