//! Follows names from file to file within a commit.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Arg, Export, Facts, Guard, Mark, Sighting, Site, Target, Text, Wrapper};
use super::is_python;
use super::needles::PACKAGES;
use crate::language::Commit;
use crate::marks::{FormId, Forms, last};

/// How many files in a row are followed.
const HOPS: u8 = 6;

/// Folders at the root that are on the path of imports in many repositories.
const ROOTS: &[&str] = &["src", "lib", "Lib", "python", "tests", "test"];

/// A file, and how much of a path leads to it.
type Located<'c> = (&'c str, usize);

/// The Python files of a commit.
pub(super) struct Modules<'c> {
    /// In order of path.
    files: Vec<(&'c str, Arc<Facts>)>,
    by_path: FxHashMap<&'c str, usize>,
    /// Files by the last part of their module's name.
    by_stem: FxHashMap<&'c str, Vec<&'c str>>,
    forms: Option<&'c Forms>,
    located: RefCell<FxHashMap<(String, String), Option<Located<'c>>>>,
    /// Functions that were followed, by file and name.
    pub(super) used: RefCell<FxHashSet<(&'c str, String)>>,
}

/// What a name turned out to be.
pub(super) enum Definition<'s, 'c> {
    Form(FormId),
    Marks(&'s [Mark], &'c str),
    Wrapper(&'s Wrapper, &'c str, String),
    Cases(&'s [Sighting], &'c str, String),
    Text(&'s Text, &'c str),
    /// A file itself.
    File(&'c str),
}

impl<'c> Modules<'c> {
    pub(super) fn new(commit: &Commit<'c, Facts>, forms: Option<&'c Forms>) -> Self {
        let mut files = Vec::new();
        let mut by_path = FxHashMap::default();
        let mut by_stem: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        for (path, blob) in commit.files.iter().filter(|(path, _)| is_python(path)) {
            if let Some(facts) = (commit.facts)(blob) {
                by_path.insert(&**path, files.len());
                files.push((&**path, facts));
                by_stem.entry(stem(path)).or_default().push(path);
            }
        }
        Self {
            files,
            by_path,
            by_stem,
            forms,
            located: RefCell::default(),
            used: RefCell::default(),
        }
    }

    /// All files in order of path.
    pub(super) fn files(&self) -> impl Iterator<Item = (&'c str, &Facts)> {
        self.files.iter().map(|(path, facts)| (*path, &**facts))
    }

    pub(super) fn facts(&self, path: &str) -> Option<&Facts> {
        self.by_path.get(path).map(|&at| &*self.files[at].1)
    }

    /// The file that a dotted path leads to, and what is left of the path.
    pub(super) fn locate<'p>(&self, from: &str, path: &'p str) -> Option<(&'c str, &'p str)> {
        let key = (folder(from).to_owned(), path.to_owned());
        let known = self.located.borrow().get(&key).copied();
        let found = known.unwrap_or_else(|| {
            let found = self.search(from, path);
            self.located.borrow_mut().insert(key, found);
            found
        });
        found.map(|(file, at)| (file, &path[at..]))
    }

    fn search(&self, from: &str, path: &str) -> Option<(&'c str, usize)> {
        let name = path.trim_start_matches('.');
        let dots = path.len() - name.len();
        // Ends of the prefixes of the path, longest first.
        let mut ends: Vec<usize> = name.match_indices('.').map(|(at, _)| at).collect();
        ends.push(name.len());
        ends.reverse();
        // Most imports are of other packages.
        ends.retain(|&end| self.by_stem.contains_key(last(&name[..end])));
        let rest = |end: usize| {
            if end == name.len() {
                path.len()
            } else {
                dots + end + 1
            }
        };
        if dots > 0 {
            let mut base = folder(from);
            for _ in 1..dots {
                base = folder(base);
            }
            for end in ends {
                if let Some(file) = self.file_at(base, &name[..end]) {
                    return Some((file, rest(end)));
                }
            }
            return self.file_at(base, "").map(|file| (file, dots));
        }
        for end in ends {
            let module = &name[..end];
            let mut base = folder(from);
            loop {
                if let Some(file) = self.file_at(base, module) {
                    return Some((file, rest(end)));
                }
                if base.is_empty() {
                    break;
                }
                base = folder(base);
            }
            let rooted = ROOTS.iter().find_map(|root| self.file_at(root, module));
            if let Some(file) = rooted.or_else(|| self.anywhere(from, module)) {
                return Some((file, rest(end)));
            }
        }
        None
    }

    /// The file of a module in a folder.
    fn file_at(&self, base: &str, module: &str) -> Option<&'c str> {
        let slash = if base.is_empty() || module.is_empty() {
            ""
        } else {
            "/"
        };
        let place = format!("{base}{slash}{}", module.replace('.', "/"));
        let try_file = |path: &str| self.by_path.get(path).map(|&at| self.files[at].0);
        if !module.is_empty()
            && let Some(file) = try_file(&format!("{place}.py"))
        {
            return Some(file);
        }
        let slash = if place.is_empty() { "" } else { "/" };
        try_file(&format!("{place}{slash}__init__.py"))
    }

    /// A file somewhere that ends with the path of a module of several parts:
    /// the one closest to whoever imports it.
    fn anywhere(&self, from: &str, module: &str) -> Option<&'c str> {
        if !module.contains('.') {
            return None;
        }
        let tail = module.replace('.', "/");
        let candidates = self.by_stem.get(last(module))?;
        let fits = |path: &&&str| {
            let place = path.trim_end_matches(".py").trim_end_matches("/__init__");
            place
                .strip_suffix(tail.as_str())
                .is_some_and(|before| before.ends_with('/'))
        };
        let near = |path: &str| {
            path.bytes()
                .zip(from.bytes())
                .take_while(|(one, two)| one == two)
                .count()
        };
        candidates
            .iter()
            .filter(fits)
            .max_by_key(|path| near(path))
            .copied()
    }

    /// What a dotted path means in a file.
    pub(super) fn define(&self, from: &str, path: &str) -> Option<Definition<'_, 'c>> {
        self.define_within(from, path, HOPS)
    }

    fn define_within(&self, from: &str, path: &str, hops: u8) -> Option<Definition<'_, 'c>> {
        let hops = hops.checked_sub(1)?;
        if let Some(name) = path.strip_prefix('*') {
            let stars = self.facts(from)?.imports.find("*");
            return stars
                .map(|star| join(star, name))
                .find_map(|path| self.define_within(from, &path, hops));
        }
        if let Some(id) = self.forms.and_then(|forms| forms.find(path)) {
            return Some(Definition::Form(id));
        }
        let (file, rest) = self.locate(from, path)?;
        if rest.is_empty() {
            return Some(Definition::File(file));
        }
        let facts = self.facts(file)?;
        let (name, attrs) = rest.split_once('.').unwrap_or((rest, ""));
        if let Some(module) = &facts.module {
            match module.export(rest).or_else(|| module.export(name)) {
                Some(Export::Marks(marks)) => return Some(Definition::Marks(marks, file)),
                Some(Export::Wrapper(wrapper)) if attrs.is_empty() => {
                    return Some(Definition::Wrapper(wrapper, file, name.to_owned()));
                }
                Some(Export::Cases(cases)) if attrs.is_empty() => {
                    return Some(Definition::Cases(cases, file, name.to_owned()));
                }
                Some(Export::Text(text)) if attrs.is_empty() => {
                    return Some(Definition::Text(text, file));
                }
                Some(Export::Path(path)) => {
                    let path = if attrs.is_empty() {
                        path.to_string()
                    } else {
                        format!("{path}.{attrs}")
                    };
                    return self.define_within(file, &path, hops);
                }
                _ => {}
            }
        }
        let further = |path: &str| {
            let path = if attrs.is_empty() {
                path.to_owned()
            } else {
                format!("{path}.{attrs}")
            };
            // A package that imports its own modules leads back to where we are.
            (file != from || !path.ends_with(rest)).then_some(())?;
            self.define_within(file, &path, hops)
        };
        let named = facts.imports.find(name).find_map(further);
        named.or_else(|| {
            facts
                .imports
                .find("*")
                .map(|star| join(star, rest))
                .find_map(|path| self.define_within(file, &path, hops))
        })
    }

    /// Whether a dotted path is another name of a package of marks: `m` after `m = pytest.mark`.
    pub(super) fn is_package(&self, from: &str, path: &str) -> bool {
        let Some((file, name)) = self.locate(from, path) else {
            return false;
        };
        let Some(facts) = self.facts(file).filter(|_| file != from) else {
            return false;
        };
        let named = facts.module.as_ref().and_then(|it| it.export(name));
        let named = match named {
            Some(Export::Path(path)) => Some(&**path),
            _ => facts.imports.find(name).next(),
        };
        named.is_some_and(|it| PACKAGES.contains(&it) && last(it) != name)
    }

    /// The forms that a mark comes down to, with all arguments on the way.
    pub(super) fn follow(&self, from: &str, mark: &Mark, site: &Site) -> Vec<Mark> {
        self.follow_within(from, mark, site, HOPS)
    }

    fn follow_within(&self, from: &str, mark: &Mark, site: &Site, hops: u8) -> Vec<Mark> {
        let Some(hops) = hops.checked_sub(1) else {
            return Vec::new();
        };
        let mut mark = mark.clone();
        self.settle(from, &mut mark.args);
        let Target::Named(path) = &mark.target else {
            return vec![mark];
        };
        let inner = |marks: &[Mark], file: &str| -> Vec<Mark> {
            marks
                .iter()
                .flat_map(|inner| self.follow_within(file, inner, site, hops))
                .collect()
        };
        let followed = match self.define(from, path) {
            Some(Definition::Form(id)) => {
                let usage = self.forms.map(|forms| forms.form(id).usage);
                use crate::marks::Usage;
                let fits = match site {
                    Site::Code => matches!(usage, Some(Usage::Call | Usage::Raise)),
                    _ => matches!(usage, Some(Usage::Mark | Usage::Decorator)),
                };
                return if fits {
                    vec![Mark {
                        target: Target::Form(id),
                        ..mark
                    }]
                } else {
                    Vec::new()
                };
            }
            Some(Definition::Marks(marks, file)) => {
                let mut found = inner(marks, file);
                for each in &mut found {
                    each.args.extend(mark.args.iter().cloned());
                }
                found
            }
            Some(Definition::Wrapper(wrapper, file, name)) => {
                // A mark of that name knows better what the arguments mean.
                if let Some(id) = self.forms.and_then(|forms| forms.custom(&name)) {
                    return vec![Mark {
                        target: Target::Form(id),
                        followed: true,
                        ..mark
                    }];
                }
                let marks = if *site == Site::Code {
                    &wrapper.calls
                } else {
                    &wrapper.decorates
                };
                if !marks.is_empty() {
                    self.used.borrow_mut().insert((file, name));
                }
                inner(&wrapper.apply(marks, &mark.args), file)
            }
            Some(Definition::Cases(..) | Definition::Text(..) | Definition::File(_)) => Vec::new(),
            None => return self.guess(path, &mark).into_iter().collect(),
        };
        followed
            .into_iter()
            .map(|each| Mark {
                guard: Guard::and(mark.guard.clone(), each.guard),
                followed: true,
                guessed: each.guessed || mark.guessed,
                ..each
            })
            .collect()
    }

    /// What something of outside the repository is by its name.
    fn guess(&self, path: &str, mark: &Mark) -> Option<Mark> {
        let forms = self.forms?;
        let package = ["unittest.", "pytest."].iter().find_map(|package| {
            let at = path.rfind(&format!(".{package}"))?;
            forms.find(&path[at + 1..])
        });
        let id = package.or_else(|| forms.custom(path.trim_start_matches('*')))?;
        Some(Mark {
            target: Target::Form(id),
            guessed: true,
            ..mark.clone()
        })
    }

    /// Makes plain texts of those that name constants of other files.
    fn settle(&self, from: &str, args: &mut [Arg]) {
        for arg in args {
            if arg.text.plain().is_none() {
                arg.text = Text::words(self.render(from, &arg.text));
            }
        }
    }

    /// A text with the constants of other files.
    pub(super) fn render(&self, from: &str, text: &Text) -> String {
        text.render(&|path| match self.define(from, path)? {
            Definition::Text(text, file) => {
                Some(text.render(&|path| match self.define(file, path)? {
                    Definition::Text(text, _) => text.plain(),
                    _ => None,
                }))
            }
            _ => None,
        })
    }
}

fn join(module: &str, name: &str) -> String {
    if module.ends_with('.') {
        format!("{module}{name}")
    } else {
        format!("{module}.{name}")
    }
}

/// The folder of a path; empty at the root.
pub(super) fn folder(path: &str) -> &str {
    slash(path).map_or("", |slash| &path[..slash])
}

/// The name of a path without its folder.
pub(super) fn base_name(path: &str) -> &str {
    slash(path).map_or(path, |slash| &path[slash + 1..])
}

fn slash(path: &str) -> Option<usize> {
    path.bytes().rposition(|byte| byte == b'/')
}

/// The last part of the name of a file's module.
pub(super) fn stem(path: &str) -> &str {
    let name = base_name(path);
    match name.strip_suffix(".py") {
        Some("__init__") => base_name(folder(path)),
        Some(stem) => stem,
        None => name,
    }
}
