//! What becomes of a mute where it stands: how much it mutes, and whether it
//! mutes anything at all.

use qaduct_records::Scope;

use super::collect::Uncollected;
use super::declare::Verdict;
use super::facts::{Base, Mark, Module, Owner, Role, Sighting, Site};
use super::modules::base_name;
use super::resolve::{Resolver, Rules};
use crate::marks::{Form, Usage, last};

/// Why a helper or a list is no mute itself, where its users are known.
pub(super) const USED: &str = "it mutes whoever uses it, and those are listed";

impl Verdict {
    /// Takes what collecting says.
    fn settle(&mut self, collected: Result<(), Uncollected>, framework: &str) {
        match collected {
            Ok(()) => {}
            // Classes with unittest's marks are mixed into test cases by code too.
            Err(not) if not.class && framework != "pytest" => {
                self.dynamic = true;
                self.heuristic = true;
            }
            Err(not) => self.ineffective = Some(not.why),
        }
    }
}

impl Resolver<'_, '_> {
    /// What becomes of an attribute that mutes.
    pub(super) fn attribute(
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
        let mut verdict = Verdict {
            scope,
            ineffective: None,
            dynamic: false,
            heuristic: false,
        };
        match (&sighting.site, owner.role) {
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
                verdict.ineffective = (!based && !rules.patterns.class_name(name))
                    .then(|| format!("class `{name}` is no test by its name"));
            }
            (Site::Attribute("__test__ = False", ..), _) => {}
            _ => verdict.settle(
                self.collector.test(path, module, owner, &rules.patterns),
                "trial",
            ),
        }
        verdict
    }

    /// What becomes of a mute where it stands.
    pub(super) fn judge(
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
            self.collector.test(path, module, &class, &rules.patterns)
        };
        match (&sighting.site, owner.role) {
            (Site::Param(_), role) => {
                verdict.scope = Scope::ParamCase;
                match role {
                    // A list that stands for itself, as long as nobody is known to use it.
                    Role::Module if !owner.name.is_empty() => verdict.dynamic = true,
                    Role::Function if !sighting.dynamic => verdict.settle(test(), &form.framework),
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
                verdict.settle(class(), &form.framework);
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
                verdict.settle(class(), &form.framework);
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
                        verdict.settle(Err(why), &form.framework);
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
    called.then(|| USED.to_owned())
}
