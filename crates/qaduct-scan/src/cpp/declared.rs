//! What mutes a test in its own declaration: its macro, its name, its tags and decorators.

use super::frameworks::{self, Declares, is_macro};
use super::macros::DISABLED;
use super::reader::Reader;
use crate::syntax::facts::{Arg, ArgValue, Role, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::outline::{Guard, Place};

impl Reader<'_, '_, '_> {
    /// What mutes a test in its own declaration.
    pub(super) fn mutes(
        &mut self,
        name_at: usize,
        close: usize,
        args: &[std::ops::Range<usize>],
        declares: Declares,
        unit: UnitId,
    ) {
        let node = self.node(name_at);
        let name = self.word_at(name_at).unwrap_or_default();
        let known = self.outline.knows(Usage::Modifier, name);
        if known {
            self.place(Place::new(Usage::Modifier, name, node, node).on(unit));
        } else if is_macro(name) && name.contains("DISABLED") {
            // Another file may say what it does; where none does, its name has to.
            let on = frameworks::disabled_on(name).map(|text| Arg {
                name: "condition".into(),
                value: ArgValue::Code(text.into()),
            });
            let place = Place::new(Usage::Call, "*DISABLED*", node, node).on(unit);
            self.place(place.args(on.into_iter().collect()));
        } else if is_macro(name) && self.outline.is_thorough() {
            self.place(Place::new(Usage::Call, name, node, node).on(unit));
        }
        if declares == Declares::Member {
            let words: Vec<usize> = args.iter().take(2).map(|it| it.start).collect();
            self.disabled(&words, unit);
        }
        let titled = matches!(declares, Declares::Titled | Declares::TitledMember);
        for arg in args.iter().skip(1).filter(|_| titled) {
            if let Some(tags) = self.title_of(arg) {
                self.tags(&tags, arg.start, unit);
            }
        }
        self.options(name_at + 2..close, unit);
        for range in std::mem::take(&mut self.decorators) {
            self.options(range, unit);
        }
    }

    /// A name that begins with `DISABLED_`, or stands for one that does.
    pub(super) fn disabled(&mut self, words: &[usize], unit: UnitId) {
        for &at in words {
            let name = self.word_at(at).unwrap_or_default();
            let node = self.node(at);
            if name.starts_with(DISABLED) {
                self.place(Place::new(Usage::Name, DISABLED, node, node).on(unit));
                return;
            }
            let Some(conditions) = self.aliases.get(name) else {
                continue;
            };
            let always = conditions.iter().any(Option::is_none);
            let texts: Vec<&str> = conditions.iter().flatten().map(String::as_str).collect();
            let guard = (!always).then(|| Guard {
                text: texts.join(" or "),
                line: self.line_of(at),
            });
            self.place(
                Place::new(Usage::Name, "MAYBE_", node, node)
                    .guard(guard)
                    .on(unit),
            );
            return;
        }
    }

    /// Tags of Catch2: `[.]`, `[!mayfail]`.
    fn tags(&mut self, tags: &str, at: usize, unit: UnitId) {
        let node = self.node(at);
        for tag in tags.split('[').skip(1).filter_map(|it| it.split_once(']')) {
            let name = match tag.0 {
                it if it.starts_with('.') => "[.]".to_owned(),
                it => format!("[{}]", it.to_ascii_lowercase()),
            };
            self.place(Place::new(Usage::Name, name, node, node).on(unit));
        }
    }

    /// Decorators such as `* doctest::skip()` and options such as `.disabled = true`.
    pub(super) fn options(&mut self, range: std::ops::Range<usize>, unit: UnitId) {
        for at in range.clone() {
            let Some(name) = self
                .word_at(at)
                .filter(|it| self.outline.knows(Usage::Option, it))
            else {
                continue;
            };
            let (before, after) = (self.sign_at(at.wrapping_sub(1)), self.sign_at(at + 1));
            let value = match (before, after) {
                (_, Some(b'(')) => self.closing(at + 1).map(|end| self.text_of(&(at + 2..end))),
                (_, Some(b'<')) => Some(self.text_of(&(at + 2..range.end))),
                (Some(b'.'), Some(b'=')) => self.word_at(at + 2).map(str::to_owned),
                _ => continue,
            };
            let value = value.unwrap_or_default();
            let value = value
                .split('>')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned();
            let node = self.node(at);
            let is_flag = matches!(&*value, "" | "true" | "false" | "1" | "0");
            let args = if is_flag {
                Vec::new()
            } else {
                vec![self.outline.code_arg("", &value)]
            };
            let place = Place::new(Usage::Option, name, node, node)
                .args(args)
                .on(unit);
            if self.place(place) && matches!(&*value, "false" | "0") {
                self.outline.without_effect("it says `false`");
            }
        }
    }

    /// `REGISTER_TEST_CASE(function, "title", "[tags]")`.
    pub(super) fn registered(&mut self, at: usize) {
        let Some(close) = self.closing(at + 1) else {
            return;
        };
        let args = self.arguments(at + 1, close);
        let Some(title) = args.get(1).and_then(|it| self.title_of(it)) else {
            return;
        };
        let unit = self.outline.open(Role::Test, &title, self.node(at));
        if let Some(arg) = args.get(2)
            && let Some(tags) = self.title_of(arg)
        {
            self.tags(&tags, arg.start, unit);
        }
    }
}
