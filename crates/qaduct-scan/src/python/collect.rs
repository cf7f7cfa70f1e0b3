//! Tells whether a framework would collect what a mute belongs to.

use globset::{GlobBuilder, GlobMatcher};
use rustc_hash::FxHashMap;

use super::facts::{Base, Class, Module, Owner};
use super::modules::{Modules, base_name};
use super::settings::Options;
use crate::marks::last;

/// How many classes in a row are followed.
const HOPS: u8 = 8;

/// Packages whose classes are no tests.
const PLAIN: &[&str] = &[
    "abc",
    "enum",
    "typing",
    "typing_extensions",
    "collections",
    "dataclasses",
    "builtins",
    "threading",
];

/// What pytest takes for a test under some settings.
#[derive(Debug)]
pub(super) struct Patterns {
    files: Vec<Pattern>,
    classes: Vec<Pattern>,
    functions: Vec<Pattern>,
    /// Folders that are left out.
    folders: Vec<Pattern>,
}

#[derive(Debug)]
enum Pattern {
    Prefix(String),
    /// What a name begins and ends with.
    Ends(String, String),
    Glob(GlobMatcher, bool),
}

impl Patterns {
    pub(super) fn new(options: &Options) -> Self {
        let list = |own: &Option<Vec<String>>, default: &[&str], globs: bool| {
            let default = || default.iter().map(|each| (*each).to_owned()).collect();
            let list: Vec<String> = own.clone().unwrap_or_else(default);
            list.into_iter()
                .map(|text| Pattern::new(text, globs))
                .collect()
        };
        Self {
            files: list(&options.files, &["test_*.py", "*_test.py"], true),
            classes: list(&options.classes, &["Test"], false),
            functions: list(&options.functions, &["test"], false),
            folders: options
                .folders
                .iter()
                .map(|text| Pattern::new(text.trim_end_matches('/').to_owned(), true))
                .collect(),
        }
    }

    /// The folder of a path that is not searched, if there is one. What pytest
    /// leaves out unasked may still be asked for by name.
    pub(super) fn left_out<'p>(&self, path: &'p str) -> Option<&'p str> {
        let ends = path.match_indices('/').map(|(end, _)| &path[..end]);
        let out = |folder: &&str| {
            self.folders.iter().any(|pattern| match pattern {
                Pattern::Glob(glob, true) => glob.is_match(format!("/{folder}")),
                Pattern::Prefix(_) => false,
                other => other.name(base_name(folder)),
            })
        };
        ends.into_iter().find(out)
    }

    pub(super) fn file(&self, path: &str) -> bool {
        self.files.iter().any(|pattern| match pattern {
            // A pattern with a slash is for the path, as pytest has it.
            Pattern::Glob(glob, true) => glob.is_match(format!("/{path}")),
            Pattern::Prefix(name) => base_name(path) == name,
            other => other.name(base_name(path)),
        })
    }

    pub(super) fn class_name(&self, name: &str) -> bool {
        self.classes.iter().any(|pattern| pattern.name(name))
    }

    pub(super) fn function(&self, name: &str) -> bool {
        self.functions.iter().any(|pattern| pattern.name(name))
    }
}

impl Pattern {
    fn new(text: String, always_glob: bool) -> Self {
        if !always_glob && !text.contains(['*', '?', '[']) {
            return Self::Prefix(text);
        }
        // What nearly all are; the general case costs much more.
        if let Some((start, end)) = text.split_once('*')
            && !text.contains(['?', '[', '/'])
            && !end.contains('*')
        {
            return Self::Ends(start.to_owned(), end.to_owned());
        }
        let slash = text.contains('/');
        // A pattern with a slash is for the whole path, from any of its folders on.
        let glob = if slash {
            format!("*/{text}")
        } else {
            text.clone()
        };
        // Braces mean nothing to pytest.
        let glob = glob.replace('{', "[{]").replace('}', "[}]");
        match GlobBuilder::new(&glob)
            .literal_separator(false)
            .backslash_escape(false)
            .build()
        {
            Ok(glob) => Self::Glob(glob.compile_matcher(), slash),
            Err(_) => Self::Prefix(text),
        }
    }

    fn name(&self, name: &str) -> bool {
        match self {
            Self::Prefix(prefix) => name.starts_with(prefix.as_str()),
            Self::Ends(start, end) => name
                .strip_prefix(start.as_str())
                .is_some_and(|rest| rest.ends_with(end.as_str())),
            Self::Glob(glob, _) => glob.is_match(name),
        }
    }
}

/// Whether a class is a `unittest.TestCase`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kin {
    Yes,
    No,
    /// One of its bases is out of our sight.
    Unknown,
}

/// Why something is no test.
pub(super) struct Uncollected {
    pub(super) why: String,
    /// Whether that is because of its class, which code may still make a test.
    pub(super) class: bool,
}

impl Uncollected {
    fn other(why: String) -> Self {
        Self { why, class: false }
    }
}

/// The classes of a commit.
pub(super) struct Collector<'s, 'c> {
    modules: &'s Modules<'c>,
    /// Subclasses by the last name of their base.
    heirs: FxHashMap<&'s str, Vec<(&'c str, &'s Class, &'s Base)>>,
    /// Who imports a name, or all names of a module.
    importers: FxHashMap<&'s str, Vec<(&'c str, &'s str)>>,
}

impl<'s, 'c> Collector<'s, 'c> {
    pub(super) fn new(modules: &'s Modules<'c>) -> Self {
        let mut heirs: FxHashMap<&str, Vec<_>> = FxHashMap::default();
        let mut importers: FxHashMap<&str, Vec<_>> = FxHashMap::default();
        for (path, facts) in modules.files() {
            for class in facts.module.iter().flat_map(|module| &module.classes) {
                for base in &class.bases {
                    let name = match base {
                        Base::Local(path) => path.rsplit("::").next().unwrap_or(path),
                        Base::Imported(path) => last(path).trim_start_matches('*'),
                        Base::Unknown => continue,
                    };
                    heirs.entry(name).or_default().push((path, class, base));
                }
            }
            // Only what test files import can be collected there.
            if base_name(path).contains("test") {
                for (bound, from) in facts.imports.iter() {
                    let name = if bound == "*" { "*" } else { last(from) };
                    importers.entry(name).or_default().push((path, from));
                }
            }
        }
        Self {
            modules,
            heirs,
            importers,
        }
    }

    /// Why the owner of a mute is no test, where it is none.
    pub(super) fn test(
        &self,
        path: &str,
        module: &Module,
        owner: &Owner,
        patterns: &Patterns,
    ) -> Result<(), Uncollected> {
        let mut kin = Kin::No;
        if !owner.container.is_empty() {
            kin = self.class(path, module, &owner.container, patterns)?;
        }
        if !owner.name.is_empty() {
            let name = &*owner.name;
            let unittest = kin != Kin::No && (name.starts_with("test") || name == "runTest");
            let pytest = kin != Kin::Yes && patterns.function(name);
            if !(unittest || pytest) {
                return Err(Uncollected::other(format!(
                    "`{name}` is not a test by its name"
                )));
            }
        }
        self.file(path, owner, kin, patterns).or_else(|why| {
            // A class may be there for others to inherit from.
            let class = module
                .classes
                .iter()
                .rev()
                .find(|class| class.path == owner.container);
            let heir = class.and_then(|class| self.inherited(path, class, patterns, HOPS));
            heir.map(|_| ()).ok_or(why)
        })
    }

    /// Why a file is not searched for tests.
    fn file(
        &self,
        path: &str,
        owner: &Owner,
        kin: Kin,
        patterns: &Patterns,
    ) -> Result<(), Uncollected> {
        if let Some(folder) = patterns.left_out(path) {
            return Err(Uncollected::other(format!(
                "pytest does not search `{folder}`, by its configuration"
            )));
        }
        if kin != Kin::No || patterns.file(path) {
            return Ok(());
        }
        let top = match owner.container.split("::").next() {
            Some(class) if !class.is_empty() => class,
            _ => &owner.name,
        };
        if self.is_imported(path, top) {
            return Ok(());
        }
        Err(Uncollected::other(format!(
            "pytest does not search `{}` for tests",
            base_name(path)
        )))
    }

    fn is_imported(&self, path: &str, name: &str) -> bool {
        let of = |key: &str| self.importers.get(key).into_iter().flatten();
        let by_name = of(name).any(|(from, target)| {
            self.modules
                .locate(from, target)
                .is_some_and(|(file, _)| file == path)
        });
        by_name
            || of("*").any(|(from, target)| {
                self.modules
                    .locate(from, target)
                    .is_some_and(|(file, rest)| file == path && rest.is_empty())
            })
    }

    /// Why a class is not collected; whether it is a test case of unittest, where it is.
    pub(super) fn class(
        &self,
        path: &str,
        module: &Module,
        name: &str,
        patterns: &Patterns,
    ) -> Result<Kin, Uncollected> {
        let find = |name: &str| {
            module
                .classes
                .iter()
                .rev()
                .find(|class| &*class.path == name)
        };
        let Some(class) = find(name) else {
            return Ok(Kin::Unknown);
        };
        let kin = self.kin(path, class, HOPS);
        let why = match self.own(class, kin, patterns) {
            Ok(()) => {
                // Classes within a class are found through it.
                return match name.rsplit_once("::") {
                    Some((outer, _)) if find(outer).is_some() => {
                        self.class(path, module, outer, patterns).map(|_| kin)
                    }
                    _ => Ok(kin),
                };
            }
            Err(why) => why,
        };
        match self.inherited(path, class, patterns, HOPS) {
            Some(kin) => Ok(kin),
            None => Err(why),
        }
    }

    /// Why the class itself is not collected.
    fn own(&self, class: &Class, kin: Kin, patterns: &Patterns) -> Result<(), Uncollected> {
        let name = class.path.rsplit("::").next().unwrap_or(&class.path);
        if class.test == Some(false) {
            return Err(Uncollected::other(format!(
                "class `{name}` says that it is no test"
            )));
        }
        match kin {
            Kin::Yes | Kin::Unknown => Ok(()),
            Kin::No if !patterns.class_name(name) => Err(Uncollected {
                class: true,
                why: format!(
                    "class `{name}` is no test by its name, and no test class inherits from it"
                ),
            }),
            Kin::No if class.init => Err(Uncollected {
                class: true,
                why: format!(
                    "pytest does not collect class `{name}`, which has an `__init__` of its own"
                ),
            }),
            Kin::No => Ok(()),
        }
    }

    /// Whether a class that is collected inherits from this one.
    fn inherited(&self, path: &str, class: &Class, patterns: &Patterns, hops: u8) -> Option<Kin> {
        let hops = hops.checked_sub(1)?;
        let name = class.path.rsplit("::").next().unwrap_or(&class.path);
        let heirs = self.heirs.get(name)?;
        heirs.iter().find_map(|(from, heir, base)| {
            let same = match base {
                Base::Local(_) => *from == path,
                Base::Imported(target) => {
                    match self.modules.locate(from, target.trim_start_matches('*')) {
                        Some((file, _)) => file == path || !self.defines(file, name),
                        None => true,
                    }
                }
                Base::Unknown => false,
            };
            if !same || heir.path == class.path && *from == path {
                return None;
            }
            let kin = self.kin(from, heir, HOPS);
            let searched = kin != Kin::No || patterns.file(from);
            if searched && self.own(heir, kin, patterns).is_ok() {
                return Some(kin);
            }
            self.inherited(from, heir, patterns, hops)
        })
    }

    fn defines(&self, file: &str, class: &str) -> bool {
        let module = self
            .modules
            .facts(file)
            .and_then(|facts| facts.module.as_ref());
        module.is_some_and(|module| module.classes.iter().any(|own| &*own.path == class))
    }

    fn kin(&self, path: &str, class: &Class, hops: u8) -> Kin {
        let Some(hops) = hops.checked_sub(1) else {
            return Kin::Unknown;
        };
        let mut all = Kin::No;
        for base in &class.bases {
            match self.base(path, class, base, hops) {
                Kin::Yes => return Kin::Yes,
                Kin::Unknown => all = Kin::Unknown,
                Kin::No => {}
            }
        }
        // A class of that name is mixed into test cases, maybe by code.
        if all == Kin::No && class.path.ends_with("TestCase") {
            Kin::Unknown
        } else {
            all
        }
    }

    fn base(&self, path: &str, class: &Class, base: &Base, hops: u8) -> Kin {
        match base {
            Base::Local(name) => {
                if &**name == "object" {
                    return Kin::No;
                }
                let module = self
                    .modules
                    .facts(path)
                    .and_then(|facts| facts.module.as_ref());
                // A name may be that of a class next to this one.
                let near = class
                    .path
                    .rsplit_once("::")
                    .map(|(outer, _)| format!("{outer}::{name}"));
                let found = module.and_then(|module| {
                    let find = |name: &str| {
                        module
                            .classes
                            .iter()
                            .find(|own| &*own.path == name && own.path != class.path)
                    };
                    near.as_deref().and_then(find).or_else(|| find(name))
                });
                match found {
                    Some(base) => self.kin(path, base, hops),
                    None if name.ends_with("TestCase") => Kin::Yes,
                    None => Kin::Unknown,
                }
            }
            Base::Imported(target) => {
                let name = last(target).trim_start_matches('*');
                if name.ends_with("TestCase") || target.starts_with("unittest.") {
                    return Kin::Yes;
                }
                let root = target.split('.').next().unwrap_or(target);
                if PLAIN.contains(&root) {
                    return Kin::No;
                }
                let Some((file, rest)) = self.modules.locate(path, target) else {
                    return Kin::Unknown;
                };
                let module = self
                    .modules
                    .facts(file)
                    .and_then(|facts| facts.module.as_ref());
                let rest = rest.replace('.', "::");
                match module.and_then(|module| module.classes.iter().find(|own| *own.path == *rest))
                {
                    Some(base) => self.kin(file, base, hops),
                    None => Kin::Unknown,
                }
            }
            Base::Unknown => Kin::Unknown,
        }
    }
}
