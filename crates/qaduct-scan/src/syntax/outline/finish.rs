//! The end of a walk: what the parser missed is taken from the lexer, and functions that mute
//! become names that do.

use tree_sitter::Node;

use super::lost::Around;
use super::tree::first_error;
use super::{Outline, constants};
use crate::syntax::facts::{Facts, Lent, Role, Seen, Sighting};
use crate::syntax::lexer::{Token, tokens};
use crate::syntax::source::line;

/// A longer function does more than to decide whether a test runs.
const HELPER_LINES: u32 = 60;

impl<'a> Outline<'a> {
    /// Ends the walk. In languages of `members` functions stand in classes.
    pub(in crate::syntax) fn finish(mut self, root: Node<'_>, members: bool) -> Facts {
        if root.has_error() && !self.lexed && !self.by_tokens {
            self.facts.error = first_error(root).map(line);
        }
        let text: &'a str = &self.source.text;
        let code: Vec<Token> = tokens(text, self.lexicon).collect();
        let mut around = Around::default();
        for (at, token) in code.iter().enumerate() {
            around.pass(at, token, text);
            let Token::Word(range) = token else { continue };
            if !self.words.contains(&text[range.clone()]) || self.is_in_text(range.start) {
                continue;
            }
            self.facts.lexed += 1;
            if self.lexed {
                self.facts.parsed += 1;
                self.take_lost(&code, at, &around, false);
            } else if self.taken.contains(&range.start) {
                self.facts.parsed += 1;
            } else if self.understood.contains(&range.start) && !self.bare.contains(&range.start) {
                self.facts.parsed += 1;
                // Behind an error a list of attributes may be read as an index.
                if root.has_error() && self.in_attributes(&code[..at])
                    || self.is_lost_on_class(&code, at)
                {
                    self.take_lost(&code, at, &around, true);
                }
            } else {
                self.take_lost(&code, at, &around, false);
            }
        }
        if self.lexed && self.thorough {
            self.take_declared(&code);
        }
        if members {
            self.put_right(&code);
        }
        constants::follow(root, self.source, self.lexicon, self.forms, &mut self.facts);
        let (units, ends, unlent) = (&self.facts.units, &self.ends, &self.unlent);
        let is_lent = |it: &Sighting| {
            let at = it.unit.0 as usize;
            match units[at].role {
                Role::Function => {
                    ends[at].saturating_sub(units[at].line) <= HELPER_LINES
                        && !unlent.contains(&it.unit)
                }
                Role::Annotation => true,
                _ => false,
            }
        };
        let sightings = std::mem::take(&mut self.facts.sightings);
        for sighting in sightings {
            let unit = &self.facts.units[sighting.unit.0 as usize];
            match sighting.seen {
                Seen::Form(form) | Seen::Guess(_, _, form) if is_lent(&sighting) => {
                    self.facts.lent.push(Lent {
                        name: unit.name.clone(),
                        takes: self.takes.get(&sighting.unit).cloned(),
                        sighting: Sighting {
                            seen: Seen::Form(form),
                            ..sighting
                        },
                    });
                }
                _ => self.facts.sightings.push(sighting),
            }
        }
        self.facts
    }
}
