//! Second pass: the mutes of a commit, from what was read of its files.

use std::rc::Rc;

use qaduct_records::{FileProblem, Kind, Scope};
use rustc_hash::FxHashMap;

use super::collect::{Collector, Patterns};
use super::declare::{Effect, Verdict};
use super::facts::{
    Comments, Facts, Guard, Mark, Module, Owner, Role, Sighting, Site, Target, Trouble,
};
use super::is_python;
use super::judge::USED;
use super::modules::{Definition, Modules, base_name, folder};
use super::settings::{FILES, Options};
use crate::language::{Commit, RawMute, Resolved};
use crate::marks::Forms;

/// The mutes of a commit.
pub(super) fn resolve(commit: &Commit<'_, Facts>, forms: &Forms) -> Resolved {
    let modules = Modules::new(commit, Some(forms));
    let collector = Collector::new(&modules);
    let mut resolver = Resolver {
        forms,
        modules: &modules,
        collector: &collector,
        rules: FxHashMap::default(),
    };
    resolver.settings(commit);
    let mut resolved = Resolved::default();
    let mut helpers = Vec::new();
    for (path, blob) in commit.files {
        let Some(facts) = (commit.facts)(blob) else {
            continue;
        };
        let before = resolved.mutes.len();
        if is_python(path) {
            resolver.python(path, &facts, &mut resolved, &mut helpers);
        } else {
            resolver.configuration(path, &facts, &mut resolved);
        }
        // Each file on its own, so that helpers keep their place.
        debug_assert!(
            resolved.mutes[before..]
                .iter()
                .all(|mute| mute.declaration.path == **path)
        );
    }
    // A helper mutes whoever calls it; where those are known, they are the mutes.
    let used = modules.used.borrow();
    for (at, name) in helpers {
        let mute: &mut RawMute = &mut resolved.mutes[at];
        let file = mute.declaration.path.as_str();
        if mute.declaration.effective
            && used.iter().any(|(path, own)| *path == file && *own == name)
        {
            mute.declaration.effective = false;
            mute.declaration.ineffective_because = Some(USED.to_owned());
        }
    }
    resolved.mutes.sort_by(|one, two| {
        let key = |mute: &RawMute| (mute.declaration.line_start, mute.declaration.line_end);
        one.declaration
            .path
            .cmp(&two.declaration.path)
            .then(key(one).cmp(&key(two)))
    });
    resolved
}

/// The settings of a folder.
pub(super) struct Rules {
    /// The file that they are from.
    file: String,
    pub(super) options: Options,
    pub(super) patterns: Patterns,
}

pub(super) struct Resolver<'s, 'c> {
    forms: &'c Forms,
    pub(super) modules: &'s Modules<'c>,
    pub(super) collector: &'s Collector<'s, 'c>,
    /// Settings by the folder that they are in.
    rules: FxHashMap<String, Rc<Rules>>,
}

impl Resolver<'_, '_> {
    /// Finds the settings of every folder that has some.
    fn settings(&mut self, commit: &Commit<'_, Facts>) {
        let mut best: FxHashMap<&str, (usize, &str, Options)> = FxHashMap::default();
        for (path, blob) in commit.files {
            let name = base_name(path);
            let Some(rank) = FILES.iter().position(|file| *file == name) else {
                continue;
            };
            let facts = (commit.facts)(blob);
            let options = facts
                .as_ref()
                .and_then(|facts| facts.settings.as_ref()?.of(name).cloned());
            // These count even where they are empty.
            let always = rank < 4;
            let Some(options) = options.or_else(|| always.then(Options::default)) else {
                continue;
            };
            match best.get(folder(path)) {
                Some((other, ..)) if *other < rank => {}
                _ => {
                    best.insert(folder(path), (rank, name, options));
                }
            }
        }
        for (folder, (_, file, options)) in best {
            let rules = Rules {
                file: file.to_owned(),
                patterns: Patterns::new(&options),
                options,
            };
            self.rules.insert(folder.to_owned(), Rc::new(rules));
        }
    }

    /// The settings that count for a file: those of the closest folder.
    fn rules(&mut self, path: &str) -> Rc<Rules> {
        let mut place = folder(path);
        let found = loop {
            if let Some(rules) = self.rules.get(place) {
                if place == folder(path) {
                    return Rc::clone(rules);
                }
                break Rc::clone(rules);
            }
            if place.is_empty() {
                let options = Options::default();
                break Rc::new(Rules {
                    file: String::new(),
                    patterns: Patterns::new(&options),
                    options,
                });
            }
            place = folder(place);
        };
        self.rules
            .insert(folder(path).to_owned(), Rc::clone(&found));
        found
    }

    fn configuration(&mut self, path: &str, facts: &Facts, resolved: &mut Resolved) {
        let name = base_name(path);
        let Some(settings) = &facts.settings else {
            return;
        };
        if let Some(trouble) = settings.trouble_of(name) {
            resolved.problems.push(problem(path, trouble));
        }
        let Some(options) = settings.of(name) else {
            return;
        };
        // Of several files in a folder, pytest reads the first.
        let read = self.rules(path);
        let other = read.file != name;
        let ineffective = || other.then(|| format!("pytest reads `{}` instead", read.file));
        for excluded in &options.excluded {
            let pattern = excluded.pattern.as_str();
            let (form, kind) = match excluded.option {
                "--reruns" => ("addopts --reruns", Kind::FlakyRetry),
                option => (option, Kind::ExcludedByConfig),
            };
            let form = if form.starts_with("addopts") {
                form.to_owned()
            } else {
                format!("addopts {form}")
            };
            let scope = match excluded.option {
                "-k" | "-m" | "--reruns" => Scope::Global,
                _ => scope_of(pattern),
            };
            let sighting = Sighting {
                owner: module_owner(),
                site: Site::Excluded("addopts", pattern.into()),
                mark: nothing(),
                alias: None,
                lines: excluded.lines,
                guard: None,
                dynamic: matches!(excluded.option, "-k" | "-m" | "--ignore-glob"),
                deep: false,
                comments: Comments::default(),
            };
            let verdict = Verdict {
                scope,
                ineffective: ineffective(),
                dynamic: false,
                heuristic: false,
            };
            let effect = Effect::plain(form, "pytest", kind);
            resolved
                .mutes
                .push(effect.declare(path, &sighting, &sighting.mark, verdict, false));
        }
    }

    fn python(
        &mut self,
        path: &str,
        facts: &Facts,
        resolved: &mut Resolved,
        helpers: &mut Vec<(usize, String)>,
    ) {
        if let Some(trouble) = &facts.trouble {
            resolved.problems.push(problem(path, trouble));
        }
        let rules = self.rules(path);
        let name = base_name(path);
        let searched = facts.test_case || rules.patterns.file(path);
        if name != "conftest.py" && searched && rules.patterns.left_out(path).is_none() {
            resolved.test_files += 1;
        }
        let Some(module) = &facts.module else { return };
        for sighting in &module.sightings {
            match &sighting.site {
                Site::Excluded(form, pattern) => {
                    let effect = self.excluded(form, sighting);
                    let scope = if *form == "collect_ignore" {
                        scope_of(pattern)
                    } else {
                        Scope::Dir
                    };
                    let ineffective = (name != "conftest.py")
                        .then(|| format!("`{form}` counts in conftest.py only"));
                    let dynamic = sighting.dynamic || *form == "collect_ignore_glob";
                    let verdict = Verdict {
                        scope,
                        ineffective,
                        dynamic,
                        heuristic: false,
                    };
                    resolved.mutes.push(effect.declare(
                        path,
                        sighting,
                        &sighting.mark,
                        verdict,
                        module.partly,
                    ));
                }
                Site::Attribute(form, kind, framework) => {
                    let mut effect = Effect::plain((*form).to_owned(), framework, *kind);
                    effect.condition.clone_from(&sighting.guard);
                    effect.reason = sighting
                        .mark
                        .args
                        .first()
                        .map(|arg| self.modules.render(path, &arg.text));
                    if *kind == Kind::Skip && effect.condition.is_some() {
                        effect.kind = Kind::CondSkip;
                    }
                    if *kind == Kind::XfailStrict {
                        effect.strict = Some(true);
                        effect.strict_source = Some("default");
                    }
                    let verdict = self.attribute(path, module, sighting, &rules);
                    resolved.mutes.push(effect.declare(
                        path,
                        sighting,
                        &sighting.mark,
                        verdict,
                        module.partly,
                    ));
                }
                Site::Cases => self.borrowed(path, module, sighting, &rules, resolved),
                _ => {
                    for mark in self.modules.follow(path, &sighting.mark, &sighting.site) {
                        let Some(id) = mark.known() else { continue };
                        let form = self.forms.form(id);
                        let guard = sighting.guard.as_ref();
                        let effect = Effect::of(form, &mark, guard, rules.options.strict);
                        let verdict = self.judge(path, module, sighting, &mark, form, &rules);
                        let held = matches!(sighting.site, Site::Param(_))
                            && sighting.owner.role == Role::Module;
                        if held
                            || verdict.scope == Scope::Hook && sighting.owner.role == Role::Function
                        {
                            helpers.push((resolved.mutes.len(), sighting.owner.name.to_string()));
                        }
                        resolved.mutes.push(effect.declare(
                            path,
                            sighting,
                            &mark,
                            verdict,
                            module.partly,
                        ));
                    }
                }
            }
        }
    }

    /// Parameters of a test that another file lists.
    fn borrowed(
        &self,
        path: &str,
        module: &Module,
        sighting: &Sighting,
        rules: &Rules,
        resolved: &mut Resolved,
    ) {
        let Target::Named(name) = &sighting.mark.target else {
            return;
        };
        let Some(Definition::Cases(cases, file, list)) = self.modules.define(path, name) else {
            return;
        };
        self.modules.used.borrow_mut().insert((file, list));
        for case in cases {
            for mark in self.modules.follow(file, &case.mark, &case.site) {
                let Some(id) = mark.known() else { continue };
                let form = self.forms.form(id);
                let mark = Mark {
                    followed: true,
                    ..mark
                };
                let own = Sighting {
                    owner: sighting.owner.clone(),
                    lines: sighting.lines,
                    alias: Some(name.clone()),
                    ..case.clone()
                };
                let effect = Effect::of(form, &mark, case.guard.as_ref(), rules.options.strict);
                let verdict = self.judge(path, module, &own, &mark, form, rules);
                resolved
                    .mutes
                    .push(effect.declare(path, &own, &mark, verdict, module.partly));
            }
        }
    }

    fn excluded(&self, form: &str, sighting: &Sighting) -> Effect {
        let mut effect = Effect::plain(form.to_owned(), "pytest", Kind::ExcludedByConfig);
        effect.condition.clone_from(&sighting.guard);
        effect
    }
}

/// How much a path mutes.
fn scope_of(pattern: &str) -> Scope {
    if pattern.contains("::") {
        Scope::Test
    } else if pattern.ends_with(".py") && !pattern.contains('*') {
        Scope::Module
    } else {
        Scope::Dir
    }
}

fn module_owner() -> Owner {
    Owner {
        container: "".into(),
        name: "".into(),
        role: Role::Module,
        inside: None,
    }
}

fn nothing() -> Mark {
    Mark {
        target: Target::Named("".into()),
        args: Vec::new(),
        guard: None::<Guard>,
        followed: false,
        guessed: false,
    }
}

fn problem(path: &str, trouble: &Trouble) -> FileProblem {
    FileProblem {
        repository: String::new(),
        branch: String::new(),
        path: path.to_owned(),
        line: i64::from(trouble.line),
        problem: trouble.kind.to_owned(),
        unread: trouble.kind == "size",
        message: trouble.message.clone(),
    }
}
