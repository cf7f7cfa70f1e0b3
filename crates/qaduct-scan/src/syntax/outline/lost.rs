//! What the parser lost: words that only the lexer sees become mutes that are guesses, named
//! by the declaration that follows or stands around them.

use qaduct_records::Kind;

use super::{Outline, one_line};
use crate::syntax::facts::{Arg, ArgValue, Role, Seen, Sighting, Unit, UnitId};
use crate::syntax::forms::{Usage, last_word};
use crate::syntax::lexer::Token;

/// Brackets around a place are looked at so far out.
const DEEPEST: usize = 100;

/// What stands around a place of the code, found on the way to it.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// The curly brackets that are open, and the word `class` of those that are of one.
    open: Vec<(usize, Option<usize>)>,
    /// The word `class` that has no bracket yet.
    class: Option<usize>,
    /// Whether a name goes on: `Cart.class` declares none.
    goes_on: bool,
}

impl Around {
    /// Goes past a token.
    pub(super) fn pass(&mut self, at: usize, token: &Token, text: &str) {
        let sign = match token {
            Token::Sign(sign) => text.as_bytes()[*sign],
            _ => 0,
        };
        match (sign, token) {
            (b'{', _) => self.open.push((at, self.class.take())),
            (b'}', _) => drop(self.open.pop()),
            (_, Token::Word(range)) if text[range.clone()] == *"class" && !self.goes_on => {
                self.class = Some(at);
            }
            _ => {}
        }
        self.goes_on = matches!(sign, b'.' | b':');
    }
}

impl<'a> Outline<'a> {
    /// Makes something of a word that the parser did not understand: an annotation or a call
    /// that looks like a form is taken for one, on what is named next or stands around it.
    /// `listed` asks for one in a list of attributes.
    pub(super) fn take_lost(&mut self, code: &[Token], at: usize, around: &Around, listed: bool) {
        let Token::Word(range) = &code[at] else {
            return;
        };
        let text: &'a str = &self.source.text;
        let word = &text[range.clone()];
        let sign = |at: Option<usize>| match code.get(at?) {
            Some(Token::Sign(sign)) => self.source.text.as_bytes().get(*sign).copied(),
            _ => None,
        };
        let before = sign(at.checked_sub(1));
        let after = sign(Some(at + 1));
        let path = self.path_before(code, at);
        let is_path = path < at && sign(path.checked_sub(1)) == Some(b'@');
        // `@spock.lang.Ignore` asks for no import.
        let imported: Option<Box<str>> =
            is_path.then(|| text[code[path].start()..range.end].into());
        let before = if is_path { Some(b'@') } else { before };
        if after == Some(b'(') && self.lost_modifier(code, at, word) {
            return;
        }
        let in_list = before == Some(b',') && self.in_attributes(&code[..at]);
        let usage = match (before, after) {
            (Some(b'@' | b'['), _) => Usage::Annotation,
            (Some(b','), _) if in_list => Usage::Annotation,
            // `if (skip == 0)` asks, and sets nothing.
            (Some(b'(' | b','), Some(b'=')) if sign(Some(at + 2)) != Some(b'=') => Usage::Option,
            (_, Some(b'(')) if self.is_new(code, at) => Usage::Throw,
            (_, Some(b'(')) => Usage::Call,
            _ => return,
        };
        if listed && matches!(usage, Usage::Call | Usage::Throw) {
            return;
        }
        // `Assume.That` is another word than `Assert.That`.
        let is_it = |name: &str| {
            let Some((owner, its)) = name.rsplit_once('.') else {
                return name == word;
            };
            let before = at.checked_sub(2).and_then(|at| code.get(at));
            its == word
                && sign(at.checked_sub(1)) == Some(b'.')
                && matches!(before, Some(Token::Word(it)) if self.source.text[it.clone()] == *last_word(owner))
        };
        let imports = match &imported {
            Some(path) => std::slice::from_ref(path),
            None => &self.facts.imports[..],
        };
        let named = self.forms.all().find(|(_, it)| {
            it.usage == usage
                && it.also.iter().chain([&it.name]).any(|its| is_it(its))
                && it.fits(imports)
        });
        let Some((form, _)) = named else { return };
        let row = self.source.line(code[at].start());
        let mut args = self.args_behind(&code[at + 1..]);
        let form_of = self.forms.form(form);
        let names = form_of.unless.iter().chain(&form_of.condition);
        if usage == Usage::Call && names.clone().any(|it| it == "condition") {
            // What is no text is what is assumed.
            for arg in &mut args {
                let name = match arg.value {
                    ArgValue::Text(_) => "reason",
                    ArgValue::Code(_) => "condition",
                };
                arg.name = name.into();
            }
        }
        let mut guard = None;
        let unit = match usage {
            Usage::Annotation | Usage::Option => {
                let next = self.named_next(&code[at..], before != Some(b'@'));
                let (name, role) = next.unwrap_or(("", Role::Test));
                let parent = self.class_around(code, at, around);
                // A class is known by its name where something stands in it, too.
                self.lost(role, name, parent, (row, row))
            }
            _ => {
                let units = (0..).zip(&self.facts.units).zip(&self.ends);
                let inner = units
                    .filter(|((_, unit), end)| unit.line <= row && row <= **end)
                    .max_by_key(|((_, unit), _)| unit.line);
                let inner = inner.map_or(UnitId::FILE, |((id, _), _)| UnitId(id));
                let is_broken = self.broken.contains(&inner);
                match self.function_around(code, around) {
                    Some((name, role, conditions))
                        if inner == UnitId::FILE || is_broken && !self.is_named(inner, name) =>
                    {
                        if !conditions.is_empty() {
                            guard = Some(one_line(&conditions.join(" and ")).into());
                        }
                        let parent = self.class_around(code, at, around);
                        self.lost(role, name, parent, (row, row))
                    }
                    _ => inner,
                }
            }
        };
        self.facts.sightings.push(Sighting {
            seen: Seen::Form(form),
            alias: None,
            unit,
            scope: None,
            param: None,
            lines: (row, row),
            args,
            guard,
            ineffective: None,
            above: self.above(row).into(),
            trailing: self.trailing((row, row)).into(),
            heuristic: !self.lexed,
        });
    }

    /// Whether a word is an annotation of a class that skips it, of which nothing was made: a
    /// parser may take `@Disabled("why")` for a call, and the class behind it for a block.
    pub(super) fn is_lost_on_class(&self, code: &[Token], at: usize) -> bool {
        let text: &'a str = &self.source.text;
        let Token::Word(range) = &code[at] else {
            return false;
        };
        let word = &text[range.clone()];
        let first = code[self.path_before(code, at)].start();
        self.is_annotation(code, at)
            && !self.taken.contains(&first)
            && self.forms.named(Usage::Annotation, word).iter().any(|it| {
                let form = self.forms.form(*it);
                form.kind == Kind::Skip && form.fits(&self.facts.imports)
            })
            && matches!(self.named_next(&code[at..], false), Some((_, Role::Suite)))
    }

    /// Whether a unit or one around it has this name.
    fn is_named(&self, unit: UnitId, name: &str) -> bool {
        let mut around = self.around_unit(unit);
        around.any(|it| &*self.unit(it).name == name)
    }

    /// Gives calls to the function that stands around them in the brackets, and tests to the class,
    /// where the parser has lost its way and taken them for a part of an earlier one or of none.
    pub(super) fn put_right(&mut self, code: &[Token]) {
        let doubtful = std::mem::take(&mut self.doubtful);
        let mut around = Around::default();
        for (at, token) in code.iter().enumerate().filter(|_| !doubtful.is_empty()) {
            around.pass(at, token, &self.source.text);
            let Some(&(unit, row)) = doubtful.get(&token.start()) else {
                continue;
            };
            let function = self.function_around(code, &around);
            let function = function.map(|it| (it.0, it.1));
            let is_broken = self.around_unit(unit).any(|it| self.broken.contains(&it));
            let its = self.unit(unit);
            let (own, role, outside) = (its.name.clone(), its.role, its.parent == UnitId::FILE);
            let (name, role) = match function.filter(|it| !self.is_named(unit, it.0)) {
                Some(function) if is_broken => function,
                _ if outside && matches!(role, Role::Test) => (&*own, role),
                _ => continue,
            };
            let parent = self.class_around(code, at, &around);
            if parent == UnitId::FILE && name == &*own {
                continue;
            }
            let right = self.lost(role, name, parent, (row, row));
            let sightings = self.facts.sightings.iter_mut();
            for it in sightings.filter(|it| it.unit == unit && it.lines.0 == row) {
                it.unit = right;
            }
        }
    }

    /// Opens a test for all that `def` or `void` declares, for who asks which tests there are in
    /// a file that only the lexer reads.
    pub(super) fn take_declared(&mut self, code: &[Token]) {
        let text: &'a str = &self.source.text;
        let mut around = Around::default();
        for (at, token) in code.iter().enumerate() {
            around.pass(at, token, text);
            let next = code[at + 1..].get(..2);
            if let Token::Word(word) = token
                && matches!(&text[word.clone()], "def" | "void")
                && let Some([Token::Word(name) | Token::Text(name), Token::Sign(sign)]) = next
                && text.as_bytes()[*sign] == b'('
            {
                let row = self.source.line(word.start);
                let parent = self.class_around(code, at, &around);
                self.lost(Role::Test, &text[name.clone()], parent, (row, row));
            }
        }
    }

    /// Whether a place is in square brackets and in no others: a list of attributes.
    pub(super) fn in_attributes(&self, before: &[Token]) -> bool {
        let mut depth = 0;
        for token in before.iter().rev().take(200) {
            let Token::Sign(at) = token else { continue };
            match self.source.text.as_bytes()[*at] {
                b')' | b']' | b'}' => depth += 1,
                b'[' if depth == 0 => return true,
                b'(' | b'{' | b';' if depth == 0 => return false,
                b'(' | b'[' | b'{' => depth -= 1,
                _ => {}
            }
        }
        false
    }

    /// The name that is declared next: the last word before a bracket that stands behind a
    /// word, and is no annotation. `listed` where the place is in square brackets itself.
    fn named_next(&self, code: &[Token], listed: bool) -> Option<(&'a str, Role)> {
        let text: &'a str = &self.source.text;
        let mut depth = 0;
        let mut lists = i32::from(listed);
        let mut last = None;
        for (number, token) in code.iter().enumerate().skip(1).take(200) {
            match token {
                Token::Sign(at) => match text.as_bytes()[*at] {
                    b'(' | b'{'
                        if depth <= 0
                            && lists <= 0
                            && last == Some(number - 1)
                            && number > 2
                            && !self.is_annotation(code, number - 1) =>
                    {
                        return match &code[number - 1] {
                            Token::Word(range) => Some((&text[range.clone()], Role::Test)),
                            _ => None,
                        };
                    }
                    // Spock: the name of a method is a text.
                    b'(' if depth <= 0
                        && lists <= 0
                        && matches!(code[number - 1], Token::Text(_)) =>
                    {
                        return match &code[number - 1] {
                            Token::Text(range) => Some((&text[range.clone()], Role::Test)),
                            _ => None,
                        };
                    }
                    b'(' => depth += 1,
                    b')' => depth -= 1,
                    b'[' => lists += 1,
                    b']' => lists -= 1,
                    _ => {}
                },
                Token::Word(range) => {
                    if depth <= 0 && lists <= 0 && text[range.clone()] == *"class" {
                        let next = code.get(number + 1);
                        return match next {
                            Some(Token::Word(range)) => Some((&text[range.clone()], Role::Suite)),
                            _ => None,
                        };
                    }
                    last = Some(number);
                }
                Token::Text(_) => {}
            }
        }
        None
    }

    /// Where a path such as `spock.lang.Ignore` begins whose last word stands at a place.
    fn path_before(&self, code: &[Token], at: usize) -> usize {
        let is_dot = |at: usize| matches!(code[at], Token::Sign(it) if self.source.text.as_bytes()[it] == b'.');
        let mut first = at;
        while first > 1 && is_dot(first - 1) && matches!(code[first - 2], Token::Word(_)) {
            first -= 2;
        }
        first
    }

    /// Whether a word is the name of an annotation, which may be a path.
    fn is_annotation(&self, code: &[Token], at: usize) -> bool {
        let before = self.path_before(code, at).checked_sub(1);
        let before = before.and_then(|it| code.get(it));
        matches!(before, Some(Token::Sign(it)) if self.source.text.as_bytes()[*it] == b'@')
    }

    /// Whether `new` stands before a name, as it does where an exception is thrown.
    fn is_new(&self, code: &[Token], at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| code.get(at));
        matches!(before, Some(Token::Word(it)) if self.source.text[it.clone()] == *"new")
    }

    /// A unit that only the lexer sees; the same one where it was seen before.
    fn lost(&mut self, role: Role, name: &str, parent: UnitId, lines: (u32, u32)) -> UnitId {
        let units = &self.facts.units;
        // What bears something is a test, and what throws in it does so in a test.
        let known = units.iter().position(|it| {
            let is_role = it.role == role || (it.role, role) == (Role::Test, Role::Function);
            is_role && &*it.name == name && it.parent == parent
        });
        if let Some(known) = known {
            return UnitId(u32::try_from(known).expect("counted before"));
        }
        self.facts.units.push(Unit {
            role,
            name: name.into(),
            dynamic: false,
            parent,
            line: lines.0,
            params: None,
        });
        self.ends.push(lines.1);
        UnitId(u32::try_from(self.facts.units.len() - 1).expect("counted before"))
    }

    /// The class that is open at a place.
    fn class_around(&mut self, code: &[Token], at: usize, around: &Around) -> UnitId {
        let row = self.source.line(code[at].start());
        let suite = (0..).zip(&self.facts.units).zip(&self.ends);
        let suite = suite
            .filter(|((_, it), end)| it.role == Role::Suite && it.line <= row && row <= **end)
            .max_by_key(|((_, it), _)| it.line);
        if let Some(((id, _), _)) = suite {
            return UnitId(id);
        }
        let text: &'a str = &self.source.text;
        let classes = around.open.iter().filter_map(|(_, class)| *class);
        let names = classes.filter_map(|at| match code.get(at + 1) {
            Some(Token::Word(range)) => Some(&text[range.clone()]),
            _ => None,
        });
        names.fold(UnitId::FILE, |parent, name| {
            self.lost(Role::Suite, name, parent, (1, 1))
        })
    }

    /// The function around a place: its name, whether it is a test, and the conditions on the way.
    fn function_around(
        &self,
        code: &[Token],
        around: &Around,
    ) -> Option<(&'a str, Role, Vec<&'a str>)> {
        const STATEMENTS: &[&str] = &[
            "if",
            "for",
            "foreach",
            "while",
            "switch",
            "using",
            "lock",
            "catch",
            "fixed",
            "when",
            "try",
            "synchronized",
            "new",
            "return",
            "await",
            "else",
        ];
        let text: &'a str = &self.source.text;
        let sign = |at: usize| match &code[at] {
            Token::Sign(sign) => text.as_bytes()[*sign],
            _ => 0,
        };
        let word = |at: usize| match code.get(at) {
            Some(Token::Word(range)) => Some(&text[range.clone()]),
            _ => None,
        };
        let mut conditions = Vec::new();
        // Outwards, from one bracket that is open to the next.
        for &(here, _) in around.open.iter().rev().take(DEEPEST) {
            if here == 0 || sign(here - 1) != b')' {
                continue;
            }
            let mut close = 0;
            let open = (0..here).rev().take(300).find(|at| {
                close += i32::from(sign(*at) == b')') - i32::from(sign(*at) == b'(');
                close == 0
            })?;
            let mut name = open.checked_sub(1)?;
            if let Some(declared) = self.is_body_of(code, name) {
                name = declared;
            }
            if let Token::Text(range) = &code[name] {
                return Some((&text[range.clone()], Role::Test, conditions));
            }
            if word(name) == Some("if") {
                let condition = &text[code[open].start() + 1..code[here - 1].start()];
                conditions.insert(0, condition.trim());
            }
            let line = |at: usize| self.source.line(code[at].start());
            let typed = name.checked_sub(1).is_some_and(|at| {
                line(at) == line(name) && word(at).is_some_and(|it| !STATEMENTS.contains(&it))
                    || matches!(sign(at), b'>' | b']' | b'?')
            });
            let name = word(name);
            if let Some(name) = name.filter(|it| typed && !STATEMENTS.contains(it)) {
                let ends = |at: &usize| matches!(sign(*at), b'{' | b'}' | b';');
                let before = (0..open).rev().take(60).take_while(|at| !ends(at));
                let is_test = before.filter_map(word).any(|it| {
                    ["Test", "Fact", "Theory"]
                        .iter()
                        .any(|its| it.contains(its))
                });
                let role = if is_test { Role::Test } else { Role::Function };
                return Some((name, role, conditions));
            }
        }
        None
    }

    /// The name of the function of which a call is all that it does: `fun name() = run(…) {`.
    fn is_body_of(&self, code: &[Token], call: usize) -> Option<usize> {
        let sign = |at: usize| match code.get(at) {
            Some(Token::Sign(sign)) => self.source.text.as_bytes()[*sign],
            _ => 0,
        };
        let close = call.checked_sub(2)?;
        if (sign(call - 1), sign(close)) != (b'=', b')') {
            return None;
        }
        let mut depth = 0;
        let open = (0..=close).rev().take(300).find(|at| {
            depth += i32::from(sign(*at) == b')') - i32::from(sign(*at) == b'(');
            depth == 0
        })?;
        open.checked_sub(1)
    }

    /// The arguments in the brackets that follow.
    fn args_behind(&self, code: &[Token]) -> Vec<Arg> {
        let text: &'a str = &self.source.text;
        let sign = |token: &Token| match token {
            Token::Sign(sign) => text.as_bytes()[*sign],
            _ => 0,
        };
        if code.first().map(sign) != Some(b'(') {
            return Vec::new();
        }
        let mut depth = 0;
        let mut args = Vec::new();
        let mut first = 1;
        for (at, token) in code.iter().enumerate().take(2_000) {
            match sign(token) {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                _ => {}
            }
            let ends = depth == 0 || (depth == 1 && sign(token) == b',');
            if !ends {
                continue;
            }
            let mut parts = &code[first..at];
            first = at + 1;
            let mut name = "";
            if let [Token::Word(word), is, rest @ ..] = parts
                && matches!(sign(is), b'=' | b':')
                && rest.first().is_none_or(|it| sign(it) != b'=')
            {
                name = &text[word.clone()];
                parts = rest;
            }
            if let Some(begin) = parts.first() {
                // A text begins with the sign before it.
                let begin = match begin {
                    Token::Text(range) => text[..range.start]
                        .rfind(|it: char| !matches!(it, '"' | '\'' | '@' | '$'))
                        .map_or(0, |it| {
                            it + text[it..].chars().next().map_or(1, char::len_utf8)
                        }),
                    other => other.start(),
                };
                let written = text[begin..code[at].start()].trim();
                let value = match super::text::literal(written, self.lexicon) {
                    Some(it) => ArgValue::Text(one_line(&it).into()),
                    None => ArgValue::Code(one_line(written).into()),
                };
                args.push(Arg {
                    name: name.into(),
                    value,
                });
            }
            if depth == 0 {
                break;
            }
        }
        args
    }
}
