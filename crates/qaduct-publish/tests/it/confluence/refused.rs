//! What Confluence refuses, what others do meanwhile, and what is left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use qaduct_publish::{Mode, PublishError};

use super::desk::{Desk, page, row, whole};

fn faults(desk: &Desk, faults: &[&str]) {
    let faults: Vec<_> = faults.iter().map(|it| it.parse().unwrap()).collect();
    desk.server.set_faults(&faults);
}

#[test]
fn who_was_faster_keeps_what_they_wrote() {
    for desk in Desk::both() {
        let id = desk.page_of_people();
        let server = Arc::clone(&desk.server);
        let (page, done) = (id.clone(), AtomicBool::new(false));
        // Somebody writes a note after the page was read and before it is written.
        *desk.meanwhile.lock().unwrap() = Some(Box::new(move || {
            let is_read = server.log().iter().any(|it| it.target.contains("body"));
            if is_read && !done.swap(true, Ordering::Relaxed) {
                server
                    .world()
                    .edit_page(&page, |body| format!("{body}<p>faster</p>"));
            }
        }));
        desk.told(&whole(&id));
        let body = desk.body(&id);
        let (note, ours) = (
            body.find("faster").unwrap(),
            body.find("qaduct-start").unwrap(),
        );
        assert!(note < ours, "{body}");
        let refused = desk
            .server
            .log()
            .iter()
            .filter(|it| it.status == 409)
            .count();
        assert_eq!(refused, 1);
    }
}

#[test]
fn a_page_that_others_change_all_the_time_is_given_up() {
    for desk in Desk::both() {
        let id = desk.page_of_people();
        let page = page(&format!("target = 'confluence:{id}'\ntext = 'a'"));
        let server = Arc::clone(&desk.server);
        let number = id.clone();
        *desk.meanwhile.lock().unwrap() = Some(Box::new(move || {
            server
                .world()
                .edit_page(&number, |body| format!("{body}<p>x</p>"));
        }));
        let why = desk.failed(&page);
        assert!(
            why.ends_with("was changed by somebody else 5 times in a row"),
            "{why}"
        );
        *desk.meanwhile.lock().unwrap() = None;
    }
}

#[test]
fn cut_off_between_its_files_and_itself_a_page_is_finished_the_next_time() {
    // In Data Center the list of files has the address to which they are brought.
    for (desk, third) in Desk::both().into_iter().zip([3, 4]) {
        let id = desk.page_of_people();
        let before = desk.body(&id);
        // The third of three files is not brought.
        faults(&desk, &[&format!("500@child/attachment:{third}!")]);
        desk.failed(&whole(&id));
        assert_eq!(desk.body(&id), before);
        faults(&desk, &[]);
        let writes = desk.writes();
        desk.told(&whole(&id));
        // One file and the page.
        assert_eq!(desk.writes() - writes, 2);
        let page = whole(&id);
        assert!(desk.told(&page)[0].contains("unchanged"));
    }
}

#[test]
fn nothing_is_written_where_it_is_not_clear_what_is_ours() {
    for mut desk in Desk::both() {
        let id = desk.page_of_people();
        desk.told(&whole(&id));
        let whole_body = desk.body(&id);
        desk.rows.push(row("more", 1));
        for (how, why) in [
            (
                "qaduct-start",
                "the mark `qaduct-start` is missing; nothing was written",
            ),
            (
                "qaduct-end",
                "the mark `qaduct-end` is missing; nothing was written",
            ),
        ] {
            desk.server
                .world()
                .edit_page(&id, |body| body.replace(how, "x"));
            let writes = desk.writes();
            let error = desk.publish(&whole(&id), Mode::Write).unwrap_err();
            assert_eq!(error.to_string(), format!("[page.health]: {why}"));
            let PublishError::Page { source, .. } = error else {
                panic!()
            };
            let hint = source.hint().unwrap_or_default();
            assert!(hint.contains("restore an earlier version"), "{hint}");
            assert_eq!(desk.writes(), writes);
            desk.server.world().edit_page(&id, |_| whole_body.clone());
        }
        desk.server
            .world()
            .edit_page(&id, |body| format!("{body}{body}"));
        assert!(
            desk.failed(&whole(&id))
                .contains("there are 2 marks `qaduct-start`")
        );
    }
}

#[test]
fn a_file_of_a_person_with_a_name_of_ours_is_left_alone() {
    for desk in Desk::both() {
        let id = desk.page_of_people();
        desk.server
            .world()
            .attach(&id, "qaduct-look-2898.png", b"mine");
        let why = desk.failed(&whole(&id));
        assert!(
            why.contains("has a file `qaduct-look-2898.png` that qaduct has not written"),
            "{why}"
        );
        assert_eq!(desk.writes(), 0);
    }
}

#[test]
fn what_is_gone_or_closed_is_named() {
    for desk in Desk::both() {
        let id = desk.page_of_people();
        assert_eq!(
            desk.failed(&whole("9999999999")),
            "[page.health]: there is no page 9999999999, or the credential may not see it"
        );
        desk.server.world().change("confluence.pages", &id, |it| {
            it["status"] = "trashed".into()
        });
        assert_eq!(
            desk.failed(&whole(&id)),
            format!("[page.health]: there is no page {id}, or the credential may not see it")
        );
        let unknown = page("target = 'confluence'\nspace = 'NONE'\ntitle = 'a'\ntext = 'all'");
        assert_eq!(
            desk.failed(&unknown),
            "[page.health]: there is no space `NONE`, or the credential may not see it"
        );
        for status in ["401", "403"] {
            faults(&desk, &[&format!("{status}@*:1!")]);
            let error = desk.publish(&unknown, Mode::Write).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(
                text.contains(&format!("status {status}")) && !text.contains("hunter2"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_page_that_is_too_long_says_what_to_do() {
    for mut desk in Desk::both() {
        let id = desk.page_of_people();
        desk.rows = (0..20_000).map(|at| row(&"x".repeat(300), at)).collect();
        let page = page(&format!(
            "target = 'confluence:{id}'\n[[section]]\nitem = [{{ view = 'v_tests', max_rows = 100000 }}]"
        ));
        let error = desk.publish(&page, Mode::Write).unwrap_err();
        let PublishError::Page { source, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(
            source.hint(),
            Some("set `max_rows` of its tables, or make two pages of it")
        );
        assert!(
            error
                .to_string()
                .starts_with("[page.health]: the page is too long for Confluence: "),
            "{error}"
        );
    }
}

#[test]
fn settings_that_cannot_be_are_named() {
    let desk = Desk::new();
    let why = |item: &str| {
        let page = page(&format!(
            "target = 'confluence:1'\n[[section]]\nitem = [{item}]"
        ));
        desk.render(&page).unwrap_err().to_string()
    };
    for (item, expected) in [
        (
            "{ panel = 'rums' }",
            "[page.health]: section 1, item 1: there is no panel `rums`",
        ),
        (
            "{ panel = 'runs', look = '1' }",
            "[page.health]: section 1, item 1: it shows 2 things; name one of `panel`, `tiles`, `view`, `look`, `dashboard`",
        ),
        (
            "{ title = 'a', columns = ['test'] }",
            "[page.health]: section 1, item 1: it has settings of a table and no `view`",
        ),
        (
            "{ view = 'v_test' }",
            "[page.health]: section 1, item 1: there is no view `v_test`; did you mean `v_tests`?",
        ),
        (
            "{ view = 'v_tests', order = ['-run'] }",
            "[page.health]: section 1, item 1: `order`: the view `v_tests` has no column `run`; did you mean `runs`?",
        ),
        (
            "{ link = 'javascript:alert(1)' }",
            "[page.health]: section 1, item 1: `link`: `javascript:alert(1)` is no address of a page",
        ),
        (
            "{ tiles = ['runs'] }",
            "[page.health]: section 1, item 1: `tiles`: the panel `runs` is of another kind",
        ),
    ] {
        assert_eq!(why(item), expected);
    }
}
