//! Second pass: follows names to the file that lends them, and makes records.

use std::collections::BTreeMap;
use std::sync::Arc;

use qaduct_records::{Confidence, Declaration, FileProblem, Kind, Scope, TicketSource};
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Arg, ArgValue, Facts, Lent, Role, Seen, Sighting, Unit, UnitId};
use super::forms::{Form, Forms, Usage, last_word};
use super::guard::negated;
use super::{Grammar, lent, parameters};
use crate::conditions::{all_of, truth};
use crate::language::{Commit, RawMute, Resolved};

/// Why a helper is no mute itself, where its users are known.
const USED: &str = "it mutes whoever uses it, and those are listed";

/// Why an annotation that nobody bears is no mute.
const UNUSED: &str = "it mutes whoever bears it, and nothing here does";

/// A name that a file uses.
pub(crate) struct Use<'a> {
    /// The file.
    pub(crate) path: &'a str,
    /// What is known of it.
    pub(crate) facts: &'a Facts,
    /// Where the name stands.
    pub(crate) sighting: &'a Sighting,
    /// The name with what stands before it.
    pub(crate) name: &'a str,
}

/// A name that a file lends.
pub(crate) struct Offer<'a> {
    /// The file.
    pub(crate) path: &'a str,
    /// What is known of it.
    pub(crate) facts: &'a Facts,
    /// The name and what it does.
    pub(crate) lent: &'a Lent,
}

/// A file of the commit.
struct File<'a> {
    path: &'a str,
    facts: Arc<Facts>,
    language: &'static str,
}

/// The mutes of a commit.
pub(super) fn resolve<G: Grammar>(commit: &Commit<'_, Facts>, forms: &Forms) -> Resolved {
    let files: Vec<File<'_>> = commit
        .files
        .iter()
        .filter_map(|(path, content)| {
            Some(File {
                path,
                facts: (commit.facts)(content)?,
                language: G::language(G::manner(path)?),
            })
        })
        .collect();
    let lenders = Lenders::of(&files);
    let mut resolved = Resolved::default();
    let mut used: FxHashSet<(usize, UnitId, &str)> = FxHashSet::default();
    for (number, file) in files.iter().enumerate() {
        resolved.test_files += u64::from(G::is_test_file(file.path));
        let facts = &file.facts;
        resolved.marks_lexed += u64::from(facts.lexed);
        resolved.marks_parsed += u64::from(facts.parsed);
        resolved.excluded += u64::from(facts.minified);
        if facts.minified {
            resolved.problems.push(FileProblem {
                repository: String::new(),
                branch: String::new(),
                path: file.path.to_owned(),
                line: 0,
                problem: "size".to_owned(),
                unread: true,
                message: "a machine packed it into long lines, which are not read".to_owned(),
            });
        }
        resolved.partly_parsed += u64::from(facts.error.is_some());
        if let Some(line) = facts.error.filter(|_| facts.parsed < facts.lexed) {
            resolved.problems.push(FileProblem {
                repository: String::new(),
                branch: String::new(),
                path: file.path.to_owned(),
                line: i64::from(line),
                problem: "syntax".to_owned(),
                unread: false,
                message: format!(
                    "the parser did not understand what is around {} of {} words that may mute; what could be told of them is listed as a guess",
                    facts.lexed - facts.parsed,
                    facts.lexed
                ),
            });
        }
        let frameworks = match facts.sightings.is_empty() {
            true => None,
            false => G::frameworks(commit, file.path, facts),
        };
        let mut mutes = Vec::with_capacity(facts.sightings.len());
        for sighting in &facts.sightings {
            let mut find = |usage, name| {
                let (lender, at) =
                    lenders.find::<G>(&files, number, sighting, usage, name, forms)?;
                let lent = &files[lender].facts.lent[at];
                let Seen::Form(form) = lent.sighting.seen else {
                    return None;
                };
                used.insert((lender, lent.sighting.unit, &lent.name));
                let facts = &files[lender].facts;
                Some((form, Borrowed { facts, lent }))
            };
            let (form, lent) = match &sighting.seen {
                Seen::Form(form) => (*form, None),
                Seen::Name(usage, name) => match find(*usage, name) {
                    Some((form, lent)) => (form, Some(lent)),
                    None => continue,
                },
                Seen::Guess(usage, name, guess) => match find(*usage, name) {
                    // The guess may know which of its arguments says why.
                    Some((form, lent))
                        if forms.form(*guess).reason.is_empty()
                            || forms.form(form).kind != forms.form(*guess).kind =>
                    {
                        (form, Some(lent))
                    }
                    _ => (*guess, None),
                },
            };
            let form = match &frameworks {
                Some(frameworks) => forms.among(form, frameworks),
                None => Some(form),
            };
            mutes.extend(form.map(|it| (sighting, forms.form(it), lent)));
        }
        let muted = mutes.iter().map(|(it, ..)| it.unit);
        let names = Names::of(&facts.units, &muted.collect());
        for (sighting, form, lent) in mutes {
            let mut mute = declare(file, &names, sighting, form, lent);
            if let (Seen::Guess(_, name, _), None) = (&sighting.seen, lent) {
                let declaration = &mut mute.declaration;
                declaration.confidence = Confidence::Heuristic;
                declaration.alias = (form.word() != &**name).then(|| name.to_string());
            }
            G::settle(commit, facts, form, &mut mute.declaration);
            resolved.mutes.push(mute);
        }
    }
    // A helper stands in the list too, so that nobody wonders where it is.
    for (number, file) in files.iter().enumerate() {
        let names = Names::of(&file.facts.units, &FxHashSet::default());
        for lent in &file.facts.lent {
            let Seen::Form(form) = lent.sighting.seen else {
                continue;
            };
            let form = forms.form(form);
            let mut mute = declare(file, &names, &lent.sighting, form, None);
            let declaration = &mut mute.declaration;
            declaration.test = lent.name.to_string();
            declaration.scope = Scope::Hook;
            declaration.dynamic = true;
            declaration.confidence = Confidence::Heuristic;
            let unit = &file.facts.units[lent.sighting.unit.0 as usize];
            let why = match unit.role {
                _ if used.contains(&(number, lent.sighting.unit, &lent.name)) => Some(USED),
                Role::Annotation => Some(UNUSED),
                _ => None,
            };
            declaration.effective = why.is_none();
            declaration.ineffective_because = why.map(str::to_owned);
            G::settle(commit, &file.facts, form, declaration);
            resolved.mutes.push(mute);
        }
    }
    resolved.mutes.sort_by(|a, b| {
        let (a, b) = (&a.declaration, &b.declaration);
        (&a.path, a.line_start, &a.test).cmp(&(&b.path, b.line_start, &b.test))
    });
    resolved
}

/// A name that is lent, and what is known of the file that lends it.
#[derive(Clone, Copy)]
struct Borrowed<'a> {
    facts: &'a Facts,
    lent: &'a Lent,
}

impl Borrowed<'_> {
    /// Whether the language tells what the helper takes, with types and defaults.
    fn declares(self) -> bool {
        self.facts.units[self.lent.sighting.unit.index()]
            .params
            .is_some()
    }

    /// The condition of the helper, as it is in a call with these arguments.
    fn condition(self, form: &Form, args: &[Arg]) -> Option<String> {
        let condition = parameters::condition(self.lent, form)?;
        let bound = parameters::bound(self.facts, self.lent, form, args);
        let condition = bound.map_or_else(|| condition.clone(), |it| it.put_in(&condition));
        (truth(&condition) != Some(true)).then_some(condition)
    }
}

/// Who lends which name.
struct Lenders<'a>(FxHashMap<(bool, &'a str), Vec<(usize, usize)>>);

impl<'a> Lenders<'a> {
    fn of(files: &'a [File<'_>]) -> Self {
        let mut lenders: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (number, file) in files.iter().enumerate() {
            for (at, lent) in file.facts.lent.iter().enumerate() {
                let name = (is_annotation(&file.facts, lent), &*lent.name);
                lenders.entry(name).or_default().push((number, at));
            }
        }
        Self(lenders)
    }

    /// The one that a file means by a name: its own, that of its folder, or any.
    fn find<G: Grammar>(
        &self,
        files: &[File<'_>],
        file: usize,
        sighting: &Sighting,
        usage: Usage,
        name: &str,
        forms: &Forms,
    ) -> Option<(usize, usize)> {
        let known = self.0.get(&(usage == Usage::Annotation, last_word(name)))?;
        let user = Use {
            path: files[file].path,
            facts: &files[file].facts,
            sighting,
            name,
        };
        let fits = |it: &&(usize, usize)| {
            let lender = &files[it.0];
            let offer = Offer {
                path: lender.path,
                facts: &lender.facts,
                lent: &lender.facts.lent[it.1],
            };
            let Seen::Form(form) = offer.lent.sighting.seen else {
                return false;
            };
            let can = || {
                parameters::bound(&lender.facts, offer.lent, forms.form(form), &sighting.args)
                    .is_some()
            };
            // What calls itself by a name means that of its base.
            let is_itself = it.0 == file && sighting.unit == offer.lent.sighting.unit;
            !is_itself && G::means(&user, &offer) && can()
        };
        let near = |it: &&(usize, usize)| folder(files[it.0].path) == folder(files[file].path);
        let own = known.iter().filter(|it| it.0 == file).find(fits);
        own.or_else(|| known.iter().filter(near).find(fits))
            .or_else(|| known.iter().find(fits))
            .copied()
    }
}

fn is_annotation(facts: &Facts, lent: &Lent) -> bool {
    let unit = &facts.units[lent.sighting.unit.0 as usize];
    unit.role == Role::Annotation
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The names of units; the second of the same name gets its number.
///
/// Counted are muted tests only, so that a mute keeps its name whatever tests that run are
/// added above it.
struct Names {
    /// Of each unit: the names of what it stands in, and its own.
    of: Vec<(String, String)>,
}

impl Names {
    fn of(units: &[Unit], muted: &FxHashSet<UnitId>) -> Self {
        let mut names: Vec<(String, String)> = Vec::with_capacity(units.len());
        let mut seen: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (id, unit) in (0..).map(UnitId).zip(units) {
            let container = match names.get(unit.parent.0 as usize) {
                Some((container, name)) => [container.as_str(), name.as_str()]
                    .into_iter()
                    .filter(|it| !it.is_empty())
                    .collect::<Vec<_>>()
                    .join("::"),
                None => String::new(),
            };
            let mut name = match unit.role {
                Role::Setup => String::new(),
                _ => unit.name.to_string(),
            };
            if unit.role == Role::Test && muted.contains(&id) {
                let times = seen.entry((container.clone(), name.clone())).or_default();
                *times += 1;
                if *times > 1 {
                    name = format!("{name} #{times}");
                }
            }
            names.push((container, name));
        }
        Self { of: names }
    }

    /// What a unit stands in and its name; of a suite only the first, with itself.
    fn place(&self, unit: UnitId, role: Role) -> (String, String) {
        let (outer, own) = &self.of[unit.index()];
        match role {
            Role::File => (String::new(), String::new()),
            Role::Suite if outer.is_empty() => (own.clone(), String::new()),
            Role::Suite => (format!("{outer}::{own}"), String::new()),
            _ => (outer.clone(), own.clone()),
        }
    }
}

/// The places of all units of a file, whichever of them are muted.
pub(super) fn places(units: &[Unit]) -> FxHashSet<(String, String)> {
    let any = (0..).map(UnitId).take(units.len()).collect();
    let names = Names::of(units, &any);
    let units = (0..).map(UnitId).zip(units);
    units.map(|(id, it)| names.place(id, it.role)).collect()
}

/// The record of a sighting.
fn declare(
    file: &File<'_>,
    names: &Names,
    sighting: &Sighting,
    form: &Form,
    borrowed: Option<Borrowed<'_>>,
) -> RawMute {
    let lent = borrowed.map(|it| it.lent);
    let unit = &file.facts.units[sighting.unit.0 as usize];
    let scope = sighting.scope.or(form.scope).unwrap_or_else(|| {
        match (unit.role, sighting.param.is_some()) {
            (_, true) => Scope::ParamCase,
            (Role::File, _) => Scope::Module,
            (Role::Setup, _) if unit.parent == UnitId::FILE => Scope::Module,
            (Role::Suite | Role::Setup, _) => Scope::Class,
            (Role::Test, _) => Scope::Test,
            (Role::Function | Role::Annotation, _) => Scope::Hook,
        }
    });
    let (container, test) = names.place(sighting.unit, unit.role);
    let its = |wanted: &[String]| argument(&sighting.args, wanted);
    let reason = match lent {
        None => its(&form.reason),
        Some(lent) => lent::reason(&sighting.args, lent, form),
    };
    // What the arguments of a helper are for, it alone knows.
    let is_known = |it: Borrowed<'_>| it.declares() || it.lent.takes.is_some();
    let own: &[Arg] = match borrowed {
        Some(it) if is_known(it) => &[],
        _ => &sighting.args,
    };
    let (of_guard, of_args) = match borrowed {
        None => (None, None),
        Some(it) if it.declares() => (None, it.condition(form, &sighting.args)),
        Some(Borrowed { lent, .. }) => {
            let of_args = [
                lent::conditions(&sighting.args, lent, &form.condition),
                lent::conditions(&sighting.args, lent, &form.unless).map(|it| negated(&it)),
            ];
            let of_args: Vec<String> = of_args.into_iter().flatten().collect();
            let of_args = (!of_args.is_empty()).then(|| all_of(&of_args));
            (lent::guard(&sighting.args, lent), of_args)
        }
    };
    let condition = [
        sighting.guard.as_deref().map(str::to_owned),
        of_guard,
        conditions(own, &form.condition),
        conditions(own, &form.unless).map(|it| negated(&it)),
        of_args,
    ];
    let condition: Vec<String> = condition.into_iter().flatten().collect();
    let condition = (!condition.is_empty()).then(|| all_of(&condition));
    let kind = match form.kind {
        Kind::Skip if condition.is_some() => Kind::CondSkip,
        kind => kind,
    };
    let is_xfail = matches!(kind, Kind::Xfail | Kind::XfailStrict);
    let confidence = match (lent, sighting.heuristic) {
        (_, true) => Confidence::Heuristic,
        (Some(_), _) => Confidence::ResolvedAlias,
        (None, _) => Confidence::Exact,
    };
    let alias = match lent {
        Some(lent) => Some(lent.name.to_string()),
        None => sighting.alias.as_deref().map(str::to_owned),
    };

    let mut texts: Vec<(TicketSource, String)> = Vec::new();
    for name in &form.ticket {
        let of = sighting.args.iter().enumerate();
        let its = of.filter(|(at, arg)| is_named(arg, *at, name));
        texts.extend(its.map(|(_, it)| (TicketSource::Argument, it.value.as_str().to_owned())));
    }
    let more = [
        (TicketSource::Reason, reason.as_deref()),
        // Without the number that it has among tests of its name.
        (
            TicketSource::Name,
            (unit.role != Role::Setup).then_some(&*unit.name),
        ),
        (
            above_is(file.language, &sighting.above),
            Some(&*sighting.above),
        ),
        (TicketSource::CommentTrailing, Some(&*sighting.trailing)),
    ];
    let more = more.into_iter().filter_map(|(source, text)| {
        let text = text.filter(|it| !it.is_empty())?;
        Some((source, text.to_owned()))
    });
    texts.extend(more);

    let declaration = Declaration {
        param: sighting.param.as_deref().map(str::to_owned),
        line_start: i64::from(sighting.lines.0),
        line_end: i64::from(sighting.lines.1),
        language: file.language.to_owned(),
        framework: form.framework.clone(),
        form: form.id().into_owned(),
        alias,
        kind,
        scope,
        condition,
        runs: form.runs.unwrap_or_else(|| kind.runs()),
        strict: is_xfail.then(|| form.strict.unwrap_or(kind == Kind::XfailStrict)),
        strict_source: is_xfail.then(|| "default".to_owned()),
        reason,
        since_text: its(&form.since),
        until_text: its(&form.until),
        owner_declared: its(&form.owner),
        dynamic: unit.dynamic,
        effective: sighting.ineffective.is_none(),
        ineffective_because: sighting.ineffective.as_deref().map(str::to_owned),
        confidence,
        partly_parsed: file.facts.error.is_some(),
        container,
        ..Declaration::skip("", file.path, &test)
    };
    RawMute {
        declaration,
        texts,
        options: options(&sighting.args, form),
    }
}

/// What a comment above is: one for readers of the documentation tells of the test. That of
/// PHP holds the mute itself.
fn above_is(language: &str, comment: &str) -> TicketSource {
    let is_documentation = comment.starts_with("/**") || comment.starts_with("///");
    match is_documentation && language != "php" {
        true => TicketSource::Docstring,
        false => TicketSource::CommentAbove,
    }
}

/// The arguments of which a form knows nothing, in order of their names; those without a name
/// may be the body of the test.
fn options(args: &[Arg], form: &Form) -> String {
    let known = [
        &form.reason,
        &form.ticket,
        &form.since,
        &form.until,
        &form.owner,
        &form.condition,
        &form.unless,
    ];
    let is_known = |name: &str| known.iter().any(|it| it.iter().any(|it| it == name));
    let named = args
        .iter()
        .filter(|it| !it.name.is_empty() && !is_known(&it.name));
    let mut written: Vec<String> = named
        .map(|it| format!("{}={}", it.name, it.value.as_str()))
        .collect();
    written.sort();
    written.join(", ")
}

/// Whether an argument is the one of that name or position.
pub(super) fn is_named(arg: &Arg, at: usize, name: &str) -> bool {
    if arg.name.is_empty() {
        name == "*" || name.parse() == Ok(at)
    } else {
        name == &*arg.name
    }
}

/// The first of the wanted arguments that is there.
pub(super) fn argument(args: &[Arg], wanted: &[String]) -> Option<String> {
    let its = wanted.iter().find_map(|name| {
        let mut its = args.iter().enumerate();
        its.find(|(at, arg)| is_named(arg, *at, name))
    });
    let text = its?.1.value.as_str();
    (!text.is_empty()).then(|| text.to_owned())
}

/// All of the wanted arguments that are there, with their names, as one condition.
pub(super) fn conditions(args: &[Arg], wanted: &[String]) -> Option<String> {
    let is_wanted = |(at, arg): &(usize, &Arg)| wanted.iter().any(|it| is_named(arg, *at, it));
    let its = args.iter().enumerate().filter(is_wanted).map(|(_, arg)| {
        let value = arg.value.as_str();
        match (&*arg.name, &arg.value) {
            ("" | "value" | "condition", _) => value.to_owned(),
            (name, ArgValue::Text(_)) => format!("{name} = \"{value}\""),
            (name, ArgValue::Code(_)) => format!("{name} = {value}"),
        }
    });
    let its: Vec<String> = its.collect();
    (!its.is_empty()).then(|| its.join(", "))
}
