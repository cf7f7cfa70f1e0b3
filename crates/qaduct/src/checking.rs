//! From a work tree to a verdict: what `check`, `baseline`, `diff` and `explain` share.
//!
//! Reads the repository and, where there is one, the database; asks nobody over the
//! network. [`Bench`] is the states of a repository beside each other; [`part`] and [`staged`]
//! are what of it is judged, [`tickets`] and [`seen`] what the database knows.

pub mod part;
pub mod seen;
pub mod staged;
pub mod tickets;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use qaduct_check::{Baseline, Case, Changes, Entry, FailOn, Limits, Reference, Verdict};
use qaduct_records::Reader;
use qaduct_records::scan::Found;
use qaduct_scan::{
    Access, Options, Repository, Silent, State, States, TicketRules, doubtful_ticket, scan_states,
    work_tree,
};

use crate::config::Config;
use crate::context::Context;
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::wire::{self, StoreSettings};

pub use part::Part;
pub use staged::Staged;

/// The state that is judged stands first among the states.
const HERE: usize = 0;

/// The repository around a folder.
///
/// # Errors
/// When there is none, or it is named by an address.
pub fn repository(
    path: &str,
    context: &Context,
    settings: &Config,
) -> Result<Repository, CommandError> {
    if qaduct_scan::host_of(path).is_some() {
        return Err(CommandError::usage(format!("`{path}` is no folder"))
            .help("clone it, and name the clone"));
    }
    let access = Access {
        // Without such a folder nothing is remembered.
        cache_dir: context.cache_dir(settings).unwrap_or_default(),
        credentials: Vec::new(),
    };
    Ok(Repository::open(path, &access, &Silent)?)
}

/// The states of a repository that a command looks at.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// What of it is judged.
    pub part: Part,
    /// What a hook judges, instead of what is on disk.
    pub staged: Option<Staged>,
    /// The older state, where a change is looked at.
    pub since: Option<&'a str>,
    /// The branch to compare with.
    pub reference: Option<&'a str>,
}

/// The states of a repository beside each other.
pub struct Bench<'a> {
    states: States<'a>,
    /// The commit that counts as the older state.
    pub base: Option<String>,
    /// The branch to compare with and its number, or why there is none.
    reference: Result<(String, usize), &'static str>,
    changes: Option<Changes>,
    /// The older states, where a change is looked at: in a merge there are several.
    older: Range<usize>,
    part: Part,
    repository: &'a Repository,
    /// The commit that is checked out, and the folder of the work tree where there is one.
    head: Option<(String, PathBuf)>,
}

impl<'a> Bench<'a> {
    /// The work tree around a path as it is on disk, or what a hook judges, beside what it is
    /// compared with.
    ///
    /// # Errors
    /// When one of the states cannot be read.
    pub fn of_work_tree(
        settings: &Config,
        repository: &'a Repository,
        path: &str,
        wanted: Wanted<'_>,
    ) -> Result<Self, CommandError> {
        let folder = work_tree(Path::new(path));
        // Before the first commit everything on disk is new.
        let first = match folder {
            Some(_) => repository.before_first_commit()?,
            None => None,
        };
        let commit = |name: &str| match &first {
            Some(nothing) if name == "HEAD" => Ok(nothing.clone()),
            _ => repository.commit(name),
        };
        let mut head = commit("HEAD")?;
        let mut merging = Vec::new();
        let here = match (folder.clone(), wanted.staged) {
            (
                _,
                Some(Staged {
                    commits: Some((_, to)),
                    ..
                }),
            ) => {
                head = commit(&to)?;
                State::Commit(head.clone())
            }
            (Some(folder), Some(staged)) => {
                merging = staged.merging;
                State::Index {
                    folder,
                    file: staged.index,
                    commit: head.clone(),
                }
            }
            (Some(folder), None) => State::WorkTree {
                folder,
                commit: head.clone(),
            },
            (None, None) => State::Commit(head.clone()),
            (None, Some(_)) => {
                let message = format!("`{path}` has no work tree, and nothing staged");
                return Err(
                    CommandError::usage(message).help("`qaduct check --since REV` judges commits")
                );
            }
        };
        let since = wanted.since.map(commit).transpose()?;
        let base = match &since {
            Some(since) if first.is_some() => Some(since.clone()),
            Some(since) => Some(repository.merge_base(since, &head)?),
            None => None,
        };
        let mut states = vec![here];
        states.extend(base.clone().map(State::Commit));
        states.extend(merging.into_iter().map(State::Commit));
        let older = 1..states.len();
        let mut reference = Err("no `reference` under `[check]` names a branch to compare with");
        if let Some(name) = wanted.reference {
            let commit = commit(name)?;
            reference = if commit == head {
                // What is new on disk is no drift of the branch.
                Ok((name.to_owned(), HERE))
            } else if since.as_ref() == Some(&commit) {
                // Everything that is new would differ.
                Err("the branch to compare with is the one from which the change is counted")
            } else {
                states.push(State::Commit(commit));
                Ok((name.to_owned(), states.len() - 1))
            };
        }
        let mut bench = Self::read(settings, repository, &states)?;
        bench.base = base;
        bench.reference = reference;
        bench.head = folder.map(|folder| (head, folder));
        let changes = older.clone().map(|it| bench.between(it, HERE));
        let changes = changes.reduce(|all, more| all.beside(&more));
        bench.changes = changes.map(|it| it.within(|path| wanted.part.has(path)));
        bench.part = wanted.part;
        bench.older = older;
        Ok(bench)
    }

    /// Two commits.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn of_commits(
        settings: &Config,
        repository: &'a Repository,
        before: &str,
        after: &str,
    ) -> Result<(Self, Changes), CommandError> {
        let states = [after, before].map(|it| repository.commit(it).map(State::Commit));
        let states = states.into_iter().collect::<Result<Vec<_>, _>>()?;
        let bench = Self::read(settings, repository, &states)?;
        let changes = bench.between(1, HERE);
        Ok((bench, changes))
    }

    fn read(
        settings: &Config,
        repository: &'a Repository,
        states: &[State],
    ) -> Result<Self, CommandError> {
        let options = Options {
            marks: settings.mark.clone(),
            manifests: settings.manifest.clone(),
            tickets: ticket_rules(settings),
            exclusion: settings.scan.exclusion(),
            owners: settings.owner.clone(),
            ..Options::default()
        };
        // It ends before anybody could ask how far it is.
        let states = scan_states(repository, states, &options, &Silent)?;
        Ok(Self {
            states,
            base: None,
            reference: Err("two commits are compared"),
            changes: None,
            older: 0..0,
            part: Part::default(),
            repository,
            head: None,
        })
    }

    /// What became of the mutes of one state in another.
    fn between(&self, before: usize, after: usize) -> Changes {
        let compared = self.states.compare(before, after);
        Changes::of(compared.same, compared.new, compared.gone, compared.unknown)
    }

    /// The mutes that are there.
    #[must_use]
    pub fn mutes(&self) -> &[Arc<Found>] {
        &self.states.findings[HERE].mutes
    }

    /// Who answers for a file that holds a mute.
    #[must_use]
    pub fn owner(&self, path: &str) -> Option<&str> {
        let owners = &self.states.findings[HERE].owners;
        let owned = owners.iter().find(|it| it.path == path)?;
        owned.owners.as_deref()
    }

    /// Says what makes the result less than it looks.
    ///
    /// # Errors
    /// When the repository lacks files: then what was judged is not all.
    pub fn tell(&self, context: &Context) -> Result<(), CommandError> {
        let findings = &self.states.findings[HERE];
        if let Some(part) = self.part.name()
            && !self.states.any(HERE, |path| self.part.has(path))
        {
            let message = format!("there is no file in {part} that could hold a test");
            context.ui.warn(
                &Report::new(Code::NoTests, message)
                    .help("name a folder with tests; what git ignores is not read"),
            );
        } else if findings.test_files == 0 {
            let message = format!(
                "no test file was recognised among {} files",
                findings.files_seen
            );
            context.ui.warn(
                &Report::new(Code::NoTests, message).help(
                    "name the root of the repository, or a mark of your own under `[[mark]]`",
                ),
            );
        }
        let all = self.states.findings.iter().flat_map(|it| &it.problems);
        let mut missing = all.filter(|it| it.problem == "missing_object");
        let Some(first) = missing.next() else {
            return Ok(());
        };
        let message = format!(
            "`{}` and {} more: {}",
            first.path,
            missing.count(),
            first.message
        );
        let report = Report::new(Code::CheckPartial, message)
            .help("`git fsck` tells more; a clone that is not partial has all files");
        Err(report.into())
    }

    /// The files that were renamed since a baseline was written, where entries of it ask for
    /// files that are not here.
    fn renamed_since(
        &self,
        baseline: &Baseline,
        file: &Path,
    ) -> Result<BTreeMap<String, String>, CommandError> {
        let is_gone = |it: &Entry| !self.states.has(HERE, it.path());
        match &self.head {
            Some((head, folder)) if baseline.each().any(is_gone) => {
                let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
                Ok(self.repository.renamed_since(folder, &file, head)?)
            }
            _ => Ok(BTreeMap::new()),
        }
    }

    /// Judges what is there.
    ///
    /// # Errors
    /// When git does not tell which files of a baseline were renamed.
    pub fn judge(
        &self,
        court: &Court,
        baseline: Option<(&Baseline, &Path)>,
    ) -> Result<Verdict, CommandError> {
        let reference = self.reference.as_ref().map(|(name, at)| Reference {
            name,
            mutes: &self.states.findings[*at].mutes,
        });
        let renamed = match baseline {
            Some((baseline, file)) => self.renamed_since(baseline, file)?,
            None => BTreeMap::new(),
        };
        let owner = |path: &str| self.owner(path).map(str::to_owned);
        let facts = qaduct_check::Facts {
            today: court.today,
            owner: self.states.has_owners().then_some(&owner),
            since: &|mute| court.seen.since(mute),
            looks_like_ticket: &|text| doubtful_ticket(text, &court.rules),
            ticket: &|ticket| court.tickets.state(ticket),
            reference: reference.map_err(|why| *why),
        };
        Ok(qaduct_check::judge(&Case {
            findings: &self.states.findings[HERE],
            changes: self.changes.as_ref(),
            has_changed: &|path| {
                let mut older = self.older.clone();
                older.all(|it| self.states.differs(HERE, it, path))
            },
            is_asked: &|path| self.part.has(path),
            has_file: &|path| self.states.has(HERE, path),
            facts: &facts,
            limits: &court.limits,
            renamed: &|path| renamed.get(path).cloned(),
            left_over: self.states.left_over(HERE),
            baseline: baseline.map(|(it, _)| it),
        }))
    }
}

/// What is known besides the repository.
#[derive(Debug)]
pub struct Court {
    limits: Limits,
    rules: TicketRules,
    today: Date,
    /// What the trackers say.
    pub tickets: tickets::Tickets,
    /// What our scans saw.
    pub seen: seen::Seen,
}

impl Court {
    /// Asks the database, where there is one that can be asked at once: a file, or what
    /// the command line names.
    ///
    /// # Errors
    /// When what is named cannot be asked.
    pub fn new(
        context: &Context,
        settings: &Config,
        is_named: bool,
        repository: &str,
        mutes: &[Arc<Found>],
    ) -> Result<Self, CommandError> {
        let mut court = Self {
            limits: settings.check.limits(),
            rules: ticket_rules(settings),
            today: TimeZone::UTC.to_datetime(context.clock()?.now()).date(),
            tickets: tickets::Tickets::default(),
            seen: seen::Seen::default(),
        };
        if !is_named && !is_file(&settings.store.url) {
            return Ok(court);
        }
        match court.ask(context, settings, repository, mutes) {
            Ok(()) => {}
            Err(error) if is_named => return Err(error),
            // Without a database everything else can be judged.
            Err(error) => {
                let absent = error
                    .reports()
                    .iter()
                    .any(|it| it.code == Code::StoreAbsent);
                if !absent {
                    let why = format!("tickets and ages are not known: {error}");
                    context.ui.warn(&Report::new(Code::CheckUnjudged, why));
                }
            }
        }
        Ok(court)
    }

    fn ask(
        &mut self,
        context: &Context,
        settings: &Config,
        repository: &str,
        mutes: &[Arc<Found>],
    ) -> Result<(), CommandError> {
        let store = StoreSettings::new(context, settings)?.connect()?;
        let mut reader: Box<dyn Reader> = store.reader()?;
        if qaduct_stores::has_any_view(reader.as_mut(), &mut ["v_mutes_current"].into_iter())? {
            self.seen = seen::Seen::read(reader.as_mut(), repository, mutes)?;
        }
        if wire::is_for_pulls(store.as_ref())? {
            let reader = reader.as_mut();
            self.tickets = tickets::Tickets::read(reader, settings, repository, mutes, &self.seen)?;
        }
        Ok(())
    }
}

/// How tickets are recognised.
fn ticket_rules(settings: &Config) -> TicketRules {
    let mut rules: TicketRules = settings.tickets.clone().into();
    // Whose tickets count are projects, wherever their keys stand.
    let projects = settings.check.projects.iter();
    let projects = projects.filter(|it| !it.contains('/'));
    rules.projects.extend(projects.cloned());
    rules
}

/// Whether a store is a file, which takes no time to find missing.
fn is_file(url: &str) -> bool {
    !url.contains("://") || url.starts_with("sqlite:")
}

/// Which findings make a check fail: what the command line says, else the settings.
///
/// # Errors
/// With the word that means nothing.
pub fn fail_on(settings: &Config, words: &[String]) -> Result<FailOn, CommandError> {
    let words = match words {
        [] => &settings.check.fail_on,
        words => words,
    };
    FailOn::read(words.iter().map(String::as_str)).map_err(|error| {
        CommandError::usage(error.to_string()).help("`qaduct explain QM001` explains a rule")
    })
}
