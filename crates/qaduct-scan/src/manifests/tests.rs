//! What holds for every preset that ships.

use std::sync::LazyLock;

use super::rules::{Form, Pattern, Preset, shipped};
use super::*;

/// A path that a glob fits.
fn path_of(glob: &str) -> String {
    glob.replace("**/", "").replace('*', "x")
}

fn patterns(preset: &Preset) -> Vec<&Pattern> {
    let of_form = |form: &'_ Form| {
        let own = [
            &form.pattern,
            &form.find,
            &form.within,
            &form.split,
            &form.mentions,
            &form.always,
            &form.never,
        ];
        let own: Vec<_> = own.into_iter().flatten().cloned().collect();
        let kinds = form.kinds.iter().map(|it| it.text.clone());
        let maps = form.when.values().chain(form.unless.values()).cloned();
        own.into_iter().chain(kinds).chain(maps).collect::<Vec<_>>()
    };
    let all: Vec<Pattern> = preset.form.iter().flat_map(of_form).collect();
    for pattern in &all {
        assert_eq!(pattern.check(), Ok(()), "{}: {pattern:?}", preset.framework);
    }
    preset.section.iter().chain(&preset.ignore).collect()
}

#[test]
fn every_preset_says_what_it_is_and_what_it_does_not_see() {
    for preset in shipped() {
        assert!(!preset.title.is_empty() && preset.url.starts_with("https://"));
        assert!(!preset.form.is_empty(), "{}", preset.title);
        assert!(
            preset.limits.iter().all(|it| it.ends_with('.')),
            "{}",
            preset.title
        );
        for pattern in patterns(&preset) {
            assert_eq!(pattern.check(), Ok(()), "{}", preset.title);
        }
    }
}

#[test]
fn every_preset_reads_the_files_that_it_names() {
    let all = Manifests::shipped();
    for number in 0..MANIFESTS.len() {
        let preset = all.preset(number);
        for glob in &preset.path {
            let path = path_of(glob);
            let reads = all.reads(&path).map(usize::from);
            assert_eq!(reads, Some(number), "{path} of {}", preset.title);
        }
    }
}

#[test]
fn the_example_of_every_form_is_found_as_that_form_and_nothing_in_it_is_odd() {
    let all = Manifests::shipped();
    let mut wrong = Vec::new();
    let presets = (0..MANIFESTS.len()).map(|it| all.preset(it));
    for preset in presets.filter(|it| !it.path.is_empty()) {
        for form in &preset.form {
            let mut example = form.example.trim_start_matches('\n').to_owned();
            // Commands that are shared stand in files of any format.
            if form.find.is_some() && preset.format == rules::Format::Json {
                example = format!(
                    "{{\"scripts\": \"{}\"}}",
                    example.replace('\\', "\\\\").replace('"', "\\\"")
                );
            }
            let facts = read::read(example.as_bytes(), preset);
            let forms: Vec<_> = facts
                .mutes
                .iter()
                .map(|it| it.declaration.form.as_str())
                .collect();
            if !forms.contains(&form.name.as_str()) || !facts.troubles.is_empty() {
                wrong.push(format!(
                    "{}: {example}: {forms:?} {:?}",
                    form.name, facts.troubles
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names of what a file holds by a preset, and the lines of its troubles.
fn found(all: &Manifests, path: &str, source: &[u8]) -> (Vec<String>, Vec<u32>) {
    let manner = all.reads(path).expect("somebody reads it");
    let facts = Language::read(all, source, manner, false);
    let name = |it: &crate::language::RawMute| {
        let it = &it.declaration;
        format!("{} {}::{}", it.line_start, it.container, it.test)
    };
    let names = facts.mutes.iter().map(name).collect();
    (names, facts.troubles.iter().map(|it| it.line).collect())
}

fn rule(text: &str) -> ManifestRule {
    toml::from_str(text).unwrap()
}

#[test]
fn a_list_of_a_user_comes_before_those_that_ship() {
    let own = rule(
        r#"
        name = "acme.list"
        path = ["ci/**/*.skip", "**/muted-tests.yml"]
        kind = "quarantine"
        pattern = '^(?P<container>\w+)\.(?P<test>\w+)(?: until (?P<until>\S+))?$'
        comment = [";"]
        "#,
    );
    let all = Manifests::new(std::slice::from_ref(&own)).unwrap();
    let text = b"; comment\nCart.total until 2026-12-31 ; SHOP-12\nnothing\n";
    assert_eq!(
        found(&all, "ci/a/b.skip", text),
        (vec!["2 Cart::total".to_owned()], vec![3])
    );
    assert_eq!(all.reads("x/muted-tests.yml"), Some(0));
    assert_ne!(Manifests::shipped().rules_digest(), all.rules_digest());
    assert_eq!(
        Manifests::shipped().rules_digest(),
        Manifests::shipped().rules_digest()
    );
}

#[test]
fn a_list_of_a_user_may_be_a_structured_file_with_several_rules() {
    let rules = [
        rule(
            r#"
            name = "acme.off"
            path = ["ci/tests.yml"]
            format = "yaml"
            kind = "skip"
            at = "off/*/*"
            container = ["$1"]
            test = ["name"]
            "#,
        ),
        rule(
            r#"
            name = "acme.shaky"
            path = ["ci/tests.yml"]
            format = "yaml"
            kind = "quarantine"
            at = "shaky/[]"
            "#,
        ),
    ];
    let all = Manifests::new(&rules).unwrap();
    let text = b"off:\n  Cart:\n  - name: total\n  - {name: tax}\n  - why: x\nshaky: [a, b]\n";
    let names = ["3 Cart::total", "4 Cart::tax", "5 Cart::", "6 ::a", "6 ::b"];
    assert_eq!(found(&all, "ci/tests.yml", text).0, names);
}

#[test]
fn an_unusable_list_is_refused_with_what_is_wrong() {
    let wrong = |text| Manifests::new(&[rule(text)]).unwrap_err().to_string();
    insta::assert_snapshot!(wrong("name = 'a'\nkind = 'skip'\npath = []"), @"manifest `a` has no path");
    insta::assert_snapshot!(wrong("name = 'a'\nkind = 'skip'\npath = ['a[']"), @"manifest `a`: the path `a[` cannot be used: unclosed character class; missing ']'");
    insta::assert_snapshot!(wrong("name = 'a'\nkind = 'skip'\npath = ['a']\npattern = '('"), @"manifest `a`: the pattern cannot be used: error: unclosed group");
    let many = vec![rule("name = 'a'\nkind = 'skip'\npath = ['a']"); 300];
    let each = many.into_iter().enumerate();
    let many: Vec<_> = each
        .map(|(n, rule)| ManifestRule {
            path: vec![n.to_string()],
            ..rule
        })
        .collect();
    assert_eq!(Manifests::new(&many).unwrap_err(), ManifestError::TooMany);
}

#[test]
fn a_byte_order_mark_other_line_ends_and_other_bytes_change_nothing() {
    let all = Manifests::shipped();
    let text = "tests:\n- class: a.B\n  method: c # é\n- class: a.D\n";
    let names = ["2 a.B::c", "4 a.D::"];
    let latin: Vec<u8> = text.chars().map(|it| u8::try_from(it).unwrap()).collect();
    for source in [
        text.as_bytes().to_vec(),
        text.replace('\n', "\r\n").into_bytes(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
    ] {
        assert_eq!(
            found(&all, "muted-tests.yml", &source),
            (names.map(str::to_owned).to_vec(), vec![])
        );
    }
    assert_eq!(
        found(&all, "muted-tests.yml", &latin),
        (names.map(str::to_owned).to_vec(), vec![3])
    );
}

#[test]
fn what_is_nested_or_large_beyond_all_measure_is_named_and_breaks_nothing() {
    let all = Manifests::shipped();
    for (path, open) in [
        ("muted-tests.yml", "["),
        ("muted-tests.yml", "- "),
        ("muted-tests.yml", "{a: "),
        (".test_quarantine.json", "[\"disabled\","),
        (".test_quarantine.json", "{\"a\":"),
        ("browser.toml", "skip-if.a="),
        ("a.status", "[\n"),
        ("a.status", "(not "),
        ("pom.xml", "<maven-surefire-plugin>"),
        ("meta/a.ini", "[a"),
    ] {
        let text = format!(
            "{}\nskip-if = SKIP {}",
            open.repeat(10_000),
            "]".repeat(5_000)
        );
        let (names, troubles) = found(&all, path, text.as_bytes());
        assert_eq!(
            (names.len(), troubles.is_empty()),
            (0, path == "meta/a.ini"),
            "{path} {open}"
        );
    }
    let text = vec![b'x'; 17 << 20];
    assert_eq!(found(&all, "muted-tests.yml", &text).1, [0]);
}

/// Pieces of lists and settings.
const PIECES: &[&str] = &[
    "tests:\n",
    "- ",
    "  ",
    "class: a.B\n",
    "method: c",
    "\n",
    "\r\n",
    "\t",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "'",
    "\"",
    "\"\"\"",
    "'''",
    "<a>",
    "</a>",
    "<exclude>",
    "<!--",
    "-->",
    "<![CDATA[",
    "&amp;",
    "#",
    "//",
    "/*",
    "*/",
    ":",
    ",",
    "=",
    "==",
    "&x ",
    "*x",
    "<<: ",
    "|\n",
    ">\n",
    "---\n",
    "skip-if",
    "[DEFAULT]\n",
    "\\u12",
    "\\ud800",
    "\\",
    "é",
    "\u{0}",
    "\u{feff}",
    "crbug.com/1 ",
    "[ Skip ]",
    "SKIP",
    "expected: ",
    "disabled: ",
    "if a: ",
    "fails",
    "--deselect x",
    "|| true",
    "continue-on-error: true\n",
    "jobs:\n",
    "entries",
    "exclude-filter",
    "a b,c\n",
    "-A.b\n",
    "@",
    "$1",
    "1",
    "null",
    "~",
    "!!str ",
];

/// The presets, to which nothing is too dull to be read.
static EAGER: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    let eager = |preset: Preset| Preset {
        needles: Vec::new(),
        ..preset
    };
    shipped().map(eager).collect()
});

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, ..Default::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60),
    ) {
        let text = pieces.concat();
        for preset in EAGER.iter() {
            read::read(&bytes, preset);
            let facts = read::read(text.as_bytes(), preset);
            let last = i64::try_from(text.lines().count()).unwrap() + 1;
            for mute in facts.mutes {
                let it = mute.declaration;
                proptest::prop_assert!(it.line_start >= 1 && it.line_start <= it.line_end, "{it:?}");
                proptest::prop_assert!(it.line_end <= last, "{it:?} {last} {text}");
            }
        }
    }
}
