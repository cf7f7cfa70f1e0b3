//! Languages that tree-sitter reads.
//!
//! A language says which files are its own, how it writes comments and strings, and how a
//! tree of it is walked ([`Grammar`]); its forms are data ([`forms`]). The rest is shared.
//! First pass, per blob: a search for words of forms decides whether a file is parsed, the
//! language walks the tree and tells an [`outline`] what it meets, and a [`lexer`] looks at
//! what the parser did not understand. Second pass, per commit: [`resolve`] follows names
//! to the file that lends them, and makes records of [`facts`].

pub(crate) mod facts;
pub(crate) mod forms;
pub(crate) mod guard;
mod lent;
pub(crate) mod lexer;
pub(crate) mod members;
mod names;
pub(crate) mod outline;
pub(crate) mod parameters;
mod parse;
mod resolve;
pub(crate) mod skeleton;
pub(crate) mod source;

use std::marker::PhantomData;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use qaduct_records::Declaration;
use qaduct_records::digest::digest;
use rustc_hash::FxHashSet;
use tree_sitter::Node;

pub(crate) use self::facts::Facts;
use self::forms::{Form, Forms};
use self::lexer::Lexicon;
use self::outline::Outline;
use self::parse::Parsed;
pub(crate) use self::resolve::{Offer, Use};
use self::skeleton::{Bodies, Signs};
use self::source::Source;
use crate::MarkRule;
use crate::language::{Commit, Content, Language, Manner, Names, Outline as Told, Resolved};

/// Changes whenever the same files give other mutes than before.
const RULES_VERSION: &str = "3";

/// A language that tree-sitter reads.
pub(crate) trait Grammar: Send + Sync + 'static {
    /// Names of the language and of what it is read for, as frameworks list them.
    const LANGUAGES: &'static [&'static str];

    /// Whether functions are members of classes: what stands before a dot says of which then.
    const MEMBERS: bool = false;

    /// Whether a name alone may be a call, as `skip_in_ci` is in Ruby.
    const BARE_CALLS: bool = false;

    /// Whether this is a file of the language, and which of its dialects.
    fn manner(path: &str) -> Option<Manner>;

    /// The name of a dialect in the table of mutes: one of [`Grammar::LANGUAGES`].
    fn language(manner: Manner) -> &'static str;

    /// The grammar of a dialect.
    fn grammar(manner: Manner) -> tree_sitter::Language;

    /// How a dialect writes comments and strings.
    fn lexicon(manner: Manner) -> &'static Lexicon;

    /// How bodies of functions are known that need not be parsed; `None` where all is.
    fn bodies(_: Manner) -> Option<&'static Bodies> {
        None
    }

    /// The text that is parsed in the place of a file, sign for sign, where the grammar does
    /// not know all that the language allows.
    fn prepared(_: &str, _: Manner) -> Option<String> {
        None
    }

    /// Whether its frameworks would search a file of this path for tests.
    fn is_test_file(path: &str) -> bool;

    /// Whether a literal that forms are looked for by stands for itself where it was found,
    /// and not for the end of another word.
    fn is_needle(_: &[u8], _: std::ops::Range<usize>) -> bool {
        true
    }

    /// Whether a form is looked for in files by its literals; else [`Grammar::may_mute`] does.
    fn is_searched(_: &Form) -> bool {
        true
    }

    /// Whether a file may hold a mute that no literal tells.
    fn may_mute(_: &[u8], _: Manner) -> bool {
        false
    }

    /// What is kept of a file that is no source, such as the description of a package.
    fn settings(_: &[u8], _: Manner) -> Option<Facts> {
        None
    }

    /// Walks a tree and tells the outline what mutes.
    fn outline(root: Node<'_>, outline: &mut Outline<'_>);

    /// Whether a name that a file uses may be the one that another place of the commit lends:
    /// the last words of both are the same.
    fn means(_: &Use<'_>, _: &Offer<'_>) -> bool {
        true
    }

    /// The frameworks that a file may be written for, likeliest first, where only other files
    /// of the commit tell; `None` where the file itself does.
    fn frameworks(_: &Commit<'_, Facts>, _: &str, _: &Facts) -> Option<Vec<String>> {
        None
    }

    /// The last word on a record: what follows from other files of the commit, such as which
    /// framework a project uses.
    fn settle(_: &Commit<'_, Facts>, _: &Facts, _: &Form, _: &mut Declaration) {}
}

/// A language and its forms.
pub(crate) struct Syntax<G> {
    user: Vec<MarkRule>,
    /// Made for the first file of the language: most repositories have none of it.
    known: OnceLock<Known>,
    grammar: PhantomData<G>,
}

/// What a language looks for.
struct Known {
    forms: Forms,
    needles: AhoCorasick,
    /// What is looked for in the bodies of functions.
    signs: OnceLock<Signs>,
}

impl Known {
    fn new(languages: &[&str], user: &[MarkRule], is_searched: fn(&Form) -> bool) -> Self {
        let forms = Forms::new(languages, user);
        // `.skipIf` is found as such, and not as the beginning of `.skip`.
        let needles = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(literals(&forms, is_searched))
            .expect("forms are few and short");
        Self {
            forms,
            needles,
            signs: OnceLock::new(),
        }
    }

    /// What is left to parse of a source; `None` for all of it.
    fn skeleton(
        &self,
        source: &str,
        lexicon: &Lexicon,
        bodies: &Bodies,
    ) -> Option<Vec<tree_sitter::Range>> {
        let signs = self.signs.get_or_init(|| {
            let words = words(&self.forms);
            let texts = (bodies.texts)();
            let literals = literals(&self.forms, |_| true).into_iter();
            let texts = texts.iter().map(String::as_str);
            Signs::new(words.into_iter(), literals, bodies.stems, texts)
        });
        skeleton::of(source, lexicon, bodies, signs)
    }
}

/// The words of all forms.
fn words(forms: &Forms) -> FxHashSet<&str> {
    forms.all().flat_map(|(_, it)| it.words()).collect()
}

/// The literals of which a file must hold one to hold a form.
fn literals(forms: &Forms, is_searched: fn(&Form) -> bool) -> FxHashSet<&str> {
    let mut literals: FxHashSet<&str> = FxHashSet::default();
    for (_, form) in forms.all().filter(|(_, it)| is_searched(it)) {
        if form.needle.is_empty() {
            literals.extend(form.words());
        } else {
            literals.extend(form.needle.iter().map(String::as_str));
        }
    }
    literals
}

impl<G: Grammar> Syntax<G> {
    /// The language with the forms that ship and a user's marks.
    pub(crate) fn new(user: &[MarkRule]) -> Self {
        Self {
            user: user.to_owned(),
            known: OnceLock::new(),
            grammar: PhantomData,
        }
    }

    fn known(&self) -> &Known {
        self.known
            .get_or_init(|| Known::new(G::LANGUAGES, &self.user, G::is_searched))
    }

    /// Reads a file; thoroughly with the uses of names that others lend, all of them or these.
    fn read_to(&self, bytes: &[u8], manner: Manner, thorough: bool, lent: Option<&Names>) -> Facts {
        if let Some(facts) = G::settings(bytes, manner) {
            return facts;
        }
        let known = self.known();
        let Known { forms, needles, .. } = known;
        let holds = || {
            let mut found = needles.find_iter(bytes);
            found.any(|it| G::is_needle(bytes, it.range()))
        };
        if !thorough && !holds() && !G::may_mute(bytes, manner) {
            return Facts {
                names: names::called(bytes, G::MEMBERS, G::BARE_CALLS),
                ..Facts::default()
            };
        }
        let source = Source::new(bytes);
        if source.is_minified() {
            return Facts {
                minified: true,
                ..Facts::default()
            };
        }
        let lexicon = G::lexicon(manner);
        let grammar = G::grammar(manner);
        let prepared = G::prepared(&source.text, manner);
        let text = prepared.as_deref().unwrap_or(&source.text);
        // Any name may mean something to a thorough reader.
        let bodies = G::bodies(manner).filter(|_| !thorough);
        let pieces = bodies.and_then(|it| known.skeleton(&source.text, lexicon, it));
        let parsed = pieces.map(|it| parse::parse(text, &it, &grammar));
        let parsed = parsed.filter(|it| !it.given_up && !it.tree.root_node().has_error());
        let Parsed { tree, given_up } = parsed.unwrap_or_else(|| parse::parse(text, &[], &grammar));
        let root = tree.root_node();
        let words = words(forms);
        let outline = Outline::new(root, &source, forms, lexicon, manner, thorough, &words);
        let mut outline = outline.lent(lent);
        if !given_up {
            G::outline(root, &mut outline);
        }
        let mut facts = outline.finish(root, G::MEMBERS);
        if given_up {
            facts.error = Some(1);
        }
        if !thorough {
            facts.names = names::called(bytes, G::MEMBERS, G::BARE_CALLS);
        }
        facts
    }
}

impl<G: Grammar> Language for Syntax<G> {
    type Facts = Facts;

    fn rules_digest(&self) -> String {
        let texts: Vec<_> = forms::texts(G::LANGUAGES, &self.user).collect();
        let rules = [RULES_VERSION, G::LANGUAGES[0]];
        let rules = rules.into_iter().chain(texts.iter().map(|it| &**it));
        digest(rules.map(Some))
    }

    fn takes_part(&self, facts: &Facts) -> bool {
        facts.takes_part()
    }

    fn pack(&self, facts: &Facts) -> Option<Vec<u8>> {
        facts.pack()
    }

    fn unpack(&self, bytes: &[u8]) -> Option<Facts> {
        Facts::unpack(bytes)
    }

    fn lends(&self, facts: &Facts, names: &mut Names) {
        names::lent(facts, G::MEMBERS, names);
    }

    fn borrows(&self, facts: &Facts, lent: &Names) -> bool {
        facts.names.iter().any(|it| lent.contains(it))
    }

    fn read_borrowing(&self, source: &[u8], manner: Manner, lent: &Names) -> Facts {
        // A long file uses many names, of which hardly any is lent.
        let mut facts = self.read_to(source, manner, true, Some(lent));
        let used = names::called(source, G::MEMBERS, G::BARE_CALLS).into_vec();
        let others = used.into_iter().filter(|it| !lent.contains(it));
        facts.names = others.collect();
        facts
    }

    fn reads(&self, path: &str) -> Option<Manner> {
        G::manner(path)
    }

    fn read(&self, bytes: &[u8], manner: Manner, thorough: bool) -> Facts {
        self.read_to(bytes, manner, thorough, None)
    }

    fn wanted(&self, commit: &Commit<'_, Facts>) -> Vec<Content> {
        names::wanted(commit, G::MEMBERS)
    }

    fn resolve(&self, commit: &Commit<'_, Facts>) -> Resolved {
        resolve::resolve::<G>(commit, &self.known().forms)
    }

    fn outline(&self, bytes: &[u8], manner: Manner) -> Told {
        if G::settings(bytes, manner).is_some() {
            return Told::List;
        }
        let facts = self.read(bytes, manner, true);
        match facts.error.is_some() || facts.minified {
            true => Told::Words,
            false => Told::Places(resolve::places(&facts.units)),
        }
    }

    fn lexicon(&self, manner: Manner) -> Option<&'static Lexicon> {
        Some(G::lexicon(manner))
    }
}
