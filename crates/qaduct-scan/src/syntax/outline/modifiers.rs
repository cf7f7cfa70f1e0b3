//! Declarations that the parser did not understand and that the lexer gives back.

use qaduct_records::Scope;

use super::Outline;
use crate::syntax::facts::{Role, Seen, Sighting, Unit, UnitId};
use crate::syntax::forms::Usage;
use crate::syntax::lexer::Token;
use crate::syntax::source::one_line;

impl<'a> Outline<'a> {
    /// Makes something of a word that changes a declaration, has its title behind it, as in
    /// `it.skip("title"`, and was not understood by the parser.
    pub(super) fn lost_modifier(&mut self, code: &[Token], at: usize, word: &str) -> bool {
        let text: &'a str = &self.source.text;
        let path = match at.checked_sub(2).map(|it| &code[it..at]) {
            Some([Token::Word(base), Token::Sign(dot)]) if text.as_bytes()[*dot] == b'.' => {
                format!("{}.{word}", &text[base.clone()])
            }
            _ => word.to_owned(),
        };
        let Some(Token::Text(title)) = code.get(at + 2) else {
            return false;
        };
        let form = self.forms.find(Usage::Modifier, &path, &self.facts.imports);
        let Some(form) = form else { return false };
        let start = code[at].start();
        let row = self.source.line(start);
        let is_around = |((_, unit), end): &((u32, &Unit), &u32)| {
            unit.role == Role::Suite && unit.line <= row && row <= **end
        };
        let around = (0..).zip(&self.facts.units).zip(&self.ends);
        let parent = around
            .filter(is_around)
            .max_by_key(|((_, unit), _)| unit.line);
        let parent = parent.map_or(UnitId::FILE, |((id, _), _)| UnitId(id));
        let is_suite = self.forms.form(form).scope == Some(Scope::Class);
        self.facts.units.push(Unit {
            role: if is_suite { Role::Suite } else { Role::Test },
            name: one_line(&text[title.clone()]).into(),
            dynamic: false,
            parent,
            line: row,
            params: None,
        });
        self.ends.push(row);
        self.facts.sightings.push(Sighting {
            seen: Seen::Form(form),
            alias: None,
            unit: UnitId(u32::try_from(self.facts.units.len() - 1).expect("counted before")),
            scope: None,
            param: None,
            lines: (row, row),
            args: Vec::new(),
            guard: None,
            ineffective: None,
            above: self.above(row).into(),
            trailing: self.trailing((row, row)).into(),
            heuristic: true,
        });
        true
    }
}
