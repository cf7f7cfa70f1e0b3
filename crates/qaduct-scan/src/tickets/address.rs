//! Addresses of tickets: which tracker, and which key.

use super::jira;
use super::tracker::Tracker;

/// The ticket behind an address without its `https://`; the key as people
/// write it. `None` for an address of anything else.
pub(super) fn ticket(address: &str) -> Option<(Tracker, String)> {
    let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
    let (address, query) = address.split_once('?').unwrap_or((address, ""));
    let (host, path) = address.split_once('/')?;
    let host = host.rsplit('@').next()?.to_ascii_lowercase();
    let host = host.split(':').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let parts: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let asked = |name: &str| {
        let value = query
            .split('&')
            .find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
        value.filter(|it| is_number(it))
    };
    known_host(host, &parts, &asked).or_else(|| any_host(host, &parts, fragment, &asked))
}

/// Trackers that live at one place.
fn known_host<'q>(
    host: &str,
    parts: &[&str],
    asked: &dyn Fn(&str) -> Option<&'q str>,
) -> Option<(Tracker, String)> {
    use Tracker::{
        Apple, Azure, Bugzilla, Chromium, Debian, Google, Launchpad, Linear, Pagure, Python,
        Sourceforge, Webkit,
    };
    Some(match (host, parts) {
        ("bugzil.la", [n, ..]) => (Bugzilla, format!("bug {}", number(n)?)),
        ("crbug.com", [n]) => (Chromium, format!("crbug.com/{}", number(n)?)),
        ("crbug.com", [project, n]) => (Chromium, format!("crbug.com/{project}/{}", number(n)?)),
        ("bugs.chromium.org", ["p", "chromium", ..]) => {
            (Chromium, format!("crbug.com/{}", asked("id")?))
        }
        ("bugs.chromium.org", ["p", project, ..]) => {
            (Chromium, format!("crbug.com/{project}/{}", asked("id")?))
        }
        ("issues.chromium.org", ["issues", n, ..]) => {
            (Chromium, format!("crbug.com/{}", number(n)?))
        }
        ("issuetracker.google.com", ["issues", n, ..] | [n]) => {
            (Google, format!("b/{}", number(n)?))
        }
        ("b.corp.google.com", ["issues", n, ..]) => (Google, format!("b/{}", number(n)?)),
        ("webkit.org", ["b", n, ..]) => (Webkit, format!("webkit.org/b/{}", number(n)?)),
        ("bugs.webkit.org", _) => (Webkit, format!("webkit.org/b/{}", asked("id")?)),
        ("bugs.python.org", [issue, ..]) => {
            let n = issue
                .strip_prefix("issue")
                .filter(|it| is_number(it))
                .or_else(|| asked("bpo"))?;
            (Python, format!("bpo-{n}"))
        }
        ("bugs.launchpad.net", [.., "+bug", n])
        | ("launchpad.net", ["bugs", n])
        | ("pad.lv", [n]) => (Launchpad, format!("LP#{}", number(n)?)),
        ("bugs.debian.org", ["cgi-bin", ..]) => (Debian, format!("debian#{}", asked("bug")?)),
        ("bugs.debian.org", [n]) => (Debian, format!("debian#{}", number(n)?)),
        ("linear.app", [_, "issue", key, ..]) if is_key(key) => (Linear, (*key).to_owned()),
        ("pagure.io", [project @ .., "issue", n]) => {
            (Pagure, format!("{}#{}", project.join("/"), number(n)?))
        }
        ("sourceforge.net", ["p", project, list, n]) => {
            (Sourceforge, format!("{project}/{list}#{}", number(n)?))
        }
        ("openradar.appspot.com", [n]) => (Apple, format!("rdar://{}", number(n)?)),
        (_, [.., "_workitems", "edit", n]) => (Azure, format!("AB#{}", number(n)?)),
        _ => return None,
    })
}

/// Software that runs at many places, known by the form of its addresses.
fn any_host<'q>(
    host: &str,
    parts: &[&str],
    fragment: &str,
    asked: &dyn Fn(&str) -> Option<&'q str>,
) -> Option<(Tracker, String)> {
    use Tracker::{Bugzilla, Gitlab, Jira, Phabricator, Trac, Youtrack};
    // What stands before a word of the path, and what directly after it.
    let around = |word: &str| {
        let at = parts.iter().position(|it| *it == word)?;
        Some((&parts[..at], *parts.get(at + 1)?))
    };
    for (word, tracker) in [("browse", Jira), ("issue", Youtrack)] {
        if let Some((_, key)) = around(word).filter(|(_, key)| is_key(key)) {
            return Some((tracker, key.to_owned()));
        }
    }
    if let Some(at) = parts.iter().position(|it| *it == "-") {
        let project = parts[..at].join("/");
        return match parts[at + 1..] {
            ["issues" | "work_items", n, ..] => {
                Some((Gitlab, format!("{project}#{}", stand_in(n)?)))
            }
            ["merge_requests", n, ..] => Some((Gitlab, format!("{project}!{}", stand_in(n)?))),
            _ => None,
        };
    }
    if let Some((project, n)) = around("merge_requests").filter(|(project, _)| project.len() > 1) {
        return Some((Gitlab, format!("{}!{}", project.join("/"), stand_in(n)?)));
    }
    Some(match parts {
        [
            owner,
            name,
            "issues" | "pull" | "pulls" | "pull-requests" | "discussions",
            n,
            ..,
        ] => (
            Tracker::of_host(host),
            format!("{owner}/{name}#{}", stand_in(n)?),
        ),
        [.., "show_bug.cgi"] => (Bugzilla, format!("bug {}", asked("id")?)),
        [.., "ticket", n] => (Trac, format!("trac#{}", number(n)?)),
        [.., task] if host.contains("phab") && task.strip_prefix('T').is_some_and(is_number) => {
            (Phabricator, (*task).to_owned())
        }
        // A board, or whatever else shows a ticket of a Jira.
        [.., key] if is_key(key) && fragment.is_empty() => (Jira, (*key).to_owned()),
        _ => return None,
    })
}

fn is_number(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
}

fn number(text: &str) -> Option<&str> {
    Some(text).filter(|it| is_number(it))
}

/// A number, or a word that somebody was to replace by one.
fn stand_in(text: &str) -> Option<&str> {
    const WORDS: &[&str] = &[
        "fixme", "tbd", "todo", "xx", "xxx", "xxxx", "xxxxx", "nnn", "nnnn",
    ];
    Some(text).filter(|it| is_number(it) || WORDS.contains(&it.to_ascii_lowercase().as_str()))
}

/// Whether a part of an address is the key of a Jira or the like.
fn is_key(text: &str) -> bool {
    let Some((project, number)) = text.split_once('-') else {
        return false;
    };
    is_number(number)
        && project.len() >= 2
        && project.starts_with(|it: char| it.is_ascii_uppercase())
        && project
            .bytes()
            .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
        && !jira::is_never(project)
}
