//! The history of small repositories, with a tiny language and the real git.

use std::fs;
use std::process::Command;

use qaduct_records::history::{Beginning, Landing, Run};

use super::super::tests::{access, object, options, origin::Origin};
use super::super::tiny::Tiny;
use super::*;
use crate::{Branches, Silent};

mod backwards;

/// A repository whose commits are made one a day, by whoever is named.
struct Story {
    origin: Origin,
    day: u32,
}

impl Story {
    fn of(files: &[(&str, &str)]) -> Self {
        let mut story = Self {
            origin: Origin::empty(),
            day: 0,
        };
        story.commit("Ada", files);
        story
    }

    /// Commits these files; an empty text takes a file away.
    fn commit(&mut self, author: &str, files: &[(&str, &str)]) -> &mut Self {
        for (path, text) in files {
            let path = self.origin.path().join(path);
            match text.is_empty() {
                true => fs::remove_file(path).unwrap(),
                false => {
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, text).unwrap();
                }
            }
        }
        self.origin.git(&["add", "--all"]);
        self.dated(
            author,
            &["commit", "--quiet", "--allow-empty", "-m", "next"],
        );
        self
    }

    fn switch(&mut self, branch: &str) -> &mut Self {
        let all = self.origin.git(&["branch", "--format=%(refname:short)"]);
        match all.lines().any(|it| it == branch) {
            true => self.origin.git(&["switch", "--quiet", branch]),
            false => self.origin.git(&["switch", "--quiet", "--create", branch]),
        };
        self
    }

    fn merge(&mut self, branch: &str) -> &mut Self {
        self.dated(
            "bot",
            &["merge", "--quiet", "--no-ff", "-m", "merge", branch],
        );
        self
    }

    fn dated(&mut self, author: &str, args: &[&str]) {
        self.day += 1;
        let date = format!("2020-01-{:02}T12:00:00+0200", self.day);
        let output = Command::new("git")
            .args(args)
            .current_dir(self.origin.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", author)
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", "bot")
            .env("GIT_COMMITTER_EMAIL", "b@example.com")
            .env("GIT_COMMITTER_DATE", &date)
            .output();
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    fn tips(&self, branches: &[&str]) -> Vec<(String, String)> {
        let tip = |it: &&str| ((*it).to_owned(), self.origin.git(&["rev-parse", it]));
        branches.iter().map(tip).collect()
    }

    fn past(&self, branches: &[&str], past: &Past) -> Vec<History> {
        past_at(self.origin.place(), &self.tips(branches), past)
    }

    fn told(&self) -> String {
        lines(&self.past(&["main"], &Past::default())[0])
    }
}

fn past_at(place: &str, tips: &[(String, String)], past: &Past) -> Vec<History> {
    let repository = Repository::open(place, &access(), &Silent).unwrap();
    let languages = Languages::new(vec![Arc::new(Tiny::default())]);
    let options = options(Branches::All);
    history_with(&languages, &repository, tips, &options, past, &Silent).unwrap()
}

/// A line for each run: the test, from and to, and where it came from.
fn lines(history: &History) -> String {
    let day = |it: &Landing| {
        let written = it.authored_at.to_string();
        format!(
            "{}/{} {}",
            &it.at.to_string()[8..10],
            &written[8..10],
            it.author
        )
    };
    let line = |run: &Run| {
        let began = match &run.began {
            Beginning::Landed(it) => day(it),
            Beginning::Before => "before".to_owned(),
            Beginning::Stored(_) => "stored".to_owned(),
        };
        let ended = run.ended.as_ref().map_or("-".to_owned(), day);
        let it = &run.found.declaration;
        let moved = match &run.moved_from {
            Some(from) => format!(", was {from}"),
            None => String::new(),
        };
        format!("{}: {began} .. {ended}{moved}", it.test_id)
    };
    history.runs.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_mute_is_there_since_the_commit_that_brought_it_however_it_was_edited_since() {
    let mut story = Story::of(&[("a.tiny", "nothing\n")]);
    story
        .commit("Bea", &[("a.tiny", "nothing\nskip one because\n")])
        .commit("Cy", &[("a.tiny", "\n\n\nskip one because\n")])
        .commit("Cy", &[("a.tiny", "\nskip one for another reason\n")])
        .commit("Dan", &[("b.tiny", "skip two x\n")]);
    insta::assert_snapshot!(story.told(), @r"
    a.tiny::one: 02/02 Bea .. -
    b.tiny::two: 05/05 Dan .. -
    ");
}

#[test]
fn a_mute_that_was_away_is_there_since_it_came_again_and_the_time_before_is_told_too() {
    let mut story = Story::of(&[("a.tiny", "skip one x\n")]);
    story
        .commit("Bea", &[("a.tiny", "nothing\n")])
        .commit("Cy", &[("a.tiny", "skip one x\n")])
        .commit("Dan", &[("a.tiny", "")]);
    insta::assert_snapshot!(story.told(), @r"
    a.tiny::one: 03/03 Cy .. 04/04 Dan
    a.tiny::one: 01/01 Ada .. 02/02 Bea
    ");
}

#[test]
fn no_commit_lands_before_one_that_it_is_built_on() {
    let mut story = Story::of(&[("a.tiny", "nothing\n")]);
    story.day = 19;
    story.commit("Bea", &[("a.tiny", "skip one x\n")]);
    // A clock that is behind: the commit after it is right again.
    story.day = 9;
    story.commit("Cy", &[("a.tiny", "nothing\n")]);
    story.day = 24;
    story.commit("Dan", &[("a.tiny", "skip one x\n")]);
    let past = story.past(&["main"], &Past::default());
    insta::assert_snapshot!(lines(&past[0]), @r"
    a.tiny::one: 25/25 Dan .. -
    a.tiny::one: 20/20 Bea .. 20/10 Cy
    ");
    let ended = past[0].runs[1].ended.as_ref().unwrap();
    assert_eq!(ended.committed_at.to_string(), "2020-01-10T10:00:00Z");
}

#[test]
fn a_run_knows_the_group_under_which_it_began() {
    let long = "a line that makes the file long enough to be known again\n".repeat(3);
    let text = format!("{long}skip one x\n");
    let mut story = Story::of(&[("a.tiny", &text)]);
    let group = |it: &Run| it.found.declaration.group_id();
    let before = story.past(&["main"], &Past::default());
    story.commit("Bea", &[("a.tiny", ""), ("b.tiny", &text)]);
    let after = story.past(&["main"], &Past::default());
    assert_eq!(before[0].runs[0].began_as, None);
    assert_eq!(after[0].runs[0].began_as, Some(group(&before[0].runs[0])));
    assert_ne!(group(&after[0].runs[0]), group(&before[0].runs[0]));
}

#[test]
fn a_mute_is_followed_through_renames_and_moves() {
    let long = "a line that makes the file long enough to be known again\n".repeat(3);
    let text = |skip: &str| format!("{long}{skip}");
    let mut story = Story::of(&[("a.tiny", &text("skip one x\nskip two y\n"))]);
    story
        .commit(
            "Bea",
            &[
                ("a.tiny", ""),
                ("deep/b.tiny", &text("skip one x\nskip two z\n")),
            ],
        )
        .commit(
            "Cy",
            &[
                ("deep/b.tiny", &text("skip one x\n")),
                ("c.tiny", "skip two z\n"),
            ],
        )
        .commit("Dan", &[("deep/b.tiny", &text("skip uno x\n"))]);
    insta::assert_snapshot!(story.told(), @r"
    c.tiny::two: 01/01 Ada .. -, was a.tiny::two
    deep/b.tiny::uno: 01/01 Ada .. -, was a.tiny::one
    ");
}

#[test]
fn a_mark_that_goes_to_a_test_that_was_there_is_of_who_put_it_there() {
    let mut story = Story::of(&[("a.tiny", "skip basic x\n"), ("b.tiny", "basic\n")]);
    story.commit(
        "Bob",
        &[("a.tiny", "nothing\n"), ("b.tiny", "skip basic x\n")],
    );
    insta::assert_snapshot!(story.told(), @r"
    b.tiny::basic: 02/02 Bob .. -
    a.tiny::basic: 01/01 Ada .. 02/02 Bob
    ");
    // And one whose test is still there was taken away.
    story.commit("Cy", &[("b.tiny", "basic\n"), ("c.tiny", "skip basic x\n")]);
    insta::assert_snapshot!(story.told(), @r"
    c.tiny::basic: 03/03 Cy .. -
    b.tiny::basic: 02/02 Bob .. 03/03 Cy
    a.tiny::basic: 01/01 Ada .. 02/02 Bob
    ");
}

#[test]
fn a_mute_that_a_merge_brought_is_there_since_the_merge_and_from_who_wrote_it() {
    let mut story = Story::of(&[("a.tiny", "nothing\n")]);
    story
        .switch("work")
        .commit("Bea", &[("a.tiny", "skip one x\n")])
        .commit("Cy", &[("b.tiny", "skip two x\n")])
        .commit("Dan", &[("b.tiny", "skip two x\n# more\n")])
        .switch("main")
        .commit("Eve", &[("README", "x\n")])
        .merge("work");
    insta::assert_snapshot!(story.told(), @r"
    a.tiny::one: 06/02 Bea .. -
    b.tiny::two: 06/06 bot .. -
    ");
}

#[test]
fn branches_share_what_was_before_they_parted() {
    let mut story = Story::of(&[("a.tiny", "skip one x\n"), ("b.tiny", "skip two x\n")]);
    story
        .commit("Bea", &[("b.tiny", "nothing\n")])
        .switch("release")
        .commit("Cy", &[("c.tiny", "skip three x\n")])
        .switch("main")
        .commit("Dan", &[("a.tiny", "nothing\n")]);
    let both = story.past(&["main", "release"], &Past::default());
    insta::assert_snapshot!(lines(&both[0]), @r"
    a.tiny::one: 01/01 Ada .. 04/04 Dan
    b.tiny::two: 01/01 Ada .. 02/02 Bea
    ");
    insta::assert_snapshot!(lines(&both[1]), @r"
    a.tiny::one: 01/01 Ada .. -
    c.tiny::three: 03/03 Cy .. -
    b.tiny::two: 01/01 Ada .. 02/02 Bea
    ");
    let parted = both.iter().map(|it| it.parted_at.map(|it| it.to_string()));
    let first_of_its_own = Some("2020-01-03T10:00:00Z".to_owned());
    assert_eq!(parted.collect::<Vec<_>>(), [None, first_of_its_own]);
    for (number, branch) in ["main", "release"].into_iter().enumerate() {
        let alone = story.past(&[branch], &Past::default());
        assert_eq!(alone[0].runs, both[number].runs);
    }
}

#[test]
fn what_is_not_asked_for_or_not_there_has_no_invented_date() {
    let mut story = Story::of(&[("a.tiny", "skip one x\n")]);
    story
        .commit("Bea", &[("a.tiny", "skip one x\nskip two x\n")])
        .commit("Cy", &[("b.tiny", "skip three x\n")]);
    let since = Some("2020-01-02T13:00:00Z".parse().unwrap());
    let past = Past {
        since,
        ..Past::default()
    };
    let told = &story.past(&["main"], &past)[0];
    insta::assert_snapshot!(lines(told), @r"
    a.tiny::one: before .. -
    a.tiny::two: before .. -
    b.tiny::three: 03/03 Cy .. -
    ");
    assert_eq!(told.begins_at.unwrap().to_string(), "2020-01-02T10:00:00Z");

    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let url = format!("file://{}", story.origin.place());
    let place = clone.to_str().unwrap();
    story
        .origin
        .git(&["clone", "--quiet", "--depth=2", &url, place]);
    let told = &past_at(place, &story.tips(&["main"]), &Past::default())[0];
    insta::assert_snapshot!(lines(told), @r"
    a.tiny::one: before .. -
    a.tiny::two: before .. -
    b.tiny::three: 03/03 Cy .. -
    ");
    assert_eq!(told.begins_at.unwrap().to_string(), "2020-01-02T10:00:00Z");
}

#[test]
fn what_is_stored_is_gone_on_from_and_told_anew_where_it_is_no_longer_true() {
    let mut story = Story::of(&[("a.tiny", "skip one x\nskip two x\n")]);
    let first = story.past(&["main"], &Past::default()).remove(0);
    let open: BTreeSet<String> = first
        .runs
        .iter()
        .map(|it| it.found.declaration.declaration_id.clone())
        .collect();
    let known = KnownHistory {
        commit_id: first.commit_id.clone(),
        rules: first.rules.clone(),
        since: None,
        begins_at: None,
        open,
    };
    let past_with = |known: KnownHistory| Past {
        known: [("main".to_owned(), known)].into(),
        ..Past::default()
    };
    story
        .commit("Bea", &[("a.tiny", "\nskip two x\n")])
        .commit("Cy", &[("b.tiny", "skip three x\n")]);
    let told = &story.past(&["main"], &past_with(known.clone()))[0];
    assert_eq!(told.extends.as_ref(), Some(&first.commit_id));
    insta::assert_snapshot!(lines(told), @r"
    a.tiny::two: stored .. -
    b.tiny::three: 03/03 Cy .. -
    a.tiny::one: stored .. 02/02 Bea
    ");

    let whole = &story.past(&["main"], &Past::default())[0].runs;
    let mut other = known.clone();
    other.open.pop_first();
    let rules = KnownHistory {
        rules: "older".to_owned(),
        ..known.clone()
    };
    let forced = KnownHistory {
        commit_id: "0".repeat(40),
        ..known
    };
    for untrue in [other, rules, forced] {
        let told = &story.past(&["main"], &past_with(untrue))[0];
        assert_eq!((&told.extends, &told.runs), (&None, whole));
    }
}

#[test]
fn a_branch_without_history_of_its_own_and_an_empty_commit_are_told_of() {
    let mut story = Story::of(&[("a.tiny", "skip one x\n")]);
    story.commit("Bea", &[]).commit("Cy", &[]);
    let told = story.past(&["main", "main"], &Past::default());
    assert_eq!(told[0].runs, told[1].runs);
    insta::assert_snapshot!(lines(&told[0]), @r"a.tiny::one: 01/01 Ada .. -");
}

#[test]
fn who_asks_for_what_is_there_now_does_not_wait_for_the_past() {
    let mut story = Story::of(&[("a.tiny", "skip old x\n")]);
    story
        .commit("Bea", &[("a.tiny", "nothing\n")])
        .commit("Cy", &[("b.tiny", "skip new x\n")]);
    let past = Past {
        current_only: true,
        ..Past::default()
    };
    insta::assert_snapshot!(lines(&story.past(&["main"], &past)[0]), @r"b.tiny::new: 03/03 Cy .. -");
}

#[test]
fn a_version_that_nobody_can_read_does_not_interrupt_a_mute() {
    let mut story = Story::of(&[("a.tiny", "skip one x\n")]);
    story
        .commit("Bea", &[("a.tiny", "the parser has a fault\n")])
        .commit("Cy", &[("a.tiny", "\nskip one x\n")]);
    insta::assert_snapshot!(story.told(), @r"a.tiny::one: 01/01 Ada .. -");
}

#[test]
fn a_text_that_the_repository_lacks_costs_no_more_than_the_rename_that_it_might_tell() {
    let long = |end: &str| format!("skip one x\n{}{end}\n", "a line of many\n".repeat(9));
    let mut story = Story::of(&[("a.tiny", &long("first"))]);
    story
        .commit("Bea", &[("a.tiny", ""), ("b.tiny", &long("second"))])
        .commit("Cy", &[("lost.txt", "a text that will be lost\n")])
        .commit(
            "Cy",
            &[
                ("lost.txt", ""),
                ("new.txt", "a text that is another one\n"),
                ("b.tiny", ""),
                ("c.tiny", &long("second")),
            ],
        )
        .commit("Dan", &[("c.tiny", ""), ("d.tiny", &long("third"))]);
    let whole = story.told();
    insta::assert_snapshot!(whole, @"d.tiny::one: 01/01 Ada .. -, was a.tiny::one");
    let lost = object(&story.origin, "HEAD~2:lost.txt");
    fs::remove_file(lost).unwrap();
    assert_eq!(story.told(), whole);
}
