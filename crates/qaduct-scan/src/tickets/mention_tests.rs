//! What texts name as tickets, example by example.

use proptest::prelude::*;

use super::*;

/// The mentions of a reason, as `tracker key`; doubtful ones end with `?`, stand-ins with `!`.
fn read(text: &str) -> Vec<String> {
    shown(all(text, false, &TicketRules::default(), Tracker::Github))
}

/// The same for an argument that carries a ticket.
fn argument(text: &str) -> Vec<String> {
    shown(all(text, true, &TicketRules::default(), Tracker::Github))
}

fn shown(mentions: Vec<Mention>) -> Vec<String> {
    let show = |it: Mention| {
        let doubt = if it.doubt.is_some() { "?" } else { "" };
        let placeholder = if it.placeholder { "!" } else { "" };
        format!("{} {}{doubt}{placeholder}", it.tracker, it.key)
    };
    mentions.into_iter().map(show).collect()
}

#[track_caller]
fn expect(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(read(text), *expected, "{text}");
    }
}

#[test]
fn what_is_named_beside_the_cause_is_no_ticket_of_the_mute() {
    expect(&[
        ("Not caused by #4444's gap, needs triage", &[]),
        ("/** Test for issue #1450: overflow */", &[]),
        ("Test related to GitHub issue #323", &[]),
        ("Validates fix for GitHub Issue #5596: null", &[]),
        ("flaky, see #12; unrelated to ABC-123", &["github #12"]),
        ("waiting for the fix for #12", &["github #12"]),
    ]);
}

#[test]
fn jira_keys_count_where_they_look_like_tickets() {
    expect(&[
        ("DCOS-45278 - flaky", &["jira DCOS-45278"]),
        ("tracked in DCOS_OSS-1007", &["jira DCOS_OSS-1007"]),
        ("KAFKA-18031: Flaky", &["jira KAFKA-18031"]),
        (
            "[PUP-82] broken, (QTBUG-12)",
            &["jira PUP-82", "jira QTBUG-12"],
        ),
        (
            "DCOS-46220, DCOS-45799",
            &["jira DCOS-46220", "jira DCOS-45799"],
        ),
        ("fails since PUP-8 was merged", &["jira PUP-8?"]),
        ("see AB-1 or bug in CD-22", &["jira AB-1", "jira CD-22?"]),
        ("LLVM-73836", &["jira LLVM-73836"]),
        ("DCOS-123-fix-something", &["jira DCOS-123"]),
    ]);
}

#[test]
fn what_only_looks_like_a_key_is_no_ticket() {
    for text in [
        "UTF-8 UTF-16 utf-8",
        "needs ISO-8859-1, SHA-256, AES-128",
        "RFC-2616 CVE-2021-12345 PEP-563 LWG-3197 P0896R4 IEEE-754",
        "polarion CNV-8029, TestRail C1234, test case ABC-123",
        "MM-T1234",
        "X-1234 and v-12",
        "python PY-3.8, XYZ-3.141",
        "not-DCOS-123 aDCOS-123 DCOS-123x DCOS-123_4",
        "DCOS-12345678",
        "a-b-c 12-34 --",
        "C4996 and E501",
    ] {
        assert_eq!(read(text), [""; 0], "{text}");
    }
}

#[test]
fn rules_of_the_user_come_first() {
    let rules = TicketRules {
        projects: vec!["UTF".to_owned(), "AB".to_owned()],
        not_projects: vec!["KAFKA".to_owned()],
    };
    let read = |text| shown(all(text, false, &rules, Tracker::Github));
    assert_eq!(read("with UTF-8 and AB-1"), ["jira UTF-8", "jira AB-1"]);
    assert!(read("KAFKA-18031: flaky").is_empty());
}

#[test]
fn addresses_of_trackers_are_understood() {
    expect(&[
        (
            "https://github.com/acme/shop/issues/12.",
            &["github acme/shop#12"],
        ),
        (
            "(https://github.com/acme/shop/pull/7#issuecomment-1)",
            &["github acme/shop#7"],
        ),
        ("github.com/acme/shop/issues/12", &["github acme/shop#12"]),
        (
            "https://ghe.example/acme/shop/issues/12",
            &["github acme/shop#12"],
        ),
        ("https://gitlab.com/a/b/c/-/issues/3 x", &["gitlab a/b/c#3"]),
        (
            "https://gitlab.com/a/b/-/merge_requests/3",
            &["gitlab a/b!3"],
        ),
        ("https://codeberg.org/a/b/issues/3", &["gitea a/b#3"]),
        (
            "https://bitbucket.org/a/b/issues/3/title",
            &["bitbucket a/b#3"],
        ),
        ("https://jira.example.com/browse/DCOS-1", &["jira DCOS-1"]),
        (
            "<https://issues.apache.org/jira/browse/KAFKA-12>",
            &["jira KAFKA-12"],
        ),
        (
            "https://linear.app/acme/issue/ENG-12/title",
            &["linear ENG-12"],
        ),
        (
            "https://youtrack.jetbrains.com/issue/KT-123",
            &["youtrack KT-123"],
        ),
        (
            "https://bugzilla.mozilla.org/show_bug.cgi?id=1444703",
            &["bugzilla bug 1444703"],
        ),
        ("https://bugzil.la/1444703", &["bugzilla bug 1444703"]),
        (
            "https://crbug.com/123 crbug.com/v8/45",
            &["chromium crbug.com/123", "chromium crbug.com/v8/45"],
        ),
        (
            "https://bugs.webkit.org/show_bug.cgi?id=99",
            &["webkit webkit.org/b/99"],
        ),
        ("webkit.org/b/12345", &["webkit webkit.org/b/12345"]),
        ("https://bugs.python.org/issue12345", &["python bpo-12345"]),
        (
            "https://bugs.launchpad.net/nova/+bug/1234567",
            &["launchpad LP#1234567"],
        ),
        (
            "https://code.djangoproject.com/ticket/30000",
            &["trac trac#30000"],
        ),
        ("https://pagure.io/proj/issue/12", &["pagure proj#12"]),
        (
            "https://dev.azure.com/o/p/_workitems/edit/77",
            &["azure AB#77"],
        ),
        (
            "https://example.com/docs/UTF-8#12 and https://example.com/a?x=DCOS-1234",
            &[],
        ),
        (
            "https://github.com/acme/shop/issues/TBD",
            &["github acme/shop#TBD!"],
        ),
    ]);
    let found = all(
        "see https://h.example/browse/AB-1).",
        false,
        &TicketRules::default(),
        Tracker::Github,
    );
    assert_eq!(
        found[0].url.as_deref(),
        Some("https://h.example/browse/AB-1")
    );
}

#[test]
fn numbers_count_where_they_mean_a_ticket() {
    expect(&[
        ("FIXME: #24230", &["github #24230"]),
        ("issue 17436, wontfix", &["github #17436"]),
        ("Flaky on MacOS, see #8453", &["github #8453"]),
        (
            "GH-123 gh-45 gh#6",
            &["github #123", "github #45", "github #6"],
        ),
        (
            "(metabase#123) acme/shop#4",
            &["github metabase#123", "github acme/shop#4"],
        ),
        (
            "issues #12, #13 and #14",
            &["github #12", "github #13", "github #14"],
        ),
        ("fixed by #7", &["github #7"]),
        ("Bug 1444703", &["bugzilla bug 1444703"]),
        ("bug 123", &["bugzilla bug 123"]),
        (
            "Bugs 1858041 and 1835079",
            &["bugzilla bug 1858041", "bugzilla bug 1835079"],
        ),
        ("Bugs 1 and 2", &["bugzilla bug 1", "bugzilla bug 2"]),
        (
            "bz#1234 rhbz#1234567",
            &["bugzilla bug 1234", "bugzilla rhbz#1234567"],
        ),
        (
            "bpo-123, crbug/99, b/162973328",
            &[
                "python bpo-123",
                "chromium crbug.com/99",
                "google b/162973328",
            ],
        ),
        ("rdar://problem/123456", &["apple rdar://123456"]),
        (
            "LP: #1234567, AB#12, VSO-1854252",
            &["launchpad LP#1234567", "azure AB#12", "azure VSO-1854252"],
        ),
    ]);
    for text in [
        "#1 ranking, colour #ffffff, &#39; and C#7",
        "PR #123, pull request #45, MR #12",
        "takes 12 s, 3 of 5, line 120",
        "bug 1 in the parser, see 12 and fix 3",
        "foo#bar /#12 section 1.2 issue 3.5",
        "2018-11-20 10:00",
        "",
    ] {
        assert_eq!(read(text), [""; 0], "{text}");
    }
}

#[test]
fn the_number_of_a_repository_belongs_to_its_own_tracker() {
    let found = all(
        "see #12",
        false,
        &TicketRules::default(),
        Tracker::of_host("gitlab.acme.example"),
    );
    assert_eq!(found[0].tracker, Tracker::Gitlab);
}

#[test]
fn an_argument_for_a_ticket_is_one_whatever_it_looks_like() {
    assert_eq!(argument("DCOS-1"), ["jira DCOS-1"]);
    assert_eq!(argument("dcos-1"), ["jira DCOS-1"]);
    assert_eq!(argument("UTF-8"), ["jira UTF-8"]);
    assert_eq!(argument("see PUP-8 or PUP-9"), ["jira PUP-8", "jira PUP-9"]);
    assert_eq!(argument("12345"), ["other 12345"]);
    assert_eq!(
        argument("https://tracker.example/t/5"),
        ["other https://tracker.example/t/5"]
    );
    assert_eq!(argument(" "), [""; 0]);
}

#[test]
fn stand_ins_are_marked() {
    for text in [
        "JIRA-0000",
        "TBD",
        "0",
        "-1",
        "TODO-12",
        "XXX",
        "DCOS-XXXX",
        "N/A",
        "JIRA-1234",
        "?",
    ] {
        assert!(
            argument(text)[0].ends_with('!'),
            "{text}: {:?}",
            argument(text)
        );
    }
    for text in ["DCOS-1234", "#100", "KAFKA-10"] {
        assert!(
            !argument(text)[0].ends_with('!'),
            "{text}: {:?}",
            argument(text)
        );
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*", is_argument in any::<bool>()) {
        let _done = all(&text, is_argument, &TicketRules::default(), Tracker::Github).len();
    }

    #[test]
    fn no_text_of_ticket_parts_makes_it_panic(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("https://"), Just("github.com/"), Just("a/b"), Just("#12"), Just("bug "), Just("issue "),
                Just("é"), Just("ABC-1"), Just(" and "), Just("/issues/"), Just("12"), Just("("), Just(")"),
                Just(", "), Just("LP: "), Just("-"), Just("."), Just("🦀"), Just("b/"), Just("gh-"),
            ],
            0..12,
        )
    ) {
        let _read = read(&parts.concat());
    }

    #[test]
    fn every_address_gives_its_ticket_in_any_sentence(
        owner in "[a-z][a-z0-9-]{0,8}[a-z0-9]", name in "[a-z][a-z0-9_.-]{0,8}[a-z]", n in 1..1_000_000u32,
        project in "[A-W][A-Z]{5,8}",
        before in prop_oneof![Just(""), Just("see "), Just("("), Just("broken: <"), Just("[x](")],
        after in prop_oneof![Just(""), Just(" again"), Just("."), Just(", really"), Just(")"), Just(">")],
    ) {
        for (address, expected) in [
            (format!("https://github.com/{owner}/{name}/issues/{n}"), format!("github {owner}/{name}#{n}")),
            (format!("https://github.com/{owner}/{name}/pull/{n}"), format!("github {owner}/{name}#{n}")),
            (format!("https://gitlab.com/g/{owner}/{name}/-/issues/{n}"), format!("gitlab g/{owner}/{name}#{n}")),
            (format!("https://gitlab.com/{owner}/{name}/-/merge_requests/{n}"), format!("gitlab {owner}/{name}!{n}")),
            (format!("https://{owner}.example/browse/{project}-{n}"), format!("jira {project}-{n}")),
            (format!("https://linear.app/{owner}/issue/{project}-{n}/x"), format!("linear {project}-{n}")),
            (format!("https://bugzilla.{owner}.org/show_bug.cgi?id={n}"), format!("bugzilla bug {n}")),
            (format!("https://bugzil.la/{n}"), format!("bugzilla bug {n}")),
            (format!("https://crbug.com/{n}"), format!("chromium crbug.com/{n}")),
            (format!("https://webkit.org/b/{n}"), format!("webkit webkit.org/b/{n}")),
            (format!("https://bugs.python.org/issue{n}"), format!("python bpo-{n}")),
            (format!("https://bugs.launchpad.net/{name}/+bug/{n}"), format!("launchpad LP#{n}")),
            (format!("https://issuetracker.google.com/issues/{n}"), format!("google b/{n}")),
            (format!("https://{owner}.example/ticket/{n}"), format!("trac trac#{n}")),
        ] {
            let found = read(&format!("{before}{address}{after}"));
            prop_assert_eq!(found.iter().map(|it| it.trim_end_matches('!')).collect::<Vec<_>>(), [expected], "{}", address);
        }
    }
}
