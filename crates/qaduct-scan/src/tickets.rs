//! Recognises tickets in what people write.
//!
//! * [`mention`]: what a text names, whoever's text it is;
//! * [`address`]: what an address names; [`jira`]: which words are project keys;
//! * [`why`]: whether a comment tells why a test is muted.
//!
//! This file decides, for a commit as a whole, which doubtful mentions are
//! believed: a short key in the middle of a sentence (`PUP-12`) counts where its
//! project is known from the configuration, from a surer mention in the same
//! commit, or from the commit messages of its history.

mod address;
mod jira;
mod mention;
mod tracker;
mod why;

use std::collections::{BTreeSet, HashMap};

use qaduct_records::digest::digest;
use qaduct_records::{Kind, MuteTicket, TicketSource};

use crate::language::RawMute;
use mention::Mention;
use tracker::Tracker;

/// How tickets are recognised, beside what ships.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketRules {
    /// Project keys of Jira that are tickets wherever they stand: `DCOS`.
    pub projects: Vec<String>,
    /// Words that look like a project key and are none: `UTF`.
    pub not_projects: Vec<String>,
}

impl TicketRules {
    /// Changes when the rules do; their order does not matter.
    pub(crate) fn digest(&self) -> String {
        let lists = [&self.projects, &self.not_projects].map(|list| {
            let sorted: BTreeSet<&str> = list.iter().map(String::as_str).collect();
            digest(sorted.into_iter().map(Some))
        });
        digest(lists.iter().map(|it| Some(it.as_str())))
    }
}

/// What looks like a ticket in a text, where only its project being known would make it one.
#[must_use]
pub fn doubtful_ticket(text: &str, rules: &TicketRules) -> Option<String> {
    let mut mentions = mention::all(text, false, rules, Tracker::of_host("")).into_iter();
    let is_doubtful = |it: &Mention| it.doubt.as_deref().is_some_and(|it| !jira::is_numbered(it));
    mentions.find(is_doubtful).map(|it| it.key)
}

/// Reads the texts of mutes as tickets; a text is read once, however many
/// branches hold it.
pub(crate) struct Tickets<'a> {
    rules: &'a TicketRules,
    /// `owner/repo`, where the repository is known by its address.
    own: Option<String>,
    /// The tracker that `#12` belongs to.
    home: Tracker,
    /// Texts that were read: those that are no arguments, and those that are.
    read: [HashMap<String, Vec<Mention>>; 2],
}

impl<'a> Tickets<'a> {
    pub(crate) fn new(rules: &'a TicketRules, repository: &str) -> Self {
        let address = repository
            .split_once('/')
            .filter(|(host, path)| !host.is_empty() && host.contains('.') && path.contains('/'));
        let host = address.map_or("", |(host, _)| host);
        Self {
            rules,
            own: address.map(|(_, path)| path.to_owned()),
            home: Tracker::of_host(host),
            read: Default::default(),
        }
    }

    /// Reads the mutes of a commit; the project keys of which only its history
    /// can tell whether they are any.
    pub(crate) fn read(&mut self, mutes: &[RawMute]) -> BTreeSet<String> {
        for (source, text) in texts(mutes) {
            let argument = source == TicketSource::Argument;
            let read = &mut self.read[usize::from(argument)];
            if !read.contains_key(text) {
                let mentions = mention::all(text, argument, self.rules, self.home);
                read.insert(text.to_owned(), mentions);
            }
        }
        let sure = self.sure(mutes);
        let doubts = self.mentions(mutes).filter_map(|it| it.doubt.as_deref());
        doubts
            .filter(|it| !sure.contains(it))
            .map(str::to_owned)
            .collect()
    }

    /// The tickets of each mute of a commit, best source first; of a commit
    /// that was read, and whose history tells these project keys.
    pub(crate) fn of_commit(
        &self,
        mutes: &[RawMute],
        learned: &BTreeSet<String>,
    ) -> Vec<Vec<MuteTicket>> {
        let sure = self.sure(mutes);
        let believed = |it: &&Mention| match &it.doubt {
            None => true,
            Some(project) => sure.contains(project.as_str()) || learned.contains(project),
        };
        let of_mute = |mute: &RawMute| {
            let mut tickets: Vec<(String, MuteTicket)> = Vec::new();
            let (about, others): (Vec<_>, Vec<_>) =
                (mute.texts.iter()).partition(|(source, _)| is_about_the_test(*source));
            for (source, text) in others.into_iter().chain(about) {
                if is_about_the_test(*source) && (!tickets.is_empty() || is_conditional(mute)) {
                    continue;
                }
                for it in self.in_text(*source, text).iter().filter(believed) {
                    let topic = match source {
                        TicketSource::CommentAbove => !self.tells_why(mute, text, it),
                        TicketSource::Docstring => why::is_topic(&text[..it.at]),
                        _ => false,
                    };
                    if topic || why::is_denial(&text[..it.at]) {
                        continue;
                    }
                    let same = self.canonical(it);
                    match tickets.iter_mut().find(|(known, _)| *known == same) {
                        Some((_, known)) => known.url = known.url.take().or_else(|| it.url.clone()),
                        None => tickets.push((same, it.ticket(*source))),
                    }
                }
            }
            tickets.into_iter().map(|(_, ticket)| ticket).collect()
        };
        mutes.iter().map(of_mute).collect()
    }

    /// Whether a ticket in the comment above a mute is one of that mute. In a list, whatever
    /// stands above an entry speaks of it.
    fn tells_why(&self, mute: &RawMute, comment: &str, it: &Mention) -> bool {
        let before = &comment[..it.at];
        if mute.declaration.language == "manifest" || self.is_configured(it) {
            return true;
        }
        if !is_conditional(mute) {
            return !why::is_origin(before);
        }
        !why::is_origin(before)
            && !why::is_topic(before)
            && (why::is_reason(comment, it.at) || self.is_of_others(comment, it))
    }

    /// Whether a ticket is of a project that the configuration names.
    fn is_configured(&self, it: &Mention) -> bool {
        let project = it.key.split_once('-').map(|(project, _)| project);
        project.is_some_and(|it| self.rules.projects.iter().any(|known| known == it))
    }

    /// Whether a comment is the address of a ticket of another project: a test is about its own.
    fn is_of_others(&self, comment: &str, it: &Mention) -> bool {
        let Some(((project, _), url)) = it.key.rsplit_once(['#', '!']).zip(it.url.as_deref())
        else {
            return false;
        };
        let is_known = self
            .own
            .as_ref()
            .is_some_and(|own| !project.eq_ignore_ascii_case(own));
        is_known && project.contains('/') && why::is_bare(comment, url)
    }

    /// The project keys that a commit names beyond doubt.
    fn sure(&self, mutes: &[RawMute]) -> BTreeSet<&str> {
        let keys = self.mentions(mutes).filter_map(|it| {
            let sure = it.doubt.is_none() && it.tracker == Tracker::Jira;
            it.key.split_once('-').filter(|_| sure)
        });
        keys.map(|(project, _)| project).collect()
    }

    fn mentions(&self, mutes: &[RawMute]) -> impl Iterator<Item = &Mention> {
        texts(mutes).flat_map(|(source, text)| self.in_text(source, text))
    }

    fn in_text(&self, source: TicketSource, text: &str) -> &[Mention] {
        &self.read[usize::from(source == TicketSource::Argument)][text]
    }

    /// One name for a ticket that can be written in several ways.
    fn canonical(&self, it: &Mention) -> String {
        let tracker = it.tracker.as_str();
        match &self.own {
            Some(own) if it.key.starts_with('#') => format!("{tracker} {own}{}", it.key),
            _ => format!("{tracker} {}", it.key),
        }
    }
}

/// Whether a text tells what a test is about, rather than why it is muted: `pastes an empty
/// link #3193`.
fn is_about_the_test(source: TicketSource) -> bool {
    matches!(source, TicketSource::Name | TicketSource::Docstring)
}

/// Whether a mute holds somewhere only: what the test is about does not tell why it does not
/// run there.
fn is_conditional(mute: &RawMute) -> bool {
    mute.declaration.kind == Kind::CondSkip || mute.declaration.condition.is_some()
}

/// All texts of mutes.
fn texts(mutes: &[RawMute]) -> impl Iterator<Item = (TicketSource, &str)> {
    let all = mutes.iter().flat_map(|mute| &mute.texts);
    all.map(|(source, text)| (*source, text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::tiny::blank_mute;

    fn tickets_of(repository: &str, texts: &[(TicketSource, &str)]) -> Vec<String> {
        let rules = TicketRules::default();
        let mut mute = blank_mute();
        mute.texts = texts
            .iter()
            .map(|&(source, text)| (source, text.to_owned()))
            .collect();
        let mut tickets = Tickets::new(&rules, repository);
        let mutes = [mute];
        let mut learned = tickets.read(&mutes);
        learned.retain(|it| it == "PUP");
        let all = tickets.of_commit(&mutes, &learned);
        all[0]
            .iter()
            .map(|it| format!("{} {} {}", it.source, it.tracker, it.key))
            .collect()
    }

    #[test]
    fn a_ticket_that_is_named_twice_is_kept_once_with_its_best_source() {
        use TicketSource::{Argument, CommentAbove, Reason};
        assert_eq!(
            tickets_of(
                "github.com/acme/shop",
                &[
                    (Argument, "DCOS-1"),
                    (Reason, "DCOS-1 and #12"),
                    (
                        CommentAbove,
                        "https://github.com/acme/shop/issues/12 DCOS-2"
                    ),
                ]
            ),
            [
                "argument jira DCOS-1",
                "reason github #12",
                "comment_above jira DCOS-2"
            ]
        );
    }

    #[test]
    fn a_short_key_is_believed_where_the_history_or_the_commit_knows_its_project() {
        use TicketSource::{Argument, Reason};
        let repository = "/srv/shop";
        assert_eq!(
            tickets_of(repository, &[(Reason, "since PUP-12 it fails")]),
            ["reason jira PUP-12"]
        );
        assert!(tickets_of(repository, &[(Reason, "since PIP-12 it fails")]).is_empty());
        assert_eq!(
            tickets_of(
                repository,
                &[(Argument, "PIP-9"), (Reason, "since PIP-12 it fails")]
            ),
            ["argument jira PIP-9", "reason jira PIP-12"]
        );
    }

    #[test]
    fn a_key_of_one_digit_is_a_ticket_where_it_is_the_reason_or_its_head() {
        use TicketSource::Reason;
        for text in ["SHOP-7", "SHOP-5: pays twice", " SHOP-5 - pays twice"] {
            assert_eq!(
                tickets_of("/srv/shop", &[(Reason, text)]).len(),
                1,
                "{text}"
            );
        }
        for text in [
            "UTF-8",
            "SHA-1: slow",
            "Java-8",
            "JAVA-8",
            "IE-9, no fetch",
            "GLES-2",
        ] {
            assert!(
                tickets_of("/srv/shop", &[(Reason, text)]).is_empty(),
                "{text}"
            );
        }
        // Elsewhere it is one where the project is known; and looks like one where it is not.
        let rules = TicketRules::default();
        assert!(tickets_of("/srv/shop", &[(Reason, "flaky SHOP-7")]).is_empty());
        assert_eq!(doubtful_ticket("flaky SHOP-7", &rules).unwrap(), "SHOP-7");
        for text in ["flaky", "SHOP-7", "breaks UTF-8", "fails on IE-9"] {
            assert_eq!(doubtful_ticket(text, &rules), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_rules_does_not_change_their_digest() {
        let rules = |projects: &[&str]| TicketRules {
            projects: projects.iter().map(|&it| it.to_owned()).collect(),
            not_projects: Vec::new(),
        };
        assert_eq!(rules(&["A", "B"]).digest(), rules(&["B", "A"]).digest());
        assert_ne!(rules(&["A"]).digest(), rules(&["B"]).digest());
        assert_ne!(rules(&["A"]).digest(), TicketRules::default().digest());
    }

    #[test]
    fn the_name_of_a_test_names_the_ticket_of_its_mute_where_nothing_else_does() {
        use TicketSource::{CommentAbove, Name};
        let repository = "github.com/acme/shop";
        let name = (Name, "pastes an empty link #3193");
        let above = (CommentAbove, "// flaky, see #4665");
        assert_eq!(tickets_of(repository, &[name]), ["name github #3193"]);
        assert_eq!(
            tickets_of(repository, &[name, above]),
            ["comment_above github #4665"]
        );
    }

    #[test]
    fn the_name_of_a_test_that_is_skipped_somewhere_only_tells_what_it_is_about() {
        let mut mute = blank_mute();
        mute.texts = vec![(TicketSource::Name, "pastes an empty link #3193".to_owned())];
        let rules = TicketRules::default();
        let mut tickets = Tickets::new(&rules, "github.com/acme/shop");
        for (condition, count) in [(None, 1), (Some("windows".to_owned()), 0)] {
            mute.declaration.condition = condition;
            let mutes = [mute.clone()];
            tickets.read(&mutes);
            assert_eq!(tickets.of_commit(&mutes, &BTreeSet::new())[0].len(), count);
        }
    }

    /// The tickets of a mute of the repository `acme/shop` with this comment above it.
    fn commented(condition: Option<&str>, comment: &str) -> Vec<String> {
        let mut mute = blank_mute();
        mute.declaration.condition = condition.map(str::to_owned);
        mute.texts = vec![(TicketSource::CommentAbove, comment.to_owned())];
        let rules = TicketRules::default();
        let mut tickets = Tickets::new(&rules, "github.com/acme/shop");
        let mutes = [mute];
        tickets.read(&mutes);
        let found = tickets.of_commit(&mutes, &BTreeSet::new()).remove(0);
        found.into_iter().map(|it| it.key).collect()
    }

    #[test]
    fn a_comment_above_a_test_that_is_skipped_somewhere_only_counts_where_it_tells_why() {
        let somewhere = |comment| commented(Some("windows"), comment);
        assert_eq!(
            somewhere("// fails on Windows because of https://github.com/acme/shop/issues/1664"),
            ["acme/shop#1664"]
        );
        for topic in [
            "// gh-37343",
            "// See https://github.com/acme/shop/issues/14077",
            "/** @link https://github.com/acme/shop/issues/3157 */",
            "// Regression of #13703, which fails where the stack is small",
        ] {
            assert!(somewhere(topic).is_empty(), "{topic}");
            assert_eq!(commented(None, topic).len(), 1, "{topic}");
        }
    }

    #[test]
    fn a_project_of_the_configuration_is_believed_in_any_comment_above() {
        let mut mute = blank_mute();
        mute.declaration.condition = Some("windows".to_owned());
        mute.texts = vec![(TicketSource::CommentAbove, "# SHOP-412".to_owned())];
        let mutes = [mute];
        for (projects, count) in [(vec![], 0), (vec!["SHOP".to_owned()], 1)] {
            let rules = TicketRules {
                projects,
                ..TicketRules::default()
            };
            let mut tickets = Tickets::new(&rules, "github.com/acme/shop");
            tickets.read(&mutes);
            assert_eq!(tickets.of_commit(&mutes, &BTreeSet::new())[0].len(), count);
        }
    }

    #[test]
    fn a_ticket_of_another_project_above_a_test_is_no_topic_of_it() {
        assert_eq!(
            commented(
                Some("old libxml2"),
                "# https://gitlab.gnome.org/GNOME/libxml2/-/issues/543"
            ),
            ["GNOME/libxml2#543"]
        );
    }

    #[test]
    fn the_ticket_that_a_test_was_taken_from_is_none_of_its_mute() {
        let comment = "/* An adapted version of test from #4296. */";
        assert!(commented(None, comment).is_empty());
    }
}
