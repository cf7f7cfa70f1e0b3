//! One parsed file: its text, what is written where, and the comments around it.

use std::cell::RefCell;
use std::rc::Rc;

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::facts::{Comments, Wrapper};
use super::needles::for_names;
use super::scope::{Binding, Scope, dotted};
use super::text::{Lines, offset};
use crate::marks::{FormId, Forms, Usage, last};

/// A file while it is read.
pub(super) struct File<'a> {
    pub(super) text: &'a str,
    pub(super) forms: &'a Forms,
    pub(super) module: Rc<Scope<'a>>,
    tokens: &'a Tokens,
    comments: Vec<TextRange>,
    lines: Lines,
    /// Places of all words that have to do with mutes, in order.
    hits: Vec<u32>,
    /// What functions do for others, by where they stand.
    pub(super) wrappers: RefCell<FxHashMap<u32, Rc<Wrapper>>>,
}

impl<'a> File<'a> {
    pub(super) fn new(
        text: &'a str,
        body: &'a [Stmt],
        tokens: &'a Tokens,
        forms: &'a Forms,
        hits: Vec<u32>,
    ) -> Self {
        let comments = tokens
            .iter()
            .filter(|token| token.kind() == TokenKind::Comment)
            .map(Ranged::range)
            .collect();
        Self {
            text,
            forms,
            module: Scope::module(body),
            tokens,
            comments,
            lines: Lines::new(text.as_bytes()),
            hits,
            wrappers: RefCell::default(),
        }
    }

    /// Counts the names of lists whose parts may be muted among the words to
    /// look for.
    pub(super) fn find_lists(&mut self) {
        let mut known: Vec<&str> = Vec::new();
        // Twice, for lists of lists.
        for _ in 0..2 {
            let module = Rc::clone(&self.module);
            let is_list = |binding: &Binding<'_>| match binding {
                Binding::Value(
                    value @ (Expr::List(_)
                    | Expr::ListComp(_)
                    | Expr::Tuple(_)
                    | Expr::BinOp(_)
                    | Expr::Call(_)),
                    _,
                ) => self.touched(value.range()),
                _ => false,
            };
            let lists = module
                .names()
                .filter(|(_, bindings)| bindings.iter().any(is_list));
            let mut names: Vec<&str> = lists
                .map(|(name, _)| name)
                .filter(|name| *name != "pytestmark" && !known.contains(name))
                .collect();
            names.sort_unstable();
            if names.is_empty() {
                return;
            }
            let found = for_names(names.iter().copied());
            self.hits.extend(
                found
                    .find_iter(self.text)
                    .map(|found| offset(found.start())),
            );
            self.hits.sort_unstable();
            known.extend(names);
        }
    }

    /// Whether anything in this range can have to do with mutes.
    pub(super) fn touched(&self, range: TextRange) -> bool {
        let at = self
            .hits
            .partition_point(|&hit| hit < range.start().to_u32());
        self.hits
            .get(at)
            .is_some_and(|&hit| hit < range.end().to_u32())
    }

    /// First and last line of a range.
    pub(super) fn lines(&self, range: TextRange) -> (u32, u32) {
        let start = range.start().to_u32();
        let end = range.end().to_u32().saturating_sub(1).max(start);
        (self.lines.line(start), self.lines.line(end))
    }

    /// What is written in a range, on one line and without comments.
    pub(super) fn written(&self, range: TextRange) -> String {
        let raw = &self.text[range];
        if !raw.contains(['\n', '\r']) {
            return raw.to_owned();
        }
        let mut out = String::with_capacity(raw.len());
        let mut end = range.start();
        let mut parts: Vec<TextRange> = Vec::new();
        let mut inside = 0_u32;
        for token in self.tokens.in_range(range) {
            match token.kind() {
                TokenKind::FStringStart | TokenKind::TStringStart => {
                    if inside == 0 {
                        parts.push(token.range());
                    }
                    inside += 1;
                }
                TokenKind::FStringEnd | TokenKind::TStringEnd => {
                    inside = inside.saturating_sub(1);
                    if inside == 0
                        && let Some(whole) = parts.last_mut()
                    {
                        *whole = TextRange::new(whole.start(), token.end());
                    }
                }
                TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::Newline => {}
                _ if inside > 0 => {}
                _ => parts.push(token.range()),
            }
        }
        for part in parts {
            let gap = &self.text[TextRange::new(end.min(part.start()), part.start())];
            let word = &self.text[part];
            if gap.contains(['\n', '\r']) {
                let tight =
                    out.ends_with(['(', '[', '{']) || word.starts_with([')', ']', '}', ',']);
                if word.starts_with([')', ']', '}']) && out.ends_with(',') {
                    out.pop();
                } else if !tight {
                    out.push(' ');
                }
            } else {
                out.push_str(gap);
            }
            out.push_str(word);
            end = part.end();
        }
        out
    }

    /// The comments that belong to a declaration: directly above it, and at
    /// the end of its lines. A declaration that is the first thing under a
    /// head, such as an `if`, has the comments of the head too.
    pub(super) fn comments(&self, range: TextRange, head: Option<TextSize>) -> Comments {
        let (first, last) = self.lines(range);
        let head = head
            .map(|head| self.lines.line(head.to_u32()))
            .filter(|&head| head < first);
        let mut above = self.above(first);
        if let (None, Some(head)) = (&above, head)
            && self.only_comments_between(head, first)
        {
            above = self.above(head);
        }
        let mut trailing = Vec::new();
        if let Some(head) = head {
            trailing.extend(self.on_line(head).filter(|_| head + 1 == first));
        }
        for line in first..=last {
            trailing.extend(self.on_line(line));
        }
        let trailing: Vec<&str> = trailing
            .into_iter()
            .map(|range| self.comment(range))
            .collect();
        Comments {
            above,
            trailing: (!trailing.is_empty()).then(|| trailing.join("\n").into()),
            docstring: None,
        }
    }

    /// Whether a head stands so close above that its comments go with the line.
    fn only_comments_between(&self, head: u32, line: u32) -> bool {
        (head + 1..line).all(|between| self.own_line(between).is_some()) || line - head < 4
    }

    /// The comment lines directly above a line.
    pub(super) fn above(&self, line: u32) -> Option<Box<str>> {
        let mut found = Vec::new();
        for above in (1..line).rev() {
            let Some(range) = self.own_line(above) else {
                break;
            };
            found.push(self.comment(range));
        }
        found.reverse();
        (!found.is_empty()).then(|| found.join("\n").into())
    }

    fn comment(&self, range: TextRange) -> &'a str {
        self.text[range].trim_start_matches(['#', '!', ':']).trim()
    }

    fn on_line(&self, line: u32) -> Option<TextRange> {
        let start = self.lines.start(line);
        let at = self
            .comments
            .partition_point(|comment| comment.start().to_u32() < start);
        self.comments
            .get(at)
            .copied()
            .filter(|comment| self.lines.line(comment.start().to_u32()) == line)
    }

    /// The comment of a line that holds nothing else.
    fn own_line(&self, line: u32) -> Option<TextRange> {
        let comment = self.on_line(line)?;
        let before = &self.text[self.lines.start(line) as usize..comment.start().to_usize()];
        before.trim_ascii().is_empty().then_some(comment)
    }

    /// The path of something that was imported, by whatever name it is used:
    /// `pt.mark.skip` is `pytest.mark.skip` after `import pytest as pt`.
    pub(super) fn import_path(&self, expr: &Expr, scope: &Rc<Scope<'a>>) -> Option<String> {
        self.path_within(expr, scope, 6)
    }

    fn path_within(&self, expr: &Expr, scope: &Rc<Scope<'a>>, depth: u8) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let (head, attrs) = dotted(expr)?;
        let join = |path: &str| {
            attrs
                .iter()
                .fold(path.to_owned(), |path, attr| path + "." + attr)
        };
        let Some((bindings, home)) = scope.find(head) else {
            return scope
                .all_stars()
                .iter()
                .map(|star| join(&format!("{star}.{head}")))
                .find(|path| {
                    let name = self.forms.renamed(path);
                    let name = name.as_deref().unwrap_or(path);
                    name.starts_with("pytest.") || name.starts_with("unittest.")
                });
        };
        let mut first = None;
        for binding in bindings {
            let path = match binding {
                Binding::Import(path) => Some(join(path)),
                Binding::Value(Expr::Name(name), _) if name.id.as_str() == head => None,
                Binding::Value(value, _) => {
                    self.path_within(value, home, depth).map(|path| join(&path))
                }
                _ => None,
            };
            if let Some(path) = path {
                if self.forms.find(&path).is_some() {
                    return Some(path);
                }
                first.get_or_insert(path);
            }
        }
        first
    }

    /// Whether an expression names this, by its full name.
    pub(super) fn is(&self, expr: &Expr, scope: &Rc<Scope<'a>>, name: &str) -> bool {
        // Most expressions name something else altogether: no need to look further.
        self.import_path(expr, scope).is_some_and(|path| {
            path == name || self.forms.renamed(&path).is_some_and(|path| path == name)
        })
    }

    /// The form that an expression names, if it is used in this way.
    pub(super) fn form(&self, expr: &Expr, scope: &Rc<Scope<'a>>, usage: Usage) -> Option<FormId> {
        let path = self.import_path(expr, scope)?;
        let id = self.forms.find(&path)?;
        (self.forms.form(id).usage == usage).then_some(id)
    }

    /// Whether the file uses Twisted's trial, which has attributes that mute.
    pub(super) fn uses_trial(&self) -> bool {
        let path = |path: &str| path.starts_with("twisted.trial");
        self.module.stars.iter().any(|star| path(star))
            || self.module.names().any(|(_, bindings)| {
                bindings
                    .iter()
                    .any(|binding| matches!(binding, Binding::Import(to) if path(to)))
            })
    }

    /// The name that code uses for a form, where that is not the form's own.
    pub(super) fn alias(
        &self,
        expr: &Expr,
        form: Option<FormId>,
        followed: bool,
    ) -> Option<Box<str>> {
        let mut callee = expr;
        loop {
            callee = match callee {
                Expr::Call(call) => &call.func,
                Expr::Subscript(subscript) => &subscript.value,
                _ => break,
            };
        }
        let (head, attrs) = dotted(callee)?;
        let name = attrs.last().copied().unwrap_or(head);
        let own = form.is_some_and(|form| last(&self.forms.form(form).name) == name);
        (followed || !own).then(|| self.written(callee.range()).into())
    }
}

/// The documentation of a function or class, where it could name a ticket.
pub(super) fn docstring(body: &[Stmt]) -> Option<Box<str>> {
    let Some(Stmt::Expr(stmt)) = body.first() else {
        return None;
    };
    let Expr::StringLiteral(literal) = &*stmt.value else {
        return None;
    };
    let text = literal.value.to_str();
    text.bytes()
        .any(|byte| byte.is_ascii_digit())
        .then(|| text.into())
}

/// Where something begins.
pub(super) fn start(ranged: &impl Ranged) -> u32 {
    offset(ranged.start().to_usize())
}
