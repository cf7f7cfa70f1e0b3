//! A scan: branches to trees to blobs to mutes.
//!
//! Every distinct thing is done once, however many branches share it: a tree
//! is read once, a blob is read and parsed once, the same set of files is
//! resolved once. What a branch holds depends on its commit and the rules
//! alone, never on the order of threads or on what else is scanned.
//!
//! * [`branches`]: which branches; [`files`]: what a commit holds; [`small`]: what
//!   decides of that;
//! * [`blobs`]: the first pass; [`findings`]: what is made of the second;
//! * [`history`]: since when and by whom; [`states`]: commits and work trees beside each
//!   other; [`work_tree`]: files on disk as the tree of a commit;
//! * [`parallel`]: one thread per core.

mod blobs;
mod branches;
mod files;
mod findings;
pub(crate) mod history;
mod parallel;
mod places;
mod remembered;
mod renames;
mod same;
mod small;
mod states;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod tiny;
mod work_tree;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use qaduct_records::digest::digest;
use qaduct_records::scan::{BranchScan, Known, RepositoryScan};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cpp::Cpp;
use crate::dotnet::CSharp;
use crate::git::tree::Trees;
use crate::go::Go;
use crate::javascript::JavaScript;
use crate::jvm::{Groovy, Java, Kotlin, Scala};
use crate::language::{BlobId, Files};
use crate::languages::Languages;
use crate::lines::Lines;
use crate::manifests::Manifests;
use crate::php::Php;
use crate::python::Python;
use crate::ruby::Ruby;
use crate::rust::Rust;
use crate::syntax::Syntax;
use crate::tickets::Tickets;
use crate::vendored::Excluded;
use crate::{
    Exclusion, ManifestRule, MarkError, MarkRule, OwnerRule, Owners, Progress, Repository,
    ScanError, Stage, TicketRules,
};
use crate::{conditions, intent, owners};
use blobs::Blobs;
use branches::Tip;
use files::{Folder, Folders};
pub use states::{Compared, State, States, scan_states};

/// Which branches to scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Branches {
    /// The current branch, or the default branch of a remote.
    #[default]
    Default,
    /// Those that match one of these globs.
    Matching(Vec<String>),
    /// The one of this name, whatever signs are in it.
    Named(String),
    /// All of them.
    All,
}

/// What to scan and how.
#[derive(Debug, Default)]
pub struct Options {
    /// Which branches.
    pub branches: Branches,
    /// Branches that are stored already: where commit and rules are the same, nothing is read.
    pub known: HashMap<String, Known>,
    /// Marks of the user, beside those that ship; the same name replaces.
    pub marks: Vec<MarkRule>,
    /// Lists of muted tests of the user, beside those that ship.
    pub manifests: Vec<ManifestRule>,
    /// How tickets are recognised.
    pub tickets: TicketRules,
    /// Files that are left out, or read all the same.
    pub exclusion: Exclusion,
    /// Who answers for files, before what `CODEOWNERS` says.
    pub owners: Vec<OwnerRule>,
}

/// Scans a repository.
///
/// # Errors
/// When nothing at all can be scanned. What fails for one branch or file only
/// is in [`RepositoryScan::failures`] or in its problems.
pub fn scan(
    repository: &Repository,
    options: &Options,
    progress: &dyn Progress,
) -> Result<RepositoryScan, ScanError> {
    let manifests = Manifests::new(&options.manifests)?;
    let languages = languages(&options.marks, manifests)?;
    scan_with(&languages, repository, options, progress)
}

/// All languages, with the marks of a user and the lists of mutes that are known.
pub(crate) fn languages(marks: &[MarkRule], manifests: Manifests) -> Result<Languages, MarkError> {
    Ok(Languages::new(vec![
        Arc::new(Python::new(marks)?),
        Arc::new(Syntax::<Java>::new(marks)),
        Arc::new(Syntax::<Kotlin>::new(marks)),
        Arc::new(Syntax::<Groovy>::new(marks)),
        Arc::new(Syntax::<Scala>::new(marks)),
        Arc::new(Syntax::<CSharp>::new(marks)),
        Arc::new(Syntax::<Go>::new(marks)),
        Arc::new(Syntax::<Rust>::new(marks)),
        Arc::new(Syntax::<JavaScript>::new(marks)),
        Arc::new(manifests),
        Arc::new(Syntax::<Cpp>::new(marks)),
        Arc::new(Lines::new(marks)),
        Arc::new(Syntax::<Ruby>::new(marks)),
        Arc::new(Syntax::<Php>::new(marks)),
    ]))
}

/// Scans a repository with these languages.
fn scan_with(
    languages: &Languages,
    repository: &Repository,
    options: &Options,
    progress: &dyn Progress,
) -> Result<RepositoryScan, ScanError> {
    let rules = rules(languages, options);
    let excluded = Excluded::new(&options.exclusion)?;
    let mut blobs = Blobs::new(languages, repository);
    let refs = repository.refs(blobs.objects())?;
    let branches::Selected {
        names,
        mut failures,
    } = branches::select(&refs, &options.branches, repository.name())?;

    let mut scans: Vec<BranchScan> = Vec::new();
    let mut stale: Vec<(usize, Tip)> = Vec::new();
    for name in names {
        let tip = match branches::tip(blobs.objects(), &refs.branches[&name])? {
            Ok(tip) => tip,
            Err(why) => {
                failures.push(format!("branch `{name}`: {why}"));
                continue;
            }
        };
        let known = options.known.get(&name).cloned();
        // A clone that was not brought up to date would turn history back.
        if let Some(known) = &known
            && !repository.has_all_branches()
            && tip.committed_at < known.committed_at
            && branches::lacks(blobs.objects(), &known.commit_id)?
        {
            failures.push(format!(
                "branch `{name}` is older here than in the database; `git fetch` brings the clone up to date"
            ));
            continue;
        }
        let fresh = Known {
            commit_id: refs.branches[&name].clone(),
            committed_at: tip.committed_at,
            rules: rules.clone(),
        };
        let scan = BranchScan {
            commit_id: fresh.commit_id.clone(),
            committed_at: tip.committed_at,
            committed_offset_min: tip.committed_offset_min,
            rules: fresh.rules.clone(),
            findings: None,
            branch: name,
            known,
        };
        if scan.known.as_ref() != Some(&fresh) {
            stale.push((scans.len(), tip));
        }
        scans.push(scan);
    }
    if !stale.is_empty() {
        let changed = Changed {
            languages,
            repository,
            excluded: &excluded,
            options,
            progress,
        };
        changed.read(stale, &mut blobs, &mut scans, &mut failures)?;
    }
    if scans.is_empty() && !failures.is_empty() {
        return Err(ScanError::NothingReadable {
            repository: repository.name().to_owned(),
            failures,
        });
    }
    Ok(RepositoryScan {
        repository: repository.name().to_owned(),
        branches: scans,
        existing: repository
            .has_all_branches()
            .then(|| refs.branches.into_keys().collect()),
        known: options.known.clone(),
        blobs_read: blobs.read,
        failures,
    })
}

/// Names the rules of a scan: the same commit gives the same mutes as long as this is the same.
fn rules(languages: &Languages, options: &Options) -> String {
    digest([
        Some(env!("CARGO_PKG_VERSION")),
        Some(&languages.rules_digest()),
        Some(&options.tickets.digest()),
        Some(conditions::vocabulary::SOURCE),
        Some(intent::SOURCE),
        Some(&options.exclusion.digest()),
        Some(&OwnerRule::digest(&options.owners)),
    ])
}

/// What a branch lacks, in words.
fn lacking(branch: &str, first: &str, count: usize) -> String {
    match count {
        1 => format!("branch `{branch}`: `{first}` is missing or damaged in the repository"),
        _ => format!(
            "branch `{branch}`: {count} files or folders are missing or damaged in the repository, the first is `{first}`"
        ),
    }
}

/// The reading of the branches that have changed.
struct Changed<'a> {
    languages: &'a Languages,
    repository: &'a Repository,
    excluded: &'a Excluded,
    options: &'a Options,
    progress: &'a dyn Progress,
}

impl Changed<'_> {
    /// Fills in the findings of the branches; takes out those that fail.
    fn read(
        &self,
        stale: Vec<(usize, Tip)>,
        blobs: &mut Blobs<'_>,
        scans: &mut Vec<BranchScan>,
        failures: &mut Vec<String>,
    ) -> Result<(), ScanError> {
        let trees = self.walk(&stale, blobs)?;
        let gitlab = owners::is_gitlab(self.repository.name());
        let owner_files = |tip: &Tip| {
            let file = |path: &'static str| Some((path, trees.file(&tip.tree, path)?));
            owners::places(gitlab).into_iter().find_map(file)
        };
        let owner_files: Vec<_> = stale.iter().map(|(_, tip)| owner_files(tip)).collect();
        let ids = owner_files
            .iter()
            .flatten()
            .map(|(_, id)| BlobId::clone(id));
        let ids: FxHashSet<BlobId> = ids.chain(trees.attributes.iter().cloned()).collect();
        let small = small::read(ids, blobs)?;
        let mut owners = FxHashMap::default();
        for file in &owner_files {
            let text = file
                .as_ref()
                .and_then(|(path, id)| Some((*path, &**small.get(id)?)));
            let read = || Owners::new(&self.options.owners, text, gitlab);
            owners.entry(file.clone()).or_insert_with(read);
        }
        let reads = |path: &str| self.languages.readers(path);
        let mut folders = Folders::new(&trees, reads, self.excluded, &small);
        let mut roots: Vec<(usize, Arc<Folder>, &Owners)> = Vec::new();
        let mut failed: Vec<usize> = Vec::new();
        for ((at, tip), file) in stale.iter().zip(&owner_files) {
            match folders.root(&tip.tree) {
                Some(root) => roots.push((*at, root, &owners[file])),
                None => {
                    let branch = &scans[*at].branch;
                    failures.push(format!("branch `{branch}`: its tree is missing or damaged"));
                    failed.push(*at);
                }
            }
        }
        drop(folders);
        drop(trees);

        // Branches that hold the same files to read share one resolution.
        let mut commits: Vec<Files> = Vec::new();
        let mut numbers: FxHashMap<Files, usize> = FxHashMap::default();
        let mut commit_of: Vec<usize> = Vec::new();
        for (_, root, _) in &roots {
            let files: Files = root.read.iter().cloned().collect();
            let number = *numbers.entry(files).or_insert_with_key(|files| {
                commits.push(files.clone());
                commits.len() - 1
            });
            commit_of.push(number);
        }
        drop(numbers);

        blobs.first_pass(&commits, self.progress)?;
        self.progress
            .begin(Stage::Resolving, Some(commits.len() as u64));
        let resolved = parallel::each(&commits, |files| {
            let resolved = self.languages.resolve(files, &|id| blobs.facts(id));
            self.progress.advance(1);
            resolved
        });

        let name = self.repository.name();
        let mut tickets = Tickets::new(&self.options.tickets, name);
        let doubts: Vec<_> = resolved.iter().map(|it| tickets.read(&it.mutes)).collect();
        let tips = roots.iter().map(|(at, ..)| scans[*at].commit_id.as_str());
        let doubts = commit_of.iter().map(|&it| &doubts[it]);
        let learned = learned(self.repository, tips.zip(doubts))?;
        let mut found = HashMap::new();
        let mut sealed = findings::Sealed::default();
        for (((at, root, owners), commit), learned) in roots.into_iter().zip(commit_of).zip(learned)
        {
            let scan = &mut scans[at];
            let commit = found.entry((commit, learned)).or_insert_with_key(|it| {
                let (commit, learned) = it;
                let unread = blobs.problems(&commits[*commit]);
                findings::of_commit(
                    name,
                    &resolved[*commit],
                    unread,
                    &tickets,
                    learned,
                    &mut sealed,
                )
            });
            let findings = findings::of_branch(commit, &root, owners, name, &scan.branch);
            let missing = findings
                .problems
                .iter()
                .filter(|it| it.problem == findings::MISSING);
            if let Some(first) = missing.clone().next() {
                failures.push(lacking(&scan.branch, &first.path, missing.count()));
            }
            scan.findings = Some(findings);
        }
        for at in failed.into_iter().rev() {
            scans.remove(at);
        }
        failures.extend(blobs.failures());
        Ok(())
    }

    /// Reads the trees of the branches.
    fn walk(&self, stale: &[(usize, Tip)], blobs: &mut Blobs<'_>) -> Result<Trees, ScanError> {
        self.progress.begin(Stage::Walking, None);
        let mut trees = Trees::default();
        let roots = stale.iter().map(|(_, tip)| BlobId::clone(&tip.tree));
        trees.read(roots, blobs.objects(), self.progress)?;
        let missing = trees.missing();
        if blobs.fetched(&missing) {
            trees.read(missing, blobs.objects(), self.progress)?;
        }
        Ok(trees)
    }
}

/// Which of its doubtful project keys the history of each branch tells. In
/// the usual case there is no doubt, and no history is read.
fn learned<'b>(
    repository: &Repository,
    branches: impl Iterator<Item = (&'b str, &'b BTreeSet<String>)> + Clone,
) -> Result<Vec<BTreeSet<String>>, ScanError> {
    let doubtful = branches.clone().filter(|(_, keys)| !keys.is_empty());
    let tips: BTreeSet<&str> = doubtful.clone().map(|(tip, _)| tip).collect();
    let keys = doubtful.flat_map(|(_, keys)| keys).map(String::as_str);
    let tips: Vec<&str> = tips.into_iter().collect();
    let of_tip = repository.keys_in_messages(&tips, &keys.collect())?;
    let of_tip: HashMap<&str, BTreeSet<String>> = tips.into_iter().zip(of_tip).collect();
    let of_branch = |(tip, keys): (&str, &BTreeSet<String>)| match of_tip.get(tip) {
        Some(known) => keys.intersection(known).cloned().collect(),
        None => BTreeSet::new(),
    };
    Ok(branches.map(of_branch).collect())
}
