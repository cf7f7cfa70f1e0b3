//! Turns what was seen into the record of a mute: kind, condition, strictness,
//! reason and the texts that may name a ticket.

use qaduct_records::{Confidence, Declaration, Kind, Scope, TicketSource};

use super::facts::{Arg, Binds, Guard, Mark, Sighting, Site, Value};
use crate::language::RawMute;
use crate::marks::{Form, MarkRule, Usage};

/// What the place of a mute makes of it.
pub(super) struct Verdict {
    pub(super) scope: Scope,
    /// Why it mutes nothing.
    pub(super) ineffective: Option<String>,
    pub(super) dynamic: bool,
    /// Whether it is there by its name alone.
    pub(super) heuristic: bool,
}

/// What a mute does, before its place is known.
pub(super) struct Effect {
    pub(super) form: String,
    pub(super) framework: String,
    pub(super) kind: Kind,
    pub(super) runs: bool,
    pub(super) strict: Option<bool>,
    pub(super) strict_source: Option<&'static str>,
    pub(super) condition: Option<Guard>,
    pub(super) reason: Option<String>,
    pub(super) tickets: Vec<String>,
    pub(super) since: Option<String>,
    pub(super) until: Option<String>,
    /// Arguments of which the rule knows nothing, as written.
    pub(super) options: String,
}

impl Effect {
    /// An effect that no rule has a say in.
    pub(super) fn plain(form: String, framework: &str, kind: Kind) -> Self {
        Self {
            form,
            framework: framework.to_owned(),
            kind,
            runs: kind.runs(),
            strict: None,
            strict_source: None,
            condition: None,
            reason: None,
            tickets: Vec::new(),
            since: None,
            until: None,
            options: String::new(),
        }
    }

    /// What the rule of a form makes of the arguments.
    pub(super) fn of(
        form: &Form,
        mark: &Mark,
        guard: Option<&Guard>,
        strict: Option<bool>,
    ) -> Self {
        let rule = &form.rule;
        let args = &mark.args;
        let mut effect = Self::plain(form.name.clone(), &form.framework, rule.kind);
        effect.reason = texts(args, &rule.reason).into_iter().next();
        effect.tickets = texts(args, &rule.ticket);
        effect.since = texts(args, &rule.since).into_iter().next();
        effect.until = texts(args, &rule.until).into_iter().next();
        effect.options = options(args, rule);
        let own = any(args, &rule.condition)
            .or_else(|| any(args, &rule.unless).map(|unless| unless.negate()))
            .or_else(|| missing_module(form, args));
        let around = Guard::and(guard.cloned(), mark.guard.clone());
        effect.condition = Guard::and(around, own);
        let conditional = effect
            .condition
            .as_ref()
            .is_some_and(|guard| guard.always != Some(true));
        let knows = !(rule.condition.is_empty() && rule.unless.is_empty());
        effect.kind = match rule.kind {
            Kind::Skip if conditional => Kind::CondSkip,
            // Where the rule knows of conditions, and there is none.
            Kind::CondSkip if !conditional && knows => Kind::Skip,
            Kind::Xfail | Kind::XfailStrict if is(args, "run", Value::False) => Kind::XfailNorun,
            kind => kind,
        };
        if matches!(effect.kind, Kind::Xfail | Kind::XfailStrict) {
            effect.strictness(args, rule.strict, strict, form.usage);
        }
        effect.runs = rule.runs.unwrap_or_else(|| effect.kind.runs());
        effect
    }

    fn strictness(
        &mut self,
        args: &[Arg],
        rule: Option<bool>,
        settings: Option<bool>,
        usage: Usage,
    ) {
        let own =
            named(args, "strict").filter(|arg| arg.value != Value::None && usage == Usage::Mark);
        (self.strict, self.strict_source) = match (own.map(|arg| arg.value), rule, settings) {
            (Some(Value::True), ..) => (Some(true), Some("mark")),
            (Some(Value::False), ..) => (Some(false), Some("mark")),
            // The mark decides, and only a run knows how.
            (Some(_), ..) => (None, Some("mark")),
            (None, Some(rule), _) => (Some(rule), Some("default")),
            (None, None, Some(settings)) => (Some(settings), Some("config")),
            (None, None, None) => (Some(false), Some("default")),
        };
        self.kind = if self.strict == Some(true) {
            Kind::XfailStrict
        } else {
            Kind::Xfail
        };
    }

    /// The record of a mute in a file.
    pub(super) fn declare(
        self,
        path: &str,
        sighting: &Sighting,
        mark: &Mark,
        verdict: Verdict,
        partly_parsed: bool,
    ) -> RawMute {
        let owner = &sighting.owner;
        let (container, test) = match verdict.scope {
            Scope::Module | Scope::Dir | Scope::Global => ("", ""),
            Scope::Class => (&*owner.container, ""),
            _ => (&*owner.container, &*owner.name),
        };
        let param = match &sighting.site {
            Site::Param(id) => id.as_deref(),
            Site::Excluded(_, pattern) => Some(&**pattern),
            _ => None,
        };
        let ineffective = verdict.ineffective.or_else(|| {
            let never = self
                .condition
                .as_ref()
                .is_some_and(|guard| guard.always == Some(false));
            never.then(|| "its condition is never true".to_owned())
        });
        let mut texts: Vec<(TicketSource, String)> = Vec::new();
        texts.extend(
            self.tickets
                .iter()
                .map(|text| (TicketSource::Argument, text.clone())),
        );
        texts.extend(
            self.reason
                .iter()
                .map(|text| (TicketSource::Reason, text.clone())),
        );
        let name = if test.is_empty() {
            container.rsplit("::").next().unwrap_or("")
        } else {
            test
        };
        if !name.is_empty() {
            texts.push((TicketSource::Name, name.to_owned()));
        }
        if let Site::Param(Some(id)) = &sighting.site {
            texts.push((TicketSource::Name, id.to_string()));
        }
        let comments = &sighting.comments;
        for (source, text) in [
            (TicketSource::CommentAbove, &comments.above),
            (TicketSource::CommentTrailing, &comments.trailing),
            (TicketSource::Docstring, &comments.docstring),
        ] {
            texts.extend(text.iter().map(|text| (source, text.to_string())));
        }
        let confidence = if verdict.heuristic || mark.guessed {
            Confidence::Heuristic
        } else if mark.followed || sighting.alias.is_some() {
            Confidence::ResolvedAlias
        } else {
            Confidence::Exact
        };
        RawMute {
            declaration: Declaration {
                declaration_id: String::new(),
                repository: String::new(),
                path: path.to_owned(),
                container: container.to_owned(),
                test: test.to_owned(),
                param: param.map(str::to_owned),
                test_id: String::new(),
                line_start: i64::from(sighting.lines.0),
                line_end: i64::from(sighting.lines.1),
                language: "python".to_owned(),
                framework: self.framework,
                form: self.form,
                alias: sighting.alias.as_deref().map(str::to_owned),
                kind: self.kind,
                scope: verdict.scope,
                condition: self.condition.map(|guard| guard.text.into()),
                condition_os: None,
                condition_arch: None,
                condition_version: None,
                condition_env: None,
                condition_feature: None,
                intent: None,
                runs: self.runs,
                strict: self.strict,
                strict_source: self.strict_source.map(str::to_owned),
                reason: self.reason,
                ticket: None,
                tickets: None,
                since_declared: None,
                since_text: self.since,
                until_declared: None,
                until_text: self.until,
                owner_declared: None,
                dynamic: verdict.dynamic || sighting.dynamic,
                effective: ineffective.is_none(),
                ineffective_because: ineffective,
                confidence,
                partly_parsed,
            },
            texts,
            options: self.options,
        }
    }
}

fn named<'a>(args: &'a [Arg], name: &str) -> Option<&'a Arg> {
    // The later one counts where an alias was called with more arguments.
    args.iter()
        .rev()
        .find(|arg| arg.name.as_deref() == Some(name))
}

/// The arguments of which a rule knows nothing, in order of their names.
fn options(args: &[Arg], rule: &MarkRule) -> String {
    let known = [
        &rule.reason,
        &rule.ticket,
        &rule.since,
        &rule.until,
        &rule.condition,
        &rule.unless,
    ];
    let is_known = |name: &str| {
        let mut known = known.iter().flat_map(|it| it.iter());
        matches!(name, "strict" | "run") || known.any(|it| it == name)
    };
    let mut position = 0;
    let written = args.iter().filter_map(|arg| {
        let Some(name) = arg.name.as_deref() else {
            let at = position.to_string();
            position += 1;
            return (!is_known(&at) && !is_known("*")).then(|| format!("{at}: {}", arg.source));
        };
        (!is_known(name)).then(|| format!("{name}={}", arg.source))
    });
    let mut written: Vec<String> = written.collect();
    written.sort();
    written.join(", ")
}

fn is(args: &[Arg], name: &str, value: Value) -> bool {
    named(args, name).is_some_and(|arg| arg.value == value)
}

/// The arguments that a rule names: those of the first name that is there.
fn pick<'a>(args: &'a [Arg], names: &[String]) -> Vec<&'a Arg> {
    for name in names {
        let mut positional = args.iter().filter(|arg| arg.name.is_none());
        let found: Vec<&Arg> = match name.parse::<usize>() {
            Ok(position) => positional.nth(position).into_iter().collect(),
            Err(_) if name == "*" => positional.collect(),
            Err(_) => named(args, name).into_iter().collect(),
        };
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn texts(args: &[Arg], names: &[String]) -> Vec<String> {
    pick(args, names)
        .into_iter()
        .filter(|arg| arg.value != Value::None)
        .map(|arg| arg.text.render(&|_| None))
        .filter(|text| !text.is_empty())
        .collect()
}

/// The conditions of a mark: any of them is enough.
fn any(args: &[Arg], names: &[String]) -> Option<Guard> {
    let mut guards = pick(args, names).into_iter().map(condition);
    let first = guards.next()?;
    Some(guards.fold(first, |one, two| Guard::or(one, &two)))
}

/// An argument as a condition. A text is evaluated by pytest.
fn condition(arg: &Arg) -> Guard {
    let (text, always) = match arg.value {
        Value::Text => {
            let text = arg.text.render(&|_| None);
            let always = match text.trim() {
                "True" | "1" => Some(true),
                "False" | "0" => Some(false),
                _ => None,
            };
            return Guard {
                text: text.into(),
                binds: Binds::Loose,
                always,
            };
        }
        Value::True => (&arg.source, Some(true)),
        Value::False | Value::None => (&arg.source, Some(false)),
        Value::Other => {
            let always = match &*arg.source {
                "1" => Some(true),
                "0" => Some(false),
                _ => None,
            };
            (&arg.source, always)
        }
    };
    Guard {
        text: text.clone(),
        binds: arg.binds,
        always,
    }
}

/// `pytest.importorskip` skips where a module is missing.
fn missing_module(form: &Form, args: &[Arg]) -> Option<Guard> {
    if form.name != "pytest.importorskip" {
        return None;
    }
    let positions = |name: &str, at: &str| pick(args, &[name.to_owned(), at.to_owned()]);
    let module = positions("modname", "0").first()?.text.render(&|_| None);
    let version = positions("minversion", "1")
        .first()
        .map(|arg| arg.text.render(&|_| None));
    let text = match version.filter(|version| version != "None") {
        Some(version) => format!("{module}>={version} is not installed"),
        None => format!("{module} is not installed"),
    };
    Some(Guard::new(text, Binds::Compare))
}
