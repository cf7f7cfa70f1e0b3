#![cfg(not(windows))]
#![allow(dead_code)]

// A comment: #[ignore]
const TEXT: &str = "#[ignore] fn none() {}";
const RAW: &str = r#"a " #[ignore] fn none() {}"#;
const QUOTE: char = '"';

#[test]
fn runs() {
    let lexer: Lexer<'static> = it.iter().skip(1);
}

// Flaky. SHOP-1
#[test]
#[ignore]
fn is_ignored() {}

#[ignore = "SHOP-2: \
            two lines"]
#[tokio::test(flavor = "multi_thread")]
async fn says_why() {}

#[test]
#[cfg_attr(windows, ignore)]
fn conditional() {}

#[test]
#[cfg_attr(
    all(target_os = "macos", not(feature = "slow")),
    // a comment, with a comma
    ignore = "see #45" // trailing
)]
fn over_lines() {}

#[cfg_attr(miri, test, ignore)]
fn with_test() {}

#[test]
#[cfg_attr(unix, cfg_attr(target_arch = "x86_64", ignore = "nested"))]
fn nested() {}

#[test]
#[cfg(not(feature = "slow"))]
fn kept_out() {}

#[test]
#[cfg(any())]
fn never_built() {}

#[test]
#[cfg(unix)]
fn belongs_to_unix() {}

#[test]
#[should_panic(expected = "ignore")]
fn panics() {}

#[ignore]
fn helper() {}

#[rstest]
#[case(1)]
#[case::two(2)]
#[ignore = "the second only"]
#[case(3)]
fn cases(#[case] n: u32) {}

#[test_case(1; "one")]
#[test_case(2 => ignore["later"] 4; "two")]
#[test_case(3 => ignore)]
fn table(n: u32) {}

#[cargo_test(nightly, reason = "unstable")]
fn nightly() {}

#[cargo_test(ignore_windows = "no links")]
fn links() {}

#[cfg(all(test, any()))]
mod tests {
    mod inner {
        #[test]
        #[ignore = "SHOP-3"]
        fn deep() {}
    }
}

proptest! {
    #[test]
    #[ignore = "slow"]
    fn in_a_macro(a in 0..10) {}

    #[test]
    fn runs_in_a_macro(a in 0..10) {}
}

macro_rules! tests {
    ($name:ident) => {
        #[test]
        #[cfg_attr(miri, ignore)]
        fn $name() {}
    };
}

test!(
    #[cfg_attr(miri, ignore = "no sockets")]
    made_by_macro,
    run(true)
);

struct Options {
    #[ignore]
    field: u32,
}

fn main() {
    let trials = vec![
        Trial::test("adds up", run).with_ignored_flag(true),
        Trial::test(name, run).with_ignored_flag(cfg!(windows)),
        Trial::test("runs", run).with_ignored_flag(false),
    ];
}
