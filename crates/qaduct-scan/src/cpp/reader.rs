//! The walk over the tokens of a file.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::frameworks::{self, Declares, is_macro};
use super::grammar::LEXICON;
use super::stack::{Directives, Open, Switch};
use crate::syntax::facts::{Arg, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::lexer::{Token, tokens};
use crate::syntax::outline::{Outline, Place};

/// A file that is read.
pub(super) struct Reader<'o, 'a, 't> {
    pub(super) outline: &'o mut Outline<'a>,
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    root: Node<'t>,
    pub(super) stack: Vec<Open>,
    pub(super) directives: Directives,
    /// Names that stand for a disabled test, with the conditions under which they do.
    pub(super) aliases: FxHashMap<String, Vec<Option<String>>>,
    /// First token of the statement that is being read.
    pub(super) head: usize,
    /// What the last `if` and those before it in its chain asked, for its `else`.
    pub(super) asked: Vec<String>,
    /// Decorators for the test that comes next.
    pub(super) decorators: Vec<std::ops::Range<usize>>,
    at: usize,
    /// Whether it has words of Qt Test, whatever header brings them.
    is_qt: bool,
}

impl<'o, 'a, 't> Reader<'o, 'a, 't> {
    pub(super) fn new(root: Node<'t>, outline: &'o mut Outline<'a>) -> Self {
        let text: &'a str = &outline.source.text;
        Self {
            tokens: tokens(text, &LEXICON).collect(),
            outline,
            text,
            root,
            stack: Vec::new(),
            directives: Directives::default(),
            aliases: FxHashMap::default(),
            head: 0,
            asked: Vec::new(),
            decorators: Vec::new(),
            at: 0,
            is_qt: ["QEXPECT_FAIL(", "QSKIP(", "QTEST_MAIN("]
                .iter()
                .any(|it| memchr::memmem::find(text.as_bytes(), it.as_bytes()).is_some()),
        }
    }

    pub(super) fn read(mut self) {
        while self.at < self.tokens.len() {
            match &self.tokens[self.at] {
                Token::Sign(at) => match self.text.as_bytes()[*at] {
                    b'#' if self.begins_line(*at) => {
                        let end = self.line_end();
                        self.directive(self.at + 1..end);
                        if self.head >= self.at {
                            self.head = end;
                        }
                        self.at = end;
                        continue;
                    }
                    b'{' => self.opens(),
                    b'}' => {
                        self.closes();
                        self.head = self.at + 1;
                    }
                    b';' => {
                        let asked = self.condition(&(self.head..self.at));
                        self.asked = asked.map(|it| it.1).unwrap_or_default();
                        self.head = self.at + 1;
                    }
                    _ => {}
                },
                Token::Word(_) => self.word(),
                Token::Text(_) => {}
            }
            self.at += 1;
        }
        // Where the brackets fit, what the grammar thinks of a macro is of no interest.
        if self.stack.is_empty() {
            self.outline.reads_tokens();
        }
    }

    pub(super) fn word_at(&self, at: usize) -> Option<&'a str> {
        match self.tokens.get(at)? {
            Token::Word(it) => Some(&self.text[it.clone()]),
            _ => None,
        }
    }

    pub(super) fn sign_at(&self, at: usize) -> Option<u8> {
        match self.tokens.get(at)? {
            Token::Sign(it) => Some(self.text.as_bytes()[*it]),
            _ => None,
        }
    }

    pub(super) fn text_at(&self, at: usize) -> Option<&'a str> {
        match self.tokens.get(at)? {
            Token::Text(it) => self.text.get(it.clone()),
            _ => None,
        }
    }

    /// The node of a token.
    pub(super) fn node(&self, at: usize) -> Node<'t> {
        let range = match &self.tokens[at] {
            Token::Word(it) | Token::Text(it) => it.clone(),
            Token::Sign(at) => *at..at + 1,
        };
        let its = self.root.descendant_for_byte_range(range.start, range.end);
        its.unwrap_or(self.root)
    }

    pub(super) fn line_of(&self, at: usize) -> u32 {
        self.outline.source.line(self.tokens[at].start())
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = &self.text.as_bytes()[..at];
        let blank = before.iter().rev().take_while(|it| **it != b'\n');
        blank.clone().all(u8::is_ascii_whitespace)
    }

    /// The first token behind a directive, which `\` may continue on the next line.
    fn line_end(&self) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = self.tokens[self.at].start();
        loop {
            end = memchr::memchr(b'\n', &bytes[end..]).map_or(bytes.len(), |it| end + it);
            let line = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
            if end >= bytes.len() || !line.ends_with(b"\\") {
                break;
            }
            end += 1;
        }
        let behind = self.tokens[self.at..].partition_point(|it| it.start() < end);
        self.at + behind.max(1)
    }

    /// The bracket that closes the one at a place.
    pub(super) fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        for at in open..self.tokens.len().min(open + 4000) {
            match self.sign_at(at) {
                Some(b'(' | b'[' | b'{') => depth += 1,
                Some(b')' | b']' | b'}') => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The arguments between brackets, each as its tokens.
    pub(super) fn arguments(&self, open: usize, close: usize) -> Vec<std::ops::Range<usize>> {
        let mut all = Vec::new();
        let mut depth = 0;
        let mut start = open + 1;
        for at in open + 1..close {
            match self.sign_at(at) {
                Some(b'(' | b'[' | b'{') => depth += 1,
                Some(b')' | b']' | b'}') => depth -= 1,
                Some(b',') if depth == 0 => {
                    all.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
        }
        if start < close {
            all.push(start..close);
        }
        all
    }

    /// Closes what a branch of the preprocessor opened: the next one opens it again.
    pub(super) fn back_to(&mut self, depth: Option<usize>) {
        while depth.is_some_and(|it| self.stack.len() > it) {
            self.closes();
        }
    }

    fn closes(&mut self) {
        match self.stack.pop() {
            Some(Open::Unit { before, .. }) => self.outline.go_to(before),
            Some(Open::If(_, chain)) => self.asked = chain,
            Some(Open::Switch(_) | Open::Block) | None => self.asked.clear(),
        }
    }

    fn is_in_code(&self) -> bool {
        let mut units = self.stack.iter().rev();
        units.any(|it| matches!(it, Open::Unit { is_code: true, .. }))
    }

    /// The text at the beginning of an argument, which may be written in several pieces.
    pub(super) fn title_of(&self, arg: &std::ops::Range<usize>) -> Option<String> {
        let its = arg.clone().take_while(|it| self.text_at(*it).is_some());
        let its = arg.start..arg.start + its.count();
        if its.is_empty() {
            return None;
        }
        // Raw texts are what stands in them.
        let is_plain =
            |it: &Token| self.text.as_bytes().get(it.start().wrapping_sub(1)) == Some(&b'"');
        if !self.tokens[its.clone()].iter().all(is_plain) {
            return Some(its.filter_map(|it| self.text_at(it)).collect());
        }
        let code = self.text_of(&its);
        Some(self.outline.code_arg("", &code).value.as_str().to_owned())
    }

    /// A `{`: what stands before it tells what it belongs to.
    fn opens(&mut self) {
        let open = self.opened();
        self.stack.push(open);
        self.head = self.at + 1;
    }

    fn opened(&mut self) -> Open {
        let head = self.head..self.at;
        let Some(first) = head.clone().find(|it| self.word_at(*it).is_some()) else {
            return Open::Block;
        };
        let word = self.word_at(first).unwrap_or_default();
        // Whatever stands before it, a macro of a test is one.
        if let Some((name_at, close)) = self.called_before(self.at)
            && name_at >= head.start
            && let Some(open) = self.test(name_at, close)
        {
            return open;
        }
        match word {
            "if" | "else" => {
                let its = self.condition(&head);
                return its.map_or(Open::Block, |(holds, chain)| Open::If(holds, chain));
            }
            "catch" => return Open::If(self.text_of(&head), Vec::new()),
            "switch" if self.is_in_code() => {
                return Open::Switch(Switch::new(self.text_of(&(first + 2..self.at - 1))));
            }
            "for" | "while" | "do" | "switch" | "try" | "namespace" | "enum" | "extern"
            | "return" | "case" => return Open::Block,
            _ => {}
        }
        // A class may come behind `template <…>`.
        let class = head
            .clone()
            .find(|it| matches!(self.word_at(*it), Some("class" | "struct")));
        if let Some(class) = class.filter(|_| {
            !self.is_in_code() && !head.clone().any(|it| self.sign_at(it) == Some(b'('))
        }) {
            let named = (class + 1..self.at).take_while(|it| self.sign_at(*it) != Some(b':'));
            let name = named
                .filter_map(|it| self.word_at(it))
                .filter(|it| *it != "final")
                .last();
            return self.unit(Role::Suite, name.unwrap_or_default(), class, false);
        }
        if self.is_in_code() {
            return Open::Block;
        }
        self.function(&head)
    }

    /// The name of what is called right before a place, and its closing bracket.
    fn called_before(&self, at: usize) -> Option<(usize, usize)> {
        let mut close = at.checked_sub(1)?;
        // Attributes may stand between, and the end of a condition of the preprocessor.
        while let Some(word) = self.word_at(close) {
            let is_end = word == "endif" && self.sign_at(close.checked_sub(1)?) == Some(b'#');
            let is_attribute = is_macro(word) && word.contains('_');
            if !is_end && !is_attribute {
                return None;
            }
            close = close.checked_sub(1 + usize::from(is_end))?;
        }
        if self.sign_at(close) != Some(b')') {
            return None;
        }
        let mut depth = 0;
        for open in (0..=close).rev().take(400) {
            match self.sign_at(open) {
                Some(b')') => depth += 1,
                Some(b'(') => {
                    depth -= 1;
                    if depth == 0 {
                        let name_at = open.checked_sub(1)?;
                        return self.word_at(name_at).map(|_| (name_at, close));
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// A function: the word before the first bracket is its name.
    fn function(&mut self, head: &std::ops::Range<usize>) -> Open {
        let bracket = head.clone().find(|it| self.sign_at(*it) == Some(b'('));
        let Some(name_at) = bracket
            .and_then(|it| it.checked_sub(1))
            .filter(|it| *it >= head.start)
        else {
            return Open::Block;
        };
        let Some(name) = self.word_at(name_at) else {
            return Open::Block;
        };
        let qualified = name_at >= 3 && self.sign_at(name_at - 1) == Some(b':');
        let class = qualified.then(|| self.word_at(name_at - 3)).flatten();
        let before = self.outline.here();
        if let Some(class) = class {
            let suite = self.outline.open(Role::Suite, class, self.node(name_at));
            self.outline.go_to(suite);
        }
        let in_class = class.is_some() || before != UnitId::FILE;
        let role = if frameworks::is_setup(name) && in_class {
            Role::Setup
        } else if self.are_functions_tests() && (class.is_some() || frameworks::is_test(name)) {
            Role::Test
        } else {
            Role::Function
        };
        let unit = self.outline.open(role, name, self.node(name_at));
        self.outline.go_to(unit);
        Open::Unit {
            before,
            is_code: true,
        }
    }

    /// Whether tests are plain functions in the frameworks that the file includes.
    fn are_functions_tests(&self) -> bool {
        let known = ["QtTest", "QTest", "unity", "cmocka", "qtest"];
        let mut imports = self.outline.imports().iter();
        imports.any(|it| known.iter().any(|known| it.contains(known))) || self.is_qt
    }

    fn unit(&mut self, role: Role, name: &str, at: usize, is_code: bool) -> Open {
        let before = self.outline.here();
        let unit = self.outline.open(role, name, self.node(at));
        self.outline.go_to(unit);
        Open::Unit { before, is_code }
    }

    /// A test of a macro with a body.
    fn test(&mut self, name_at: usize, close: usize) -> Option<Open> {
        let macro_name = self.word_at(name_at)?;
        let args = self.arguments(name_at + 1, close);
        let first = args.first().cloned();
        let is_text = first.as_ref().is_some_and(|it| self.title_of(it).is_some());
        let declares = frameworks::declares(macro_name, args.len(), is_text)
            .or_else(|| self.of_project(name_at, &args).then_some(Declares::Named))?;
        let named = match declares {
            Declares::Member => Some(args.get(1)?.clone()),
            Declares::TitledMember => args.get(1).cloned(),
            _ => first.clone(),
        };
        let before = self.outline.here();
        if declares == Declares::Member {
            let suite = self.text_of(&first?);
            let suite = self.outline.open(Role::Suite, &suite, self.node(name_at));
            self.outline.go_to(suite);
        }
        if matches!(declares, Declares::Titled | Declares::TitledMember) {
            // Whatever header brings the macro, it is one of these frameworks.
            self.outline.import("catch2 or doctest");
        }
        // A test without a title is known by how it is declared.
        let named = named.unwrap_or(name_at..close + 1);
        let title = self.title_of(&named);
        let dynamic = title.is_none() && !matches!(declares, Declares::Member | Declares::Named);
        let title = title.unwrap_or_else(|| self.text_of(&named));
        let role = if macro_name == "TEST_SUITE" {
            Role::Suite
        } else {
            Role::Test
        };
        let unit = self
            .outline
            .open_dynamic(role, &title, dynamic, self.node(name_at));
        self.outline.go_to(unit);
        self.mutes(name_at, close, &args, declares, unit);
        Some(Open::Unit {
            before,
            is_code: role == Role::Test,
        })
    }

    /// Whether a macro of a project, with a body, declares a test: nothing stands before it,
    /// and it takes no parameters as a function does. `XTEST(name) { … }`.
    fn of_project(&self, name_at: usize, args: &[std::ops::Range<usize>]) -> bool {
        let name = self.word_at(name_at).unwrap_or_default();
        is_macro(name)
            && !["SETUP", "TEARDOWN"].iter().any(|it| name.contains(it))
            && name_at == self.head
            && !self.is_in_code()
            && !args.is_empty()
            && args.iter().all(|it| it.len() == 1)
    }

    pub(super) fn place(&mut self, place: Place<'_>) -> bool {
        let its = self.outline.place(place);
        if its && self.directives.is_dead() {
            self.outline
                .without_effect("nobody compiles what stands under `#if 0`");
        }
        its
    }

    /// A word in the code.
    fn word(&mut self) {
        let at = self.at;
        if matches!(self.word_at(at), Some("case" | "default"))
            && matches!(self.stack.last(), Some(Open::Switch(_)))
        {
            self.label(at);
            return;
        }
        if self.sign_at(at + 1) != Some(b'(') {
            return;
        }
        let name = self.word_at(at).unwrap_or_default();
        if frameworks::REGISTERS.contains(&name) {
            self.registered(at);
            return;
        }
        if !self.is_in_code() {
            self.outside(at, name);
            return;
        }
        let known = self.outline.knows(Usage::Call, name);
        if !known && !self.outline.is_thorough() {
            return;
        }
        let is_member = matches!(self.sign_at(at.wrapping_sub(1)), Some(b'.' | b'>'));
        if is_member && known {
            return;
        }
        let args: Vec<Arg> = self.reason(at).into_iter().collect();
        let node = self.node(at);
        let place = Place::new(Usage::Call, name, node, node).args(args);
        let guard = self.guard(at);
        let never = guard
            .as_ref()
            .is_some_and(|it| matches!(&*it.text, "false" | "0"));
        if self.place(
            place.guard(guard.filter(|it| !matches!(&*it.text, "true" | "1" | "false" | "0"))),
        ) && never
        {
            self.outline.without_effect("its condition never holds");
        }
    }

    /// Macros that stand for themselves: instances, suites without braces, decorators.
    fn outside(&mut self, at: usize, name: &str) {
        let Some(close) = self.closing(at + 1) else {
            return;
        };
        if name.starts_with("INSTANTIATE_") && name.contains("TEST") {
            let args = self.arguments(at + 1, close);
            let [first, suite, ..] = &args[..] else {
                return;
            };
            let suite = self.text_of(suite);
            let instance = self.text_of(first);
            let unit =
                self.outline
                    .open(Role::Suite, &format!("{instance}/{suite}"), self.node(at));
            self.disabled(&[first.start], unit);
        } else if matches!(name, "BOOST_AUTO_TEST_SUITE" | "BOOST_FIXTURE_TEST_SUITE") {
            let args = self.arguments(at + 1, close);
            let suite = args.first().map(|it| self.text_of(it)).unwrap_or_default();
            let open = self.unit(Role::Suite, &suite, at, false);
            self.stack.push(open);
            let here = self.outline.here();
            self.options(at + 2..close, here);
            self.head = close + 1;
        } else if name == "BOOST_AUTO_TEST_SUITE_END" {
            self.closes();
            self.head = close + 1;
        } else if name == "BOOST_TEST_DECORATOR" {
            self.decorators.push(at + 2..close);
            self.head = close + 1;
        } else if name == "TestSuite" {
            let args = self.arguments(at + 1, close);
            let suite = args.first().map(|it| self.text_of(it)).unwrap_or_default();
            let unit = self.outline.open(Role::Suite, &suite, self.node(at));
            self.options(at + 2..close, unit);
        }
    }
}
