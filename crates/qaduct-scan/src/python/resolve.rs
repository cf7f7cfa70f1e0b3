//! Second pass: the mutes of a commit, from what was read of its files.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use qaduct_records::{FileProblem, Kind, Scope};

use super::collect::{Collector, Patterns};
use super::declare::{Effect, Verdict};
use super::facts::{
    Base, Comments, Export, Facts, Guard, Mark, Module, Owner, Piece, Role, Sighting, Site, Target,
    Trouble,
};
use super::is_python;
use super::modules::{Definition, Modules, base_name, folder, stem};
use super::settings::{FILES, Options};
use crate::language::{BlobId, Commit, RawMute, Resolved};
use crate::marks::{Form, Forms, Usage, last};

/// Files of which the imports alone were read, and that another file lends a
/// marker, or needs a text or a class from.
pub(super) fn wanted(commit: &Commit<'_, Facts>) -> Vec<BlobId> {
    let modules = Modules::new(commit, None);
    let mut wanted: HashSet<&str> = HashSet::new();
    let mut lenders: HashSet<&str> = HashSet::new();
    let mut bases: HashSet<&str> = HashSet::new();
    let mut needs: Vec<(&str, &str)> = Vec::new();
    for (path, facts) in modules.files() {
        let Some(module) = &facts.module else {
            continue;
        };
        if module.exports.iter().any(|(_, export)| lends(export)) {
            lenders.insert(stem(path));
        }
        for sighting in &module.sightings {
            let outer = sighting
                .owner
                .container
                .split("::")
                .next()
                .unwrap_or_default();
            if !outer.is_empty() && !obvious(path, module, outer) {
                bases.insert(outer);
                bases.insert(stem(path));
            }
            if sighting.mark.known().is_some() {
                needs.extend(constants(&sighting.mark).map(|constant| (path, constant)));
            }
        }
    }
    for (path, constant) in needs {
        if let Some((file, _)) = modules.locate(path, constant)
            && modules
                .facts(file)
                .is_some_and(|facts| facts.module.is_none())
        {
            wanted.insert(file);
        }
    }
    // Files that hand on what they were lent count as lenders too.
    for _ in 0..3 {
        let mut new = Vec::new();
        for (path, facts) in modules.files() {
            if facts.module.is_some() || wanted.contains(path) {
                continue;
            }
            let uses = facts.imports.iter().any(|(bound, import)| {
                let named = import.split('.').any(|part| lenders.contains(part));
                let based = bases.contains(last(import));
                (named || based) && uses(&modules, path, bound, import, named, based)
            });
            if uses {
                new.push(path);
            }
        }
        if new.is_empty() {
            break;
        }
        lenders.extend(new.iter().map(|path| stem(path)));
        wanted.extend(new);
    }
    let mut blobs: Vec<BlobId> = wanted
        .iter()
        .filter_map(|path| commit.files.get(*path).cloned())
        .collect();
    blobs.sort();
    blobs.dedup();
    blobs
}

/// Whether an import leads to something that mutes, or to a class that is muted.
fn uses(
    modules: &Modules<'_>,
    path: &str,
    bound: &str,
    import: &str,
    named: bool,
    based: bool,
) -> bool {
    if based
        && modules
            .locate(path, import)
            .is_some_and(|(file, _)| file != path)
    {
        return true;
    }
    if !named {
        return false;
    }
    let lender = |file: &str| {
        let module = modules.facts(file).and_then(|facts| facts.module.as_ref());
        file != path
            && match module {
                Some(module) => module.exports.iter().any(|(_, export)| lends(export)),
                None => bound == "*",
            }
    };
    match modules.define(path, import) {
        Some(
            Definition::Marks(..)
            | Definition::Wrapper(..)
            | Definition::Cases(..)
            | Definition::Form(_),
        ) => true,
        Some(Definition::File(file)) => lender(file),
        Some(Definition::Text(..)) | None => false,
    }
}

/// Whether a class is collected where it is, whoever else inherits from it.
fn obvious(path: &str, module: &Module, class: &str) -> bool {
    let name = base_name(path);
    let file = name.starts_with("test_") || name.ends_with("_test.py");
    let unittest = module.classes.iter().any(|own| {
        let case = |base: &Base| matches!(base, Base::Imported(path) if path.ends_with("TestCase"));
        *own.path == *class && own.bases.iter().any(case)
    });
    unittest || file && class.starts_with("Test")
}

fn lends(export: &Export) -> bool {
    matches!(
        export,
        Export::Marks(_) | Export::Wrapper(_) | Export::Cases(_) | Export::Path(_)
    )
}

fn constants(mark: &Mark) -> impl Iterator<Item = &str> {
    mark.args
        .iter()
        .flat_map(|arg| &arg.text.0)
        .filter_map(|piece| match piece {
            Piece::Constant { path, .. } => Some(path.as_str()),
            _ => None,
        })
}

/// The mutes of a commit.
pub(super) fn resolve(commit: &Commit<'_, Facts>, forms: &Forms) -> Resolved {
    let modules = Modules::new(commit, Some(forms));
    let collector = Collector::new(&modules);
    let mut resolver = Resolver {
        forms,
        modules: &modules,
        collector: &collector,
        rules: HashMap::new(),
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
            mute.declaration.ineffective_because = Some(CALLED.to_owned());
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

const CALLED: &str = "it mutes whoever calls it, and those are listed";

/// The settings of a folder.
struct Rules {
    options: Options,
    patterns: Patterns,
}

struct Resolver<'s, 'c> {
    forms: &'c Forms,
    modules: &'s Modules<'c>,
    collector: &'s Collector<'s, 'c>,
    /// Settings by the folder that they are in.
    rules: HashMap<String, Rc<Rules>>,
}

impl Resolver<'_, '_> {
    /// Finds the settings of every folder that has some.
    fn settings(&mut self, commit: &Commit<'_, Facts>) {
        let mut best: HashMap<&str, (usize, Options)> = HashMap::new();
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
                Some((other, _)) if *other < rank => {}
                _ => {
                    best.insert(folder(path), (rank, options));
                }
            }
        }
        for (folder, (_, options)) in best {
            let patterns = Patterns::new(&options);
            self.rules
                .insert(folder.to_owned(), Rc::new(Rules { options, patterns }));
        }
    }

    /// The settings that count for a file: those of the closest folder.
    fn rules(&mut self, path: &str) -> Rc<Rules> {
        let mut place = folder(path);
        let found = loop {
            if let Some(rules) = self.rules.get(place) {
                break Rc::clone(rules);
            }
            if place.is_empty() {
                let options = Options::default();
                break Rc::new(Rules {
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
                ineffective: None,
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
        if name != "conftest.py" && (facts.test_case || rules.patterns.file(path)) {
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

    fn attribute(
        &self,
        path: &str,
        module: &Module,
        sighting: &Sighting,
        rules: &Rules,
    ) -> Verdict {
        let owner = &sighting.owner;
        let scope = match owner.role {
            Role::Module => Scope::Module,
            Role::Class => Scope::Class,
            _ => Scope::Test,
        };
        let ineffective = match (&sighting.site, owner.role) {
            // What would not be collected anyway is not left out by this.
            (Site::Attribute("__test__ = False", ..), Role::Class) => {
                let name = owner.container.rsplit("::").next().unwrap_or_default();
                let own = module
                    .classes
                    .iter()
                    .find(|class| class.path == owner.container);
                let based = own.is_some_and(|class| {
                    class
                        .bases
                        .iter()
                        .any(|base| *base != Base::Local("object".into()))
                });
                (!based && !rules.patterns.class_name(name))
                    .then(|| format!("class `{name}` is no test by its name"))
            }
            (Site::Attribute("__test__ = False", ..), _) => None,
            _ => self
                .collector
                .test(path, module, owner, &rules.patterns)
                .err(),
        };
        Verdict {
            scope,
            ineffective,
            dynamic: false,
            heuristic: false,
        }
    }

    /// What becomes of a mute where it stands.
    fn judge(
        &self,
        path: &str,
        module: &Module,
        sighting: &Sighting,
        mark: &Mark,
        form: &Form,
        rules: &Rules,
    ) -> Verdict {
        let owner = &sighting.owner;
        let name = base_name(path);
        let mut verdict = Verdict {
            scope: Scope::Test,
            ineffective: None,
            dynamic: false,
            heuristic: false,
        };
        let test = || self.collector.test(path, module, owner, &rules.patterns);
        let class = || {
            let class = Owner {
                name: "".into(),
                ..owner.clone()
            };
            self.collector
                .test(path, module, &class, &rules.patterns)
                .err()
        };
        match (&sighting.site, owner.role) {
            (Site::Param(_), role) => {
                verdict.scope = Scope::ParamCase;
                match role {
                    // A list that stands for itself, as long as nobody is known to use it.
                    Role::Module if !owner.name.is_empty() => verdict.dynamic = true,
                    Role::Function if !sighting.dynamic => verdict.ineffective = test().err(),
                    Role::Function | Role::Hook => verdict.dynamic = true,
                    _ => {}
                }
            }
            (Site::Code | Site::Add | Site::Marks, Role::Module) => {
                verdict.scope = if matches!(name, "conftest.py" | "__init__.py") {
                    Scope::Dir
                } else {
                    Scope::Module
                };
                verdict.ineffective = self.module(path, sighting, mark, form, rules);
            }
            (_, Role::Module) => verdict.scope = Scope::Module,
            (_, Role::Class) => {
                verdict.scope = Scope::Class;
                verdict.ineffective = class();
            }
            (Site::Decorator, Role::Fixture) => {
                verdict.scope = Scope::Fixture;
                verdict.ineffective = Some("a mark on a fixture has no effect".to_owned());
            }
            (_, Role::Fixture) => verdict.scope = Scope::Fixture,
            (Site::Decorator, Role::ClassSetup | Role::ModuleSetup | Role::Hook)
                if form.usage == Usage::Mark =>
            {
                verdict.ineffective = Some(format!("`{}` is not a test", owner.name));
            }
            (_, Role::ClassSetup) => {
                verdict.scope = Scope::Class;
                verdict.ineffective = class();
            }
            (_, Role::ModuleSetup) => verdict.scope = Scope::Module,
            (_, Role::Hook) => {
                verdict.scope = Scope::Hook;
                verdict.dynamic = true;
                verdict.ineffective = forwarded(mark);
            }
            (site, Role::Function) => {
                let by_name = self.named_test(&owner.name, rules);
                match test() {
                    Ok(()) => verdict.heuristic = sighting.deep,
                    // A test that is not collected is one all the same.
                    Err(why)
                        if by_name || *site == Site::Decorator && form.usage == Usage::Mark =>
                    {
                        verdict.ineffective = Some(why);
                    }
                    Err(_) => {
                        verdict.scope = Scope::Hook;
                        verdict.dynamic = true;
                        verdict.heuristic = true;
                        verdict.ineffective = forwarded(mark).or_else(|| called(module, owner));
                    }
                }
            }
        }
        if let (Some(outermost), None) = (&owner.inside, &verdict.ineffective) {
            if self.named_test(outermost, rules) {
                verdict.ineffective = Some(format!("it is defined within `{outermost}`"));
            } else {
                verdict.dynamic = true;
                verdict.heuristic = true;
            }
        }
        verdict
    }

    fn named_test(&self, name: &str, rules: &Rules) -> bool {
        name.starts_with("test") || rules.patterns.function(name)
    }

    /// Why a mute of a whole file has no effect.
    fn module(
        &self,
        path: &str,
        sighting: &Sighting,
        mark: &Mark,
        form: &Form,
        rules: &Rules,
    ) -> Option<String> {
        let name = base_name(path);
        match sighting.site {
            Site::Marks if name == "conftest.py" => {
                Some("`pytestmark` has no effect in conftest.py".to_owned())
            }
            Site::Marks if name == "__init__.py" => {
                Some("`pytestmark` has no effect in __init__.py since pytest 8".to_owned())
            }
            Site::Code if form.name == "pytest.skip" && !allowed(mark) => {
                Some("`pytest.skip` outside of a test needs `allow_module_level=True`".to_owned())
            }
            Site::Code | Site::Marks if matches!(name, "conftest.py" | "__init__.py") => None,
            _ => {
                let facts = self.modules.facts(path);
                let unittest = facts.is_some_and(|facts| facts.test_case);
                let searched = unittest || rules.patterns.file(path) || sighting.site == Site::Code;
                (!searched).then(|| format!("pytest does not search `{name}` for tests"))
            }
        }
    }
}

/// Whether a skip says that it may stand outside of a test.
fn allowed(mark: &Mark) -> bool {
    mark.args.iter().any(|arg| {
        matches!(arg.name.as_deref(), Some("allow_module_level" | "**")) && &*arg.source != "False"
    })
}

/// Why a mark that only passes on the arguments of another one is no mute itself.
fn forwarded(mark: &Mark) -> Option<String> {
    mark.args
        .iter()
        .any(|arg| arg.name.as_deref() == Some("**"))
        .then(|| "it passes on the arguments of another mark".to_owned())
}

/// Why a helper is no mute itself, where its callers are known.
fn called(module: &Module, owner: &Owner) -> Option<String> {
    let called = module.sightings.iter().any(|other| {
        other.mark.followed
            && other
                .alias
                .as_deref()
                .is_some_and(|alias| last(alias) == &*owner.name)
            && other.owner != *owner
    });
    called.then(|| CALLED.to_owned())
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
