//! Compares a layer with what may stand in it, and reports every problem.

use std::collections::BTreeMap;

use qaduct_records::nearest;
use qaduct_scan::MarkRule;

use super::format::Format;
use super::shape::{Key, Shape};
use super::tree::{Entry, Node, Origin, Value, quoted, sounds_secret};
use super::{SecretRef, alias, interpolate, tree, variables};
use crate::report::{Code, Report, Snippet};
use crate::ui::Redactor;

/// Every problem of a layer. Secrets that stand in it are taught to the redactor.
pub(crate) fn check(node: &Node, shape: &Shape, redactor: &Redactor) -> Vec<Report> {
    let mut check = Check {
        reports: Vec::new(),
        redactor,
    };
    check.node(node, shape, "");
    check.marks(node);
    check.rules(node);
    check
        .reports
        .sort_by_key(|report| report.snippet.as_ref().map(|it| (it.line, it.column)));
    check.reports
}

struct Check<'a> {
    reports: Vec<Report>,
    redactor: &'a Redactor,
}

impl Check<'_> {
    fn node(&mut self, node: &Node, shape: &Shape, path: &str) {
        match (&node.value, shape) {
            (_, Shape::Secret) => self.secret(node, path),
            (Value::Table(entries), Shape::Table(keys)) => self.table(node, entries, keys, path),
            (Value::Table(entries), Shape::Map(inside)) => {
                for (key, entry) in entries {
                    self.node(&entry.node, inside, &join(path, key));
                }
            }
            (Value::List(nodes), Shape::List(inside)) => {
                for (at, node) in nodes.iter().enumerate() {
                    self.node(node, inside, &format!("{path}[{at}]"));
                }
            }
            (Value::Text(text), Shape::Text(format)) => self.text(node, text, *format, path),
            (Value::Text(text), Shape::Word(words)) => self.word(node, text, words, path),
            (Value::Integer(number), Shape::Integer(least, most)) => {
                if !(least..=most).contains(&number) {
                    let message = format!("`{path}` cannot be {number}");
                    self.wrong(
                        &node.origin,
                        message,
                        format!("write a number from {least} to {most}"),
                    );
                }
            }
            (Value::Flag(_), Shape::Flag) => {}
            (found, expected) => {
                let message = format!(
                    "`{path}` has to be {}, not {}",
                    expected.words(),
                    found.kind()
                );
                let report = Report::new(Code::WrongType, message);
                let report = match (found, expected) {
                    (Value::Text(text), Shape::List(_)) => {
                        report.help(format!("write `[{}]`", toml::Value::from(text.as_str())))
                    }
                    _ => report,
                };
                self.put(&node.origin, report, "");
            }
        }
    }

    fn table(&mut self, node: &Node, entries: &BTreeMap<String, Entry>, keys: &[Key], path: &str) {
        for (name, entry) in entries {
            match keys.iter().find(|key| key.name == *name) {
                Some(key) => self.node(&entry.node, &key.shape, &join(path, name)),
                None => self.unknown(name, entry, keys, path),
            }
        }
        for key in keys
            .iter()
            .filter(|key| key.required && !entries.contains_key(&key.name))
        {
            let message = format!("`{path}` has no `{}`", key.name);
            let report = Report::new(Code::MissingKey, message).help(format!(
                "add `{} = …`: {}",
                key.name,
                key.about.trim_end_matches('.')
            ));
            self.put(&node.origin, report, "");
        }
    }

    fn unknown(&mut self, name: &str, entry: &Entry, keys: &[Key], path: &str) {
        let known = || keys.iter().map(|key| key.name.as_str());
        let near = nearest(name, known());
        // A misspelled secret is one all the same.
        let meant = near.and_then(|near| keys.iter().find(|key| key.name == near));
        let secret = sounds_secret(name) || meant.is_some_and(|key| key.shape == Shape::Secret);
        if secret {
            self.conceal(&entry.node);
        }
        let place = if path.is_empty() {
            String::new()
        } else {
            format!(" in `{path}`")
        };
        let report = Report::new(Code::UnknownKey, format!("unknown key `{name}`{place}"));
        let (label, report) = match near {
            Some(near) => (format!("did you mean `{near}`?"), report),
            None => {
                let known = known().collect::<Vec<_>>().join(", ");
                (
                    String::new(),
                    report.help(format!("known keys are {known}")),
                )
            }
        };
        let report = report.help("`qaduct config default` explains all keys");
        self.put(&entry.key, report, &label);
        if secret {
            self.last(Snippet::conceal_rest);
        }
    }

    /// Two marks of one name would leave open which of them counts.
    fn marks(&mut self, root: &Node) {
        let Some(Value::List(marks)) = root.entry("mark") else {
            return;
        };
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, mark) in marks.iter().enumerate() {
            let Value::Table(entries) = &mark.value else {
                continue;
            };
            let Some((Value::Text(name), origin)) = entries
                .get("name")
                .map(|entry| (&entry.node.value, &entry.node.origin))
            else {
                continue;
            };
            let name = MarkRule::bare_name(name);
            match first.get(name) {
                None => drop(first.insert(name, at)),
                Some(former) => self.wrong(
                    origin,
                    format!("`mark[{at}]` has the name of `mark[{former}]`: `{name}`"),
                    "put both into one, or give it another name".to_owned(),
                ),
            }
        }
    }

    /// Rules lack nothing that their kind needs, and have names of their own.
    fn rules(&mut self, root: &Node) {
        let Some(Value::List(rules)) = root.entry("extract") else {
            return;
        };
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for (at, node) in rules.iter().enumerate() {
            // What does not fit the shape was told already.
            let Ok(extract) = node.to_toml().try_into::<super::rules::Extract>() else {
                continue;
            };
            if let Err(why) = extract.rule() {
                let help = "each kind needs keys of its own; `qaduct config default` has them";
                self.wrong(&node.origin, why, help.to_owned());
            }
            if let Some(former) = names.insert(extract.name.clone(), at) {
                let name = extract.name;
                let message =
                    format!("`extract[{at}]` has the name of `extract[{former}]`: `{name}`");
                self.wrong(&node.origin, message, "give it another name".to_owned());
            }
        }
    }

    fn text(&mut self, node: &Node, text: &str, format: Format, path: &str) {
        if let Some(secret) = format.secret(text) {
            self.redactor.learn(&secret);
            let message = format!("`{path}` holds a secret as plain text");
            let help = match format {
                Format::Store => "PGPASSWORD, or write `password = { env = \"NAME\" }`",
                Format::Service => "`token = { env = \"NAME\" }`",
                _ => {
                    "GITHUB_TOKEN, or write `[git.hosts.\"HOST\"]` with `token = { env = \"NAME\" }`"
                }
            };
            let report = Report::new(Code::LiteralSecret, message)
                .help(format!("take it out of the URL and set {help}"));
            self.put(&node.origin, report, "");
            self.last(Snippet::conceal);
        }
        if let Err(why) = format.check(text) {
            let message = format!("`{path}` cannot be `{text}`: {why}");
            self.wrong(&node.origin, message, format!("write {}", format.words()));
        }
    }

    fn word(&mut self, node: &Node, text: &str, words: &[String], path: &str) {
        if words.iter().any(|word| word == text) {
            return;
        }
        let message = format!("`{path}` cannot be `{text}`");
        let label = nearest(text, words.iter().map(String::as_str));
        let label = label
            .map(|near| format!("did you mean `{near}`?"))
            .unwrap_or_default();
        let report = Report::new(Code::WrongValue, message)
            .help(format!("known words are {}", words.join(", ")));
        self.put(&node.origin, report, &label);
    }

    fn secret(&mut self, node: &Node, path: &str) {
        let entries = match &node.value {
            Value::Table(entries) => entries,
            found => {
                self.conceal(node);
                let code = match found {
                    Value::Text(_) => Code::LiteralSecret,
                    _ => Code::WrongType,
                };
                let report = Report::new(code, format!("`{path}` holds a secret as plain text"));
                let key = path.rsplit('.').next().unwrap_or(path);
                let name = variable(found, path);
                let file = name.to_lowercase().replace("__", "_");
                let mut other = format!("or `{key} = {{ file = \"/run/secrets/{file}\" }}`");
                if !node.origin.is_found() {
                    other =
                        format!("{other}, or `{key} = {{ command = [\"op\", \"read\", \"…\"] }}`");
                }
                let report = report
                    .help(format!(
                        "write `{key} = {{ env = \"{name}\" }}` and set {name}"
                    ))
                    .help(other);
                self.put(&node.origin, report, "");
                self.last(Snippet::conceal);
                return;
            }
        };
        let forms = SecretRef::FORMS;
        for (name, entry) in entries {
            let path = join(path, name);
            match name.as_str() {
                "env" => self.node(&entry.node, &Shape::Text(Format::Any), &path),
                "file" => self.node(&entry.node, &Shape::Text(Format::Path), &path),
                "command" => {
                    let words = Shape::List(Box::new(Shape::Text(Format::Any)));
                    self.node(&entry.node, &words, &path);
                    self.command(entry, &path);
                }
                _ => {
                    self.conceal(&entry.node);
                    let message = format!("unknown key `{path}`");
                    let report = Report::new(Code::UnknownKey, message)
                        .help(format!("a secret is referred to by {}", forms.join(", ")));
                    let label = nearest(name, forms.iter().copied());
                    let label = label.map(|near| format!("did you mean `{near}`?"));
                    self.put(&entry.key, report, &label.unwrap_or_default());
                }
            }
        }
        if entries.len() != 1 && entries.keys().all(|key| forms.contains(&key.as_str())) {
            let message = format!(
                "`{path}` has to refer to one place, and names {}",
                entries.len()
            );
            self.wrong(
                &node.origin,
                message,
                format!("write one of {}", forms.join(", ")),
            );
        }
    }

    /// A file that came with a clone runs nothing unless the user has named it.
    fn command(&mut self, entry: &Entry, path: &str) {
        let Origin::File(file, _) = &entry.key else {
            return;
        };
        if !file.found {
            return;
        }
        let message = format!("`{path}` would run a program, and the file was not named by you");
        let report = Report::new(Code::FoundCommand, message)
            .help(format!(
                "if you trust it, name it: `--config {0}`, or `QADUCT_CONFIG={0}`",
                file.name
            ))
            .help("or move the reference into the file of the user, qaduct/config.toml in $XDG_CONFIG_HOME or ~/.config");
        self.put(&entry.key, report, "");
    }

    /// Whatever text stands there is not shown.
    fn conceal(&self, node: &Node) {
        match &node.value {
            Value::Text(text) | Value::Other(_, text) => {
                self.redactor.learn(text);
                // In its file it may be written with escapes, or with variables.
                if let Origin::File(file, span) = &node.origin
                    && let Some(written) = file.text.get(span.clone())
                {
                    self.redactor.learn(written.trim_matches(['"', '\'']));
                }
            }
            Value::Integer(number) => self.redactor.learn(&number.to_string()),
            Value::List(nodes) => nodes.iter().for_each(|node| self.conceal(node)),
            Value::Table(entries) => {
                entries.values().for_each(|entry| self.conceal(&entry.node));
            }
            Value::Flag(_) => {}
        }
    }

    fn wrong(&mut self, origin: &Origin, message: String, help: String) {
        self.put(
            origin,
            Report::new(Code::WrongValue, message).help(help),
            "",
        );
    }

    /// Changes what is shown of the place of the last report.
    fn last(&mut self, change: impl FnOnce(&mut Snippet)) {
        if let Some(snippet) = self.reports.last_mut().and_then(|it| it.snippet.as_mut()) {
            change(snippet);
        }
    }

    fn put(&mut self, origin: &Origin, report: Report, label: &str) {
        self.reports.push(origin.mark(report, label));
    }
}

/// The variable to propose in place of a plain secret: the one that the text
/// names, the one that other programs use, or our own.
fn variable(found: &Value, path: &str) -> String {
    if let Value::Text(text) = found
        && let Some(name) = text
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'))
        && name.chars().all(interpolate::in_name)
    {
        return name.to_owned();
    }
    let alias = alias::ALIASES
        .iter()
        .rev()
        .find(|(_, keys)| tree::path(keys) == path);
    if let Some((name, _)) = alias {
        return (*name).to_owned();
    }
    if !path.contains('"') {
        return variables::name(&path.split('.').collect::<Vec<_>>());
    }
    let host = path.split('"').nth(1).unwrap_or_default().to_uppercase();
    let host: String = host
        .chars()
        .map(|sign| {
            if interpolate::in_name(sign) {
                sign
            } else {
                '_'
            }
        })
        .collect();
    format!("{host}_TOKEN")
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        quoted(key)
    } else {
        format!("{path}.{}", quoted(key))
    }
}
