//! First pass: the mutes of one file by the rules of its preset.

use memchr::memmem;

use super::entry::{Fields, Place, Source, TESTS};
use super::rules::{Form, Format, Preset};
use super::text::{Comments, Lines, cut, decode};
use super::tree::{Hit, Node, Tree, Value, find};
use super::{csv_tree, json, outline, python, toml_tree, xml, yaml};
use crate::language::RawMute;

/// Largest file that is read, in bytes.
const LARGEST: usize = 16 << 20;

/// Entries that are told one by one when they cannot be understood.
const TOLD: usize = 20;

/// What is kept of a file.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The mutes, without the path.
    pub(super) mutes: Vec<RawMute>,
    pub(super) troubles: Vec<Trouble>,
}

/// What could not be read.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) line: u32,
    pub(super) kind: &'static str,
    pub(super) message: String,
}

/// A file while it is read.
struct Reader<'a> {
    preset: &'a Preset,
    lines: &'a Lines<'a>,
    facts: &'a mut Facts,
    /// Entries that are not understood: their lines, what they are, and what is wanted.
    odd: Vec<(u32, String, String)>,
}

/// Reads a blob.
pub(super) fn read(source: &[u8], preset: &Preset) -> Facts {
    let mut facts = Facts::default();
    if source.len() > LARGEST {
        facts.troubles.push(Trouble {
            line: 0,
            kind: "size",
            message: format!(
                "the file has {} bytes; up to {LARGEST} are read",
                source.len()
            ),
        });
        return facts;
    }
    let needed = |it: &String| memmem::find(source, it.as_bytes()).is_some();
    if !preset.needles.is_empty() && !preset.needles.iter().any(needed) {
        return facts;
    }
    let (text, wrong) = decode(source);
    if let Some(line) = wrong {
        facts.troubles.push(Trouble {
            line,
            kind: "encoding",
            message: "it is not valid UTF-8; such bytes were read as Latin-1".to_owned(),
        });
    }
    let lines = Lines::new(&text);
    let mut reader = Reader {
        preset,
        lines: &lines,
        facts: &mut facts,
        odd: Vec::new(),
    };
    match preset.format {
        Format::Lines => reader.list(),
        Format::Status if !is_literal(&text) => reader.list(),
        Format::Text => {}
        _ => reader.tree(&text),
    }
    reader.search(&text);
    reader.told();
    facts.mutes.sort_by_key(|it| it.declaration.line_start);
    facts
}

impl Reader<'_> {
    /// Lines, each of them an entry.
    fn list(&mut self) {
        let preset = self.preset;
        let mut comments = Comments::default();
        let mut entries: Vec<(u32, u32, Fields, &str)> = Vec::new();
        let mut context = Fields::default();
        let mut head = 0;
        for (line, text) in self.lines.each() {
            let (content, comment) = cut(text.trim_end(), &preset.comment);
            let content = content.trim();
            if let Some(comment) = comment {
                comments.add(line, comment, content.is_empty());
            }
            if content.is_empty() || preset.ignore.iter().any(|it| it.get().is_match(content)) {
                continue;
            }
            let section = preset
                .section
                .iter()
                .find_map(|it| it.get().captures(content));
            if let Some(captures) = section {
                context = Fields::default();
                context.capture(&captures);
                head = line;
                continue;
            }
            entries.push((line, head, context.clone(), content));
        }
        let source = Source {
            preset,
            comments: &comments,
            blanks: Some(self.lines.blanks()),
            partly: false,
        };
        for (line, head, context, content) in entries {
            let declared = preset.form.iter().find_map(|form| {
                let mut fields = context.clone();
                match &form.pattern {
                    _ if form.at.is_some() => return None,
                    Some(pattern) => fields.capture(&pattern.get().captures(content)?),
                    None if form.find.is_some() => return None,
                    None => fields.set("test", content),
                }
                let heads = [(head, head)];
                let place = Place {
                    lines: (line, line),
                    head,
                    around: if head > 0 { &heads } else { &[] },
                };
                source.declare(form, &fields, place)
            });
            match declared {
                Some(mutes) => self.facts.mutes.extend(mutes),
                None => self
                    .odd
                    .push((line, content.to_owned(), wanted(preset.form.first()))),
            }
        }
    }

    /// A structured file.
    fn tree(&mut self, text: &str) {
        let lines = self.lines;
        let mut comments = Comments::default();
        let tree = match self.preset.format {
            Format::Yaml => yaml::read(text, lines),
            Format::Json => json::read(text, lines, &mut comments),
            Format::Toml => toml_tree::read(text, lines),
            Format::Xml => xml::read(text, lines, &mut comments),
            Format::Csv => csv_tree::read(text, lines),
            Format::Python | Format::Status => python::read(text, lines, &mut comments),
            Format::Outline => outline::read(lines, &mut comments),
            Format::Lines | Format::Text => return,
        };
        let Tree {
            roots,
            masked,
            broken,
        } = tree;
        if matches!(self.preset.format, Format::Yaml | Format::Toml) {
            comments = Comments::of_hashes(lines, &masked);
        }
        let partly = broken.is_some();
        let end = broken.as_ref().map_or(u32::MAX, |(line, _)| *line);
        if let Some((line, message)) = broken {
            // What ends too early is said to be wrong behind its end.
            let line = line.min(lines.last());
            self.facts.troubles.push(Trouble {
                line,
                kind: "syntax",
                message,
            });
        }
        let source = Source {
            preset: self.preset,
            comments: &comments,
            blanks: (self.preset.format == Format::Status).then(|| lines.blanks()),
            partly,
        };
        for form in &self.preset.form {
            let Some(at) = &form.at else { continue };
            for hit in roots.iter().flat_map(|it| find(it, at)) {
                self.entry(form, &hit, &source);
            }
        }
        if self.preset.list && !partly {
            self.strange(&roots);
        }
        // What stands where the file is broken is odd for that reason.
        self.odd.retain(|(line, ..)| *line < end);
    }

    /// Tells of a list in which entries stand nowhere.
    fn strange(&mut self, roots: &[Node]) {
        let places = self.preset.form.iter().filter_map(|it| it.at.as_deref());
        let keys = places.clone().filter_map(|it| it.split('/').next());
        let has = |root: &Node, key: &str| !find(root, key).is_empty();
        let is_known = { keys }.any(|it| roots.iter().any(|root| has(root, it)));
        let is_empty = |it: &Node| match &it.value {
            Value::Null => true,
            Value::Text(text) => text.trim().is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Table(entries) => entries.is_empty(),
        };
        if is_known || roots.iter().all(is_empty) {
            return;
        }
        let at = places.into_iter().next().unwrap_or_default();
        self.facts.troubles.push(Trouble {
            line: 1,
            kind: "syntax",
            message: format!("a list without entries: they are looked for at `{at}`"),
        });
    }

    fn entry(&mut self, form: &Form, hit: &Hit<'_>, source: &Source<'_>) {
        let has = |(place, pattern): (&String, &super::rules::Pattern)| {
            texts(hit, place, None)
                .iter()
                .any(|it| pattern.get().is_match(it))
        };
        if !form.when.iter().all(has) || form.unless.iter().any(has) {
            return;
        }
        if let Some(mentions) = &form.mentions {
            let whole = hit.around.last().copied().unwrap_or(hit.node);
            if !mentions.get().is_match(self.lines.range(whole.lines)) {
                return;
            }
        }
        let lacks = |it: &&String| texts(hit, it, None).is_empty();
        if let Some(lacking) = form.needs.iter().find(lacks) {
            let line = hit.node.lines.0;
            let text = self.lines.range((line, line)).trim();
            let wanted = format!("it has no `{lacking}`");
            self.odd.push((line, text.to_owned(), wanted));
            return;
        }
        let targets = match &form.each {
            Some(each) => find(hit.node, each),
            None => vec![hit.clone()],
        };
        for target in targets {
            let mut fields = Fields::default();
            let own = form.each.is_some().then_some(&target);
            for (field, places) in [
                ("container", &form.container),
                ("test", &form.test),
                ("param", &form.param),
                ("kind", &form.kind_from),
                ("reason", &form.reason),
                ("since", &form.since),
                ("until", &form.until),
                ("owner", &form.owner),
                ("strict", &form.strict_from),
                ("join", &form.join_from),
            ] {
                let first = places.iter().map(|it| texts(hit, it, own));
                fields.add(
                    field,
                    first
                        .into_iter()
                        .find(|it| !it.is_empty())
                        .unwrap_or_default(),
                );
            }
            for (field, places) in [("condition", &form.condition), ("ticket", &form.ticket)] {
                for place in places {
                    match place.strip_suffix('|') {
                        Some(place) => fields.add(field, [texts(hit, place, own).join(" or ")]),
                        None => fields.add(field, texts(hit, place, own)),
                    }
                }
            }
            let mut around: Vec<(u32, u32)> = hit.around.iter().rev().map(|it| it.lines).collect();
            // What holds all entries is not about one of them.
            around.pop();
            if own.is_some() {
                around.insert(0, hit.node.lines);
            }
            let lines = target.node.lines;
            let starts = around.iter().map(|(start, _)| *start);
            let place = Place {
                lines,
                head: starts.filter(|it| *it < lines.0).max().unwrap_or(0),
                around: &around,
            };
            let places = match form.target.as_slice() {
                [] => &[".".to_owned()],
                some => some,
            };
            let text = places.iter().map(|it| texts(hit, it, own));
            let text = text
                .into_iter()
                .find(|it| !it.is_empty())
                .map(|it| it.join(" "));
            match (&form.pattern, text) {
                (Some(pattern), Some(text)) => match pattern.get().captures(&text) {
                    Some(captures) => fields.capture(&captures),
                    None => {
                        self.odd.push((place.lines.0, text, wanted(Some(form))));
                        continue;
                    }
                },
                (None, Some(text)) if fields.first("test").is_none() && form.test.is_empty() => {
                    fields.add("test", [text]);
                }
                _ => {}
            }
            match source.declare(form, &fields, place) {
                Some(mutes) => self.facts.mutes.extend(mutes),
                None => {
                    let line = self.lines.range((place.lines.0, place.lines.0));
                    let line = line.trim().to_owned();
                    self.odd.push((place.lines.0, line, wanted(Some(form))));
                }
            }
        }
    }

    /// Commands and calls anywhere in the text.
    fn search(&mut self, text: &str) {
        let forms = self.preset.form.iter();
        let forms: Vec<_> = forms
            .filter_map(|it| Some((it, it.find.as_ref()?)))
            .collect();
        if forms.is_empty() {
            return;
        }
        let mut comments = Comments::default();
        let mut code = String::with_capacity(text.len());
        for (line, text) in (1..).zip(text.split_inclusive('\n')) {
            let (content, comment) = cut(text, &self.preset.comment);
            // What names the interpreter says nothing to people.
            let comment = comment.filter(|_| line > 1 || !text.starts_with("#!"));
            if let Some(comment) = comment {
                comments.add(line, comment, content.trim().is_empty());
            }
            code.push_str(content);
            // Lines stay what they are.
            if text.ends_with('\n') && !content.ends_with('\n') {
                code.push('\n');
            }
        }
        let lines = Lines::new(&code);
        let source = Source {
            preset: self.preset,
            comments: &comments,
            blanks: None,
            partly: false,
        };
        for (form, pattern) in forms {
            let places: Vec<_> = match &form.within {
                Some(within) => within.get().find_iter(&code).map(|it| it.range()).collect(),
                None => std::iter::once(0..code.len()).collect(),
            };
            for within in places {
                for captures in pattern.get().captures_iter(&code[within.clone()]) {
                    let mut fields = Fields::default();
                    fields.capture(&captures);
                    let whole = captures.get_match();
                    let from = TESTS.iter().chain(&["container", "condition"]);
                    let from = from.filter_map(|it| captures.name(it)).next();
                    let from = from.unwrap_or(whole);
                    let (start, end) = (within.start + from.start(), within.start + from.end());
                    let place = Place {
                        lines: (lines.line(start), lines.line(end.max(start + 1) - 1)),
                        head: 0,
                        around: &[],
                    };
                    self.facts
                        .mutes
                        .extend(source.declare(form, &fields, place).unwrap_or_default());
                }
            }
        }
    }

    /// Tells the entries that are not understood.
    fn told(&mut self) {
        self.odd.sort();
        self.odd.dedup();
        let more = self.odd.len().saturating_sub(TOLD);
        for (n, (line, text, wanted)) in self.odd.drain(..).take(TOLD).enumerate() {
            let short: String = text.chars().take(80).collect();
            let rest = match (n + 1 == TOLD, more) {
                (true, more) if more > 0 => format!("; {more} more entries are likewise"),
                _ => String::new(),
            };
            self.facts.troubles.push(Trouble {
                line,
                kind: "syntax",
                message: format!("an entry is not understood: `{short}`: {wanted}{rest}"),
            });
        }
    }
}

/// What an entry would look like.
fn wanted(form: Option<&Form>) -> String {
    let example = form.map_or("", |it| it.example.trim());
    let example = example.split_whitespace().collect::<Vec<_>>().join(" ");
    match example.is_empty() {
        true => "it does not fit the pattern".to_owned(),
        false => {
            let short: String = example.chars().take(120).collect();
            format!("one would be `{short}`")
        }
    }
}

/// Whether a text is a literal of Python: a list that begins on a line of its own.
fn is_literal(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.find(|it| !it.is_empty() && !it.starts_with('#')) == Some("[")
}

/// The texts of a place: `$1` is what stood for the first `*`, `=text` is that text, `.` the
/// target or entry itself, `#` the same without lists in it, `../` goes up, anything else is a place in the entry.
fn texts(hit: &Hit<'_>, place: &str, target: Option<&Hit<'_>>) -> Vec<String> {
    if let Some(number) = place.strip_prefix('$') {
        let at: usize = number.parse().unwrap_or(1);
        return hit
            .names
            .get(at.saturating_sub(1))
            .cloned()
            .into_iter()
            .collect();
    }
    if let Some(text) = place.strip_prefix('=') {
        return vec![text.to_owned()];
    }
    if place == "#" {
        return match &hit.node.value {
            Value::List(items) => items
                .iter()
                .filter_map(|it| match &it.value {
                    Value::Text(text) => Some(text.clone()),
                    _ => None,
                })
                .collect(),
            _ => hit.node.texts(),
        };
    }
    if place == "." {
        return target.unwrap_or(hit).node.texts();
    }
    let (mut node, mut place, mut up) = (hit.node, place, hit.around.as_slice());
    while let Some(rest) = place.strip_prefix("../") {
        let Some((&outer, more)) = up.split_last() else {
            return Vec::new();
        };
        (node, place, up) = (outer, rest, more);
    }
    find(node, place)
        .iter()
        .flat_map(|it| it.node.texts())
        .collect()
}
