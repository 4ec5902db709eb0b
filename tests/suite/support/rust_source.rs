//! Reads Rust source as tokens: without its test code, and with the places where it names other modules.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The production part of one file.
pub struct RustSource {
    tokens: Vec<TokenTree>,
    /// Lines outside `#[cfg(test)]`.
    pub lines: usize,
    /// Modules declared as `#[cfg(test)] mod name;`, whose files are test code too.
    pub test_modules: Vec<String>,
}

/// A path to a module or item, as seen from the crate root, wherever and however it was written.
pub struct Arrow {
    pub target: Vec<String>,
    pub line: usize,
}

/// A function with a body; its attributes and documentation don't count.
pub struct Function {
    pub name: String,
    pub line: usize,
    pub length: usize,
}

impl RustSource {
    pub fn parse(text: &str) -> Result<Self, String> {
        let tokens: TokenStream = text.parse().map_err(|err| format!("{err}"))?;
        let mut removed = Removed::default();
        let tokens = without_tests(tokens, &mut removed);
        let lines = text.lines().count().saturating_sub(removed.lines);
        Ok(Self { tokens, lines, test_modules: removed.modules })
    }

    /// Every path that starts at `crate`, `accord`, `self` or `super`, also inside macro calls, as seen from `module`.
    pub fn arrows(&self, module: &[String]) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        collect_arrows(&self.tokens, module, &mut arrows);
        arrows
    }

    pub fn functions(&self) -> Result<Vec<Function>, String> {
        let items = syn::parse2(self.tokens.iter().cloned().collect()).map_err(|err| format!("{err}"))?;
        let mut functions = Functions(Vec::new());
        functions.visit_file(&items);
        Ok(functions.0)
    }

    /// Names of the modules written out in this file.
    pub fn inline_modules(&self) -> Vec<String> {
        let mut names = Vec::new();
        collect_inline_modules(&self.tokens, &mut names);
        names
    }

    /// Lines on which one of these lints of clippy is named, as an attribute does.
    pub fn lines_naming(&self, lints: &[&str]) -> Vec<usize> {
        let mut lines = Vec::new();
        collect_lints(&self.tokens, lints, &mut lines);
        lines
    }
}

struct Functions(Vec<Function>);

impl Functions {
    fn note(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let (first, last) = (signature.span().start().line, body.span().end().line);
        let name = signature.ident.to_string();
        self.0.push(Function { name, line: first, length: last + 1 - first });
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.note(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

/// What `without_tests` took out.
#[derive(Default)]
struct Removed {
    lines: usize,
    modules: Vec<String>,
}

/// Drops every item under `#[cfg(test)]`, at any depth, and keeps all positions.
fn without_tests(tokens: TokenStream, removed: &mut Removed) -> Vec<TokenTree> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if is_punct(tokens.get(at), '#') && is_cfg_test(tokens.get(at + 1)) {
            let end = item_end(&tokens, at + 2);
            drop_attributes(&mut kept);
            removed.lines += tokens[end - 1].span().end().line + 1 - tokens[at].span().start().line;
            removed.modules.extend(declared_module(&tokens[at..end]));
            at = end;
            continue;
        }
        kept.push(match &tokens[at] {
            TokenTree::Group(group) => {
                let inner = without_tests(group.stream(), removed).into_iter().collect();
                let mut copy = Group::new(group.delimiter(), inner);
                copy.set_span(group.span());
                TokenTree::Group(copy)
            }
            other => other.clone(),
        });
        at += 1;
    }
    kept
}

/// Documentation and other attributes before the one that was found belong to the same item.
fn drop_attributes(kept: &mut Vec<TokenTree>) {
    while let [.., hash, TokenTree::Group(group)] = kept.as_slice()
        && is_punct(Some(hash), '#')
        && group.delimiter() == Delimiter::Bracket
    {
        kept.truncate(kept.len() - 2);
    }
}

/// `[cfg(test)]` and its like, not `[cfg(not(test))]`.
fn is_cfg_test(token: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = token else {
        return false;
    };
    let text: String = group.stream().to_string().split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// The index after the item that starts at `at`: past its body, its semicolon, or both (`use a::{b};`).
fn item_end(tokens: &[TokenTree], at: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        other => is_punct(Some(other), ';'),
    };
    let last = tokens[at..].iter().position(ends).map_or(tokens.len() - 1, |offset| at + offset);
    let semicolon = !is_punct(tokens.get(last), ';') && is_punct(tokens.get(last + 1), ';');
    last + 1 + usize::from(semicolon)
}

/// The name in `mod name;`, a module in a file of its own.
fn declared_module(item: &[TokenTree]) -> Option<String> {
    match item {
        [.., TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(_)] if *word == "mod" => {
            Some(name.to_string())
        }
        _ => None,
    }
}

fn collect_arrows(tokens: &[TokenTree], module: &[String], arrows: &mut Vec<Arrow>) {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                collect_arrows(&inner, &inside(&tokens[..at], group.delimiter(), module), arrows);
            }
            TokenTree::Ident(word) if !continues_path(&tokens[..at]) => {
                let base = match word.to_string().as_str() {
                    "crate" | "accord" => Vec::new(),
                    "super" => module[..module.len().saturating_sub(1)].to_vec(),
                    "self" => module.to_vec(),
                    _ => continue,
                };
                let rest = &tokens[at + 1..];
                // A bare word is a visibility or a method's receiver, unless the root gets another name.
                let renamed = base.is_empty() && matches!(rest.first(), Some(TokenTree::Ident(word)) if *word == "as");
                if next_segment(rest).is_some() || renamed {
                    follow_path(rest, base, line_of(token), arrows);
                }
            }
            _ => {}
        }
    }
}

/// The module of a group: one deeper after `mod name`.
fn inside(before: &[TokenTree], delimiter: Delimiter, module: &[String]) -> Vec<String> {
    match before {
        [.., TokenTree::Ident(word), TokenTree::Ident(name)] if *word == "mod" && delimiter == Delimiter::Brace => {
            [module, &[name.to_string()]].concat()
        }
        _ => module.to_vec(),
    }
}

/// Whether what follows is the rest of a path, so that `self` or `super` there is no beginning.
fn continues_path(before: &[TokenTree]) -> bool {
    is_punct(before.last(), ':') && before.len() >= 2 && is_punct(before.get(before.len() - 2), ':')
}

/// Reads `::a::b::{c, d::e}` after the first word of a path and notes where each branch leads.
fn follow_path(rest: &[TokenTree], mut base: Vec<String>, line: usize, arrows: &mut Vec<Arrow>) {
    let Some((colons, token, rest)) = next_segment(rest) else {
        arrows.push(Arrow { target: base, line });
        return;
    };
    match token {
        TokenTree::Group(group) => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            for branch in inner.split(|token| is_punct(Some(token), ',')) {
                let line = branch.first().map_or(line, line_of);
                if !branch.is_empty() {
                    follow_path(&[colons, branch].concat(), base.clone(), line, arrows);
                }
            }
            return;
        }
        TokenTree::Ident(word) if *word == "super" => drop(base.pop()),
        TokenTree::Ident(word) if *word == "self" => {}
        token => base.push(token.to_string()),
    }
    follow_path(rest, base, line, arrows);
}

/// Splits `::word rest`; a turbofish ends the path.
fn next_segment(rest: &[TokenTree]) -> Option<(&[TokenTree], &TokenTree, &[TokenTree])> {
    let goes_on = is_punct(rest.first(), ':') && is_punct(rest.get(1), ':') && !is_punct(rest.get(2), '<');
    goes_on.then(|| rest.get(2)).flatten().map(|token| (&rest[..2], token, &rest[3..]))
}

fn collect_inline_modules(tokens: &[TokenTree], names: &mut Vec<String>) {
    for at in 0..tokens.len() {
        if let TokenTree::Group(group) = &tokens[at] {
            names.extend(inside(&tokens[..at], group.delimiter(), &[]));
            collect_inline_modules(&group.stream().into_iter().collect::<Vec<_>>(), names);
        }
    }
}

fn collect_lints(tokens: &[TokenTree], lints: &[&str], lines: &mut Vec<usize>) {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                collect_lints(&inner, lints, lines);
            }
            TokenTree::Ident(word) if continues_path(&tokens[..at]) => {
                let tool = at.checked_sub(3).map(|before| tokens[before].to_string());
                if tool.as_deref() == Some("clippy") && lints.contains(&word.to_string().as_str()) {
                    lines.push(line_of(token));
                }
            }
            _ => {}
        }
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn line_of(token: &TokenTree) -> usize {
    token.span().start().line
}
