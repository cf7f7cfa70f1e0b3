//! Settings that only one kind of source has.

use std::sync::Arc;

use qaduct_records::source::Failure;
use qaduct_replay::World;

use crate::reader::{Still, serve, setup};

#[test]
fn an_option_that_there_is_not_and_a_word_that_it_does_not_know_are_refused() {
    let server = serve(World::of("testrail", 7, 60), &[]);
    for (name, word, said) in [
        (
            "case_histroy",
            "true",
            "there is no option `case_histroy`: options of testrail are",
        ),
        (
            "case_history",
            "yes",
            "option `case_history` is `yes`: `case_history` is one of false, true",
        ),
        ("edition", "cloud", "option `edition` is `cloud`"),
        ("hours_per_day", "25", "`hours_per_day` is not a number"),
    ] {
        let mut settings = setup(&server, "testrail", "testrail");
        settings
            .options
            .extend([(name.to_owned(), word.to_owned())]);
        let clock = Arc::new(Still::at(settings.now));
        let opened = qaduct_sources::open(settings, Arc::clone(&clock) as _, clock);
        let error = opened.err().unwrap();
        assert_eq!(error.kind, Failure::Config);
        let told = format!("{}: {}", error.trouble, error.hint.unwrap_or_default());
        assert!(told.contains(said), "{told}");
    }
}
