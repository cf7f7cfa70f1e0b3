//! What a text names as tickets.
//!
//! Recognisers run one after the other, the surest first; each claims the part
//! of the text that it understood, so that no later one reads it again.

use std::ops::Range;
use std::sync::LazyLock;

use qaduct_records::{MuteTicket, TicketSource};
use regex::{Captures, Regex, RegexBuilder};

use super::address;
use super::jira::{self, Worth};
use super::tracker::Tracker;
use crate::TicketRules;

/// A ticket that a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where it stands in its text.
    pub(super) at: usize,
    pub(super) tracker: Tracker,
    pub(super) key: String,
    pub(super) url: Option<String>,
    pub(super) placeholder: bool,
    /// The project that must be known elsewhere, for this to be a ticket.
    pub(super) doubt: Option<String>,
}

impl Mention {
    /// The row; its name and rank come later.
    pub(super) fn ticket(&self, source: TicketSource) -> MuteTicket {
        MuteTicket {
            declaration_id: String::new(),
            position: 0,
            tracker: self.tracker.as_str().to_owned(),
            key: self.key.clone(),
            url: self.url.clone(),
            source,
            placeholder: self.placeholder,
        }
    }
}

/// All tickets that a text names, in its order. The text of an argument that
/// carries a ticket is one as a whole, if nothing in it is.
pub(super) fn all(text: &str, argument: bool, rules: &TicketRules, home: Tracker) -> Vec<Mention> {
    let mut reader = Reader {
        text,
        home,
        claimed: Vec::new(),
        found: Vec::new(),
    };
    if text.bytes().any(|it| it.is_ascii_digit()) || text.contains("://") {
        reader.addresses();
        reader.short_forms();
        reader.bug_numbers();
        reader.issue_numbers();
        reader.jira_keys(rules, argument);
    }
    let mut found = reader.found;
    found.retain(|it| !is_aside(&text[..it.at]));
    found.sort_by_key(|it| it.at);
    if argument && !found.iter().any(|it| it.doubt.is_none()) {
        found = whole(text).into_iter().collect();
    }
    found
}

/// Whether what stands before a ticket says that it is not why: `not caused by #12`, or what
/// a test was written for: `test for issue #12`.
fn is_aside(before: &str) -> bool {
    const ASIDE: &[&str] = &[
        "not caused by",
        "not related to",
        "unrelated to",
        "test for",
        "tests for",
        "test related to",
        "tests the fix for",
        "validates fix for",
        "verifies fix for",
    ];
    let before = before.trim_end_matches(['#', '(', '[', ' ', ':', '-']);
    let before = before.to_ascii_lowercase();
    let mut clause = before.as_str();
    for word in ["github", "jira", "issue", "issues", "bug", "ticket"]
        .iter()
        .rev()
    {
        clause = clause.strip_suffix(word).unwrap_or(clause).trim_end();
    }
    ASIDE.iter().any(|it| clause.ends_with(it))
}

/// A text that is a ticket whatever it looks like.
fn whole(text: &str) -> Option<Mention> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let is_jira = SHAPES.whole_jira.is_match(text);
    let url = text.contains("://").then(|| text.to_owned());
    Some(Mention {
        at: 0,
        tracker: if is_jira {
            Tracker::Jira
        } else {
            Tracker::Other
        },
        key: if is_jira {
            text.to_ascii_uppercase()
        } else {
            text.to_owned()
        },
        url,
        placeholder: is_stand_in(text),
        doubt: None,
    })
}

/// Whether a text stands in for a ticket that somebody was to fill in.
fn is_stand_in(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "", "?", "???", "fixme", "n/a", "na", "none", "null", "tba", "tbd", "todo", "unknown",
    ];
    let lower = text.to_ascii_lowercase();
    let last = lower.rsplit(['-', '#', '/', ' ']).next().unwrap_or(&lower);
    let of = |digit: u8| !last.is_empty() && last.bytes().all(|it| it == digit);
    let first = text.split('-').next().unwrap_or(text);
    WORDS.contains(&last)
        || WORDS.contains(&lower.as_str())
        || of(b'0')
        || of(b'x')
        || of(b'n')
        || lower == "-1"
        || jira::is_placeholder(&first.to_ascii_uppercase(), last)
}

/// The shapes of what is no address.
struct Shapes {
    address: Regex,
    bare_address: Regex,
    short: Vec<(Tracker, &'static str, Regex)>,
    bugs: Regex,
    elsewhere: Regex,
    issues: Regex,
    numbers: Regex,
    next_number: Regex,
    jira: Regex,
    whole_jira: Regex,
}

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| Shapes {
    address: shape("https?://[!-~]+"),
    bare_address: shape(
        "(?:(?:www\\.)?(?:github|gitlab|codeberg|crbug|bitbucket)\\.(?:com|org)|(?:bugs\\.)?webkit\\.org|\
         bugzil\\.la|bugs\\.python\\.org|pad\\.lv|bugs\\.debian\\.org)/[!-~]+",
    ),
    short: [
        (
            Tracker::Launchpad,
            "LP#",
            "(?:LP|lp|Lp)(?:: ?#?| ?#)([0-9]{3,8})",
        ),
        (Tracker::Azure, "AB#", "AB#([0-9]{1,8})"),
        (Tracker::Azure, "VSO-", "VSO[-#]([0-9]{1,8})"),
        (Tracker::Python, "bpo-", "(?i:bpo)[- #]#?([0-9]{1,7})"),
        (
            Tracker::Chromium,
            "crbug.com/",
            "crbug/((?:[a-z0-9-]+/)?[0-9]{2,12})",
        ),
        (Tracker::Google, "b/", "b/([0-9]{6,12})"),
        (
            Tracker::Apple,
            "rdar://",
            "rdar:/{0,2}(?:problems?/)?([0-9]{4,12})",
        ),
        (
            Tracker::Debian,
            "debian#",
            "(?i:debian(?: bug)?|debbugs) ?#([0-9]{3,8})",
        ),
        (
            Tracker::Bugzilla,
            "rhbz#",
            "(?i:rhbz)[ :#]{0,3}([0-9]{3,8})",
        ),
        (Tracker::Bugzilla, "bug ", "(?i:bz)[ :#]{0,3}([0-9]{3,8})"),
    ]
    .map(|(tracker, prefix, pattern)| (tracker, prefix, shape(pattern)))
    .into(),
    bugs: shape("(?i:bugs?|bugzilla)[ :]{0,3}(#?)([0-9]{1,8})"),
    elsewhere: shape(
        "([A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_.-]+|[A-Za-z][A-Za-z0-9_.-]{2,})#([0-9]{1,7})",
    ),
    issues: shape(
        "(?i:issues?|tickets?|gh|closes?|closed|see|fix|fixes|fixed|fixed by|fixed in|resolves?|fixme|todo|\
         blocked by|blocked on|tracked in|tracked by)[ :(-]{0,3}(#?)([0-9]{1,7})",
    ),
    numbers: shape("#([0-9]{2,6})"),
    next_number: shape("^(?: ?, ?(?i:and )?| (?i:and|or) | ?[&/+] ?)#?([0-9]{1,8})"),
    jira: shape("[A-Z][A-Z0-9_]{1,15}-[0-9]{1,7}"),
    whole_jira: shape("^[A-Za-z][A-Za-z0-9_]*-[0-9]+$"),
});

/// A shape of ASCII only: half of the work of compiling it, and no surprises.
fn shape(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .unicode(false)
        .build()
        .expect("the shapes are compiled by a test")
}

/// Reads one text.
struct Reader<'t> {
    text: &'t str,
    home: Tracker,
    claimed: Vec<Range<usize>>,
    found: Vec<Mention>,
}

impl Reader<'_> {
    /// Every address, also that of no ticket: its parts are no tickets either.
    fn addresses(&mut self) {
        for it in SHAPES.address.find_iter(self.text) {
            let url = without_punctuation(it.as_str());
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            self.claim(it.start()..it.start() + url.len());
            if let Some((tracker, key)) = address::ticket(rest) {
                self.add(it.start(), tracker, key, Some(url.to_owned()));
            }
        }
        for it in SHAPES.bare_address.find_iter(self.text) {
            let rest = without_punctuation(it.as_str());
            let range = it.start()..it.start() + rest.len();
            if let Some((tracker, key)) = address::ticket(rest)
                && self.is_word(&range)
            {
                self.claim(range);
                self.add(it.start(), tracker, key, None);
            }
        }
    }

    /// Trackers with a form of their own: `LP: #12345`, `bpo-123`.
    fn short_forms(&mut self) {
        for (tracker, prefix, shape) in &SHAPES.short {
            for found in shape.captures_iter(self.text) {
                let range = whole_range(&found);
                if self.is_word(&range) {
                    self.claim(range.clone());
                    self.add(
                        range.start,
                        *tracker,
                        format!("{prefix}{}", &found[1]),
                        None,
                    );
                }
            }
        }
    }

    /// `bug 1444703`, `Bugs 1858041 and 1835079`.
    fn bug_numbers(&mut self) {
        for found in SHAPES.bugs.captures_iter(self.text) {
            let range = whole_range(&found);
            let (hash, digits) = (&found[1], &found[2]);
            if !self.is_word(&range)
                || (digits.len() < 3 && hash.is_empty() && !self.is_list(range.end))
            {
                continue;
            }
            // A short number with a hash is one of the repository's own tracker.
            let own = digits.len() < 4 && !hash.is_empty();
            let key = |digits: &str| {
                if own {
                    format!("#{digits}")
                } else {
                    format!("bug {digits}")
                }
            };
            let tracker = if own { self.home } else { Tracker::Bugzilla };
            self.list(range, digits, tracker, &key);
        }
    }

    /// `#12`, `issue 12`, `GH-12`, `owner/repo#12`.
    fn issue_numbers(&mut self) {
        for found in SHAPES.elsewhere.captures_iter(self.text) {
            let range = whole_range(&found);
            let (name, digits) = (&found[1], &found[2]);
            let named = name.contains('/') || digits.len() >= 2 && !is_no_name(name);
            if named && self.is_word(&range) {
                self.claim(range.clone());
                self.add(range.start, self.home, format!("{name}#{digits}"), None);
            }
        }
        let own = |digits: &str| format!("#{digits}");
        for found in SHAPES.issues.captures_iter(self.text) {
            let range = whole_range(&found);
            let word = found[0].to_ascii_lowercase();
            let (hash, digits) = (!found[1].is_empty(), &found[2]);
            // After other words, a bare number may be anything.
            let means_issues = ["issue", "ticket", "gh"]
                .iter()
                .any(|it| word.starts_with(it));
            let bare = means_issues && (digits.len() >= 2 || word.starts_with("gh-"));
            if (hash || bare) && self.is_word(&range) {
                self.list(range, digits, self.home, &own);
            }
        }
        for found in SHAPES.numbers.captures_iter(self.text) {
            let range = whole_range(&found);
            let before = &self.text[..range.start];
            let pull = [
                "pr",
                "prs",
                "pull",
                "pull request",
                "mr",
                "merge request",
                "no",
                "test",
                "case",
                "step",
            ];
            if self.is_word(&range)
                && !before.ends_with(['&', '/', '#'])
                && !jira::follows(before, &pull)
            {
                self.list(range, &found[1], self.home, &own);
            }
        }
    }

    /// `DCOS-1234`.
    fn jira_keys(&mut self, rules: &TicketRules, argument: bool) {
        for it in SHAPES.jira.find_iter(self.text) {
            if !self.is_free(&it.range()) {
                continue;
            }
            let worth = match jira::worth(self.text, it.start(), it.end(), rules) {
                Worth::Doubtful if argument => Worth::Sure,
                worth => worth,
            };
            let Some((project, number)) = it.as_str().split_once('-') else {
                continue;
            };
            let doubt = (worth == Worth::Doubtful).then(|| project.to_owned());
            if worth != Worth::None {
                self.claim(it.range());
                let placeholder = jira::is_placeholder(project, number);
                let key = it.as_str().to_owned();
                self.found.push(Mention {
                    at: it.start(),
                    tracker: Tracker::Jira,
                    key,
                    url: None,
                    placeholder,
                    doubt,
                });
            }
        }
    }

    /// A number, and those that follow it with `,` or `and` between.
    fn list(
        &mut self,
        first: Range<usize>,
        digits: &str,
        tracker: Tracker,
        key: &dyn Fn(&str) -> String,
    ) {
        self.claim(first.clone());
        self.add(first.start, tracker, key(digits), None);
        let mut end = first.end;
        while let Some(next) = SHAPES.next_number.captures(&self.text[end..]) {
            let range = end..end + next[0].len();
            // `#12, 3 times` is no list; the numbers of one are of a length.
            let alike = next[1].len() + 2 >= digits.len();
            if !alike || !self.is_word(&range) {
                return;
            }
            self.claim(range.clone());
            self.add(range.start, tracker, key(&next[1]), None);
            end = range.end;
        }
    }

    /// Whether another number follows in a list.
    fn is_list(&self, end: usize) -> bool {
        SHAPES.next_number.is_match(&self.text[end..])
    }

    fn add(&mut self, at: usize, tracker: Tracker, key: String, url: Option<String>) {
        let placeholder = is_stand_in(&key);
        self.found.push(Mention {
            at,
            tracker,
            key,
            url,
            placeholder,
            doubt: None,
        });
    }

    fn claim(&mut self, range: Range<usize>) {
        self.claimed.push(range);
    }

    fn is_free(&self, range: &Range<usize>) -> bool {
        self.claimed
            .iter()
            .all(|it| it.end <= range.start || range.end <= it.start)
    }

    /// Whether the range is free, and no part of a longer word or number.
    fn is_word(&self, range: &Range<usize>) -> bool {
        let part = |it: char| it.is_alphanumeric() || it == '_';
        let before = self.text[..range.start].chars().next_back();
        let mut after = self.text[range.end..].chars();
        let next = after.next();
        let decimal = next == Some('.') && after.next().is_some_and(|it| it.is_ascii_digit());
        let starts = !self.text[range.start..].starts_with(part) || !before.is_some_and(part);
        let hash = self.text[range.start..].starts_with('#') && before.is_some_and(part);
        self.is_free(range) && starts && !hash && !next.is_some_and(part) && !decimal
    }
}

/// An address without the punctuation of the sentence around it.
fn without_punctuation(text: &str) -> &str {
    let end = text.find(['"', '<', '>', '`', '\\']).unwrap_or(text.len());
    let mut text = &text[..end];
    while let Some(last) = text.chars().next_back() {
        let opens = match last {
            ')' => Some('('),
            ']' => Some('['),
            '}' => Some('{'),
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' => None,
            _ => break,
        };
        if opens.is_some_and(|it| text.matches(it).count() >= text.matches(last).count()) {
            break;
        }
        text = &text[..text.len() - 1];
    }
    text
}

/// Words before `#12` that are no name of a repository.
fn is_no_name(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "bug", "bugs", "build", "case", "closes", "fix", "fixes", "issue", "issues", "item", "job",
        "line", "pull", "rhbz", "run", "see", "step", "test", "ticket", "todo", "fixme",
    ];
    WORDS.contains(&word.to_ascii_lowercase().as_str())
}

fn whole_range(found: &Captures<'_>) -> Range<usize> {
    found.get_match().range()
}

#[cfg(test)]
#[path = "mention_tests.rs"]
mod tests;
