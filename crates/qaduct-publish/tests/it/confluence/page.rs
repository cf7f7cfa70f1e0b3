//! A page is written once, and again only where it differs; what people wrote stays.

use insta::assert_snapshot;
use qaduct_publish::Mode;
use qaduct_publish::confluence::Page;

use super::desk::{Desk, page, row, whole};

/// The XML as a document of its own, for a parser that is none of ours.
fn document(body: &str) -> String {
    format!("<x xmlns:ac=\"ac\" xmlns:ri=\"ri\">{body}</x>")
}

#[test]
fn a_page_is_well_formed_and_people_can_read_it() {
    let desk = Desk::new();
    let rendered = desk.render(&whole("1")).unwrap();
    let xml = document(&rendered.region);
    roxmltree::Document::parse(&xml).unwrap();
    assert_snapshot!(rendered.lines.join("\n"), @r"
        qaduct writes this part when its data change, and replaces what is in it; notes stay above and below it. Last change:
        Numbers of all releases & betas: <b>
        # Health <1>
        one
        two
        # Runs & more [Approved]
        By test.
        [qaduct-panel-runs.png]
        # Figures [Pending review]
        Passed
        12 runs
        # Flaky [Informational]
        [qaduct-look-2898.png]
        # Board
        [qaduct-dashboard-model__board-fbea18d6.png]
        # Rows
        test ¦ runs ¦ pass % ¦ status
        opens & <closes> 😀 ¦ 3 ¦ 66.67 ¦ [Failed]
        waits ¦ 12 ¦ 66.67 ¦ [Failed]
        # Facts
        test ¦ opens & <closes> 😀
        pass % ¦ 66.67
        1 of 2 rows
        test
        opens & <closes> 😀
        waits
        ");
    let names: Vec<_> = rendered
        .pictures
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "qaduct-panel-runs.png",
            "qaduct-look-2898.png",
            "qaduct-dashboard-model__board-fbea18d6.png"
        ]
    );
    assert_snapshot!(rendered.region.replace("><", ">\n<"), @r#"
        <p>
        <em>qaduct writes this part when its data change, and replaces what is in it; notes stay above and below it. Last change: <time datetime="2026-11-21" />
        </em>
        </p>
        <p>Numbers of <em>all</em> releases &amp; betas: &lt;b&gt;</p>
        <h2>Health &lt;1&gt;</h2>
        <ul>
        <li>one</li>
        <li>two</li>
        </ul>
        <h3>
        <a href="https://example.org/?a=1&amp;b=2">Runs &amp; more</a> <ac:structured-macro ac:name="status" ac:schema-version="1">
        <ac:parameter ac:name="title">Approved</ac:parameter>
        <ac:parameter ac:name="colour">Green</ac:parameter>
        </ac:structured-macro>
        </h3>
        <p>By test.</p>
        <p>
        <a href="https://example.org/?a=1&amp;b=2">
        <ac:image ac:alt="Runs &amp; more" ac:width="400">
        <ri:attachment ri:filename="qaduct-panel-runs.png" />
        </ac:image>
        </a>
        </p>
        <h3>Figures <ac:structured-macro ac:name="status" ac:schema-version="1">
        <ac:parameter ac:name="title">Pending review</ac:parameter>
        <ac:parameter ac:name="colour">Blue</ac:parameter>
        </ac:structured-macro>
        </h3>
        <table>
        <tbody>
        <tr>
        <th>Passed</th>
        </tr>
        <tr>
        <td>
        <p>
        <strong>12 runs</strong>
        </p>
        </td>
        </tr>
        </tbody>
        </table>
        <h3>Flaky <ac:structured-macro ac:name="status" ac:schema-version="1">
        <ac:parameter ac:name="title">Informational</ac:parameter>
        <ac:parameter ac:name="colour">Yellow</ac:parameter>
        </ac:structured-macro>
        </h3>
        <p>
        <ac:image ac:alt="Flaky" ac:width="400">
        <ri:attachment ri:filename="qaduct-look-2898.png" />
        </ac:image>
        </p>
        <h3>Board</h3>
        <p>
        <ac:image ac:alt="Board" ac:width="400">
        <ri:attachment ri:filename="qaduct-dashboard-model__board-fbea18d6.png" />
        </ac:image>
        </p>
        <h2>Rows</h2>
        <table>
        <tbody>
        <tr>
        <th>test</th>
        <th>runs</th>
        <th>pass %</th>
        <th>status</th>
        </tr>
        <tr>
        <td>
        <a href="https://example.org/1?a=1&amp;b=2">opens &amp; &lt;closes&gt; 😀</a>
        </td>
        <td style="text-align: right;">3</td>
        <td style="text-align: right;">66.67</td>
        <td>
        <ac:structured-macro ac:name="status" ac:schema-version="1">
        <ac:parameter ac:name="title">Failed</ac:parameter>
        <ac:parameter ac:name="colour">Red</ac:parameter>
        </ac:structured-macro>
        </td>
        </tr>
        <tr>
        <td>
        <a href="https://example.org/1?a=1&amp;b=2">waits</a>
        </td>
        <td style="text-align: right;">12</td>
        <td style="text-align: right;">66.67</td>
        <td>
        <ac:structured-macro ac:name="status" ac:schema-version="1">
        <ac:parameter ac:name="title">Failed</ac:parameter>
        <ac:parameter ac:name="colour">Red</ac:parameter>
        </ac:structured-macro>
        </td>
        </tr>
        </tbody>
        </table>
        <h3>Facts</h3>
        <table>
        <tbody>
        <tr>
        <th>test</th>
        <td>opens &amp; &lt;closes&gt; 😀</td>
        </tr>
        <tr>
        <th>pass %</th>
        <td>66.67</td>
        </tr>
        </tbody>
        </table>
        <p>
        <em>1 of 2 rows</em>
        </p>
        <table>
        <tbody>
        <tr>
        <th>test</th>
        </tr>
        <tr>
        <td>opens &amp; &lt;closes&gt; 😀</td>
        </tr>
        <tr>
        <td>waits</td>
        </tr>
        </tbody>
        </table>
        "#);
}

#[test]
fn published_twice_a_page_is_written_once() {
    for mut desk in Desk::both() {
        let page = whole(&desk.page_of_people());
        let told = desk.told(&page);
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(
            told[0].contains("updated: 26 lines, 3 pictures; put behind what is there"),
            "{told:?}"
        );
        let (writes, body) = (desk.writes(), desk.body(&desk.page_of_people()));
        assert_eq!(writes, 4);

        // A day later nothing has changed, so nothing is written: not the day either.
        desk.today = jiff::civil::date(2026, 11, 22);
        assert_eq!(desk.told(&page).len(), 1);
        assert_eq!(desk.writes(), writes);
        assert_eq!(desk.body(&desk.page_of_people()), body);
    }
}

#[test]
fn a_note_and_a_file_of_a_person_survive_twenty_publishes() {
    for mut desk in Desk::both() {
        let id = desk.page_of_people();
        let before = desk.body(&id);
        desk.server.world().attach(&id, "plan.pdf", b"mine");
        let mut page = whole(&id);
        page.size = Some("200x160".to_owned());
        for round in 0..20 {
            desk.rows = vec![row("opens", round)];
            desk.told(&page);
            if round == 3 {
                // Before and behind our part, and in the paragraph of a mark.
                desk.server.world().edit_page(&id, |body| {
                    let body = body.replacen(
                        "<p><ac:structured-macro ac:name=\"anchor\"",
                        "<p>here <ac:structured-macro ac:name=\"anchor\"",
                        1,
                    );
                    format!("<p>first&nbsp;&rsquo;</p>{body}<p>last</p>")
                });
            }
        }
        let body = desk.body(&id);
        assert!(
            body.starts_with(&format!("<p>first&nbsp;&rsquo;</p>{before}<p>here <ac:")),
            "{body}"
        );
        assert!(body.ends_with("</p><p>last</p>"), "{body}");
        assert_eq!(
            desk.server.world().attached(&id, "plan.pdf").unwrap(),
            b"mine"
        );
        assert_eq!(body.matches("qaduct-start").count(), 1);
        assert!(body.contains("<strong>19 runs</strong>"), "{body}");
    }
}

#[test]
fn what_a_person_changes_within_our_part_is_restored_and_said() {
    for mut desk in Desk::both() {
        let page = whole(&desk.page_of_people());
        desk.told(&page);
        let id = desk.page_of_people();
        desk.server
            .world()
            .edit_page(&id, |body| body.replace("By test.", "By test. I doubt it."));
        let told = desk.told(&page);
        assert_eq!(told.len(), 1);
        assert!(
            told[0].ends_with("somebody had changed what qaduct writes"),
            "{told:?}"
        );
        assert!(!desk.body(&id).contains("I doubt it"));
        // Also where our part changes as well.
        desk.server
            .world()
            .edit_page(&id, |body| body.replace("By test.", "No."));
        let rows = std::mem::replace(&mut desk.rows, vec![row("opens", 4)]);
        assert!(desk.told(&page)[0].ends_with("somebody had changed what qaduct writes"));
        desk.rows = rows;
        desk.told(&page);
        // An editor saves the same words in other XML: that is no change.
        desk.server.world().edit_page(&id, |body| {
            body.replace("<li>one</li>", "<li><p local-id=\"1\">one</p></li>")
        });
        assert!(desk.told(&page)[0].contains("unchanged"));
    }
}

#[test]
fn of_the_pictures_only_those_that_differ_are_brought() {
    for mut desk in Desk::both() {
        let id = desk.page_of_people();
        desk.told(&whole(&id));
        desk.rows.push(row("fails", 1));
        let told = desk.told(&whole(&id));
        let names: Vec<_> = told
            .iter()
            .map(|it| it.rsplit(": ").nth(2).unwrap())
            .collect();
        assert_eq!(names[1..], ["qaduct-panel-runs.png"]);

        // What is no longer shown is left, and said.
        let mut less: Page = whole(&id);
        less.section[0].item.truncate(1);
        let told = desk.told(&less);
        assert!(
            told[0].ends_with(
                "no longer shown: qaduct-look-2898.png, qaduct-dashboard-model__board-fbea18d6.png"
            ),
            "{told:?}"
        );
        assert!(
            desk.server
                .world()
                .attached(&id, "qaduct-look-2898.png")
                .is_some()
        );
    }
}

#[test]
fn a_page_is_created_with_its_pictures_and_found_by_its_title_from_then_on() {
    for desk in Desk::both() {
        let space = {
            let world = desk.server.world();
            let mut spaces = world.collection("confluence.spaces").all();
            spaces.next().unwrap()["key"].as_str().unwrap().to_owned()
        };
        let page = page(&format!(
            "target = 'confluence'\nspace = '{space}'\ntitle = 'Health & <more>'\n{}",
            super::desk::WHOLE.trim_start()
        ));
        let dry = desk.publish(&page, Mode::DryRun).unwrap();
        assert_eq!(dry.len(), 4);
        assert_eq!(desk.writes(), 0);
        let told = desk.told(&page);
        assert!(
            told[0].contains("created: 26 lines, 3 pictures"),
            "{told:?}"
        );
        let writes = desk.writes();
        assert!(desk.told(&page)[0].contains("unchanged"));
        assert_eq!(desk.writes(), writes);
    }
}

#[test]
fn a_page_gets_its_title() {
    for desk in Desk::both() {
        let mut page = whole(&desk.page_of_people());
        desk.told(&page);
        page.title = Some("Another title".to_owned());
        let told = desk.told(&page);
        assert!(
            told[0].starts_with("Another title (") && told[0].contains("; the title was `"),
            "{told:?}"
        );
        assert!(desk.told(&page)[0].starts_with("Another title ("));
    }
}

#[test]
fn a_dry_run_shows_what_would_change_and_writes_nothing() {
    let mut desk = Desk::new();
    let page = whole(&desk.page_of_people());
    desk.told(&page);
    let writes = desk.writes();
    desk.rows[1] = row("waits", 13);
    let changes = desk.publish(&page, Mode::DryRun).unwrap();
    assert_snapshot!(changes[0].detail, @r"
        26 lines, 3 pictures
          Passed
        - 12 runs
        + 13 runs
          # Flaky [Informational]
          …
          opens & <closes> 😀 ¦ 3 ¦ 66.67 ¦ [Failed]
        - waits ¦ 12 ¦ 66.67 ¦ [Failed]
        + waits ¦ 13 ¦ 66.67 ¦ [Failed]
          # Facts
        ");
    assert_eq!(changes[1].effect.word(Mode::DryRun), "would be updated");
    assert_eq!(desk.writes(), writes);
}

#[test]
fn ten_thousand_rows_are_a_table_and_the_page_says_what_it_leaves_out() {
    for mut desk in Desk::both() {
        let id = desk.page_of_people();
        desk.rows = (0..10_000)
            .map(|at| row(&format!("test_{at} & <x> \u{1F600}"), at))
            .collect();
        let table = |more: &str| {
            page(&format!(
                "target = 'confluence:{id}'\n[[section]]\nitem = [{{ view = 'v_tests', columns = ['test', 'runs']{more} }}]"
            ))
        };
        desk.told(&table(", max_rows = 10000"));
        let body = desk.body(&id);
        assert_eq!(body.matches("<tr>").count(), 10_001);
        // What people wrote before it is theirs.
        let ours = &body[body.find("<p><ac:structured-macro").unwrap()..];
        roxmltree::Document::parse(&document(ours)).unwrap();
        assert!(desk.told(&table(", max_rows = 10000"))[0].contains("unchanged"));

        desk.told(&table(""));
        let body = desk.body(&id);
        assert_eq!(body.matches("<tr>").count(), 1_001);
        assert!(body.contains("<em>1000 of 10000 rows</em>"));
    }
}

#[test]
fn a_page_gets_the_labels_that_it_lacks_and_keeps_the_others() {
    for desk in Desk::both() {
        let mut page = whole(&desk.page_of_people());
        desk.told(&page);
        let id = desk.page_of_people();
        let labels = || -> Vec<String> {
            let world = desk.server.world();
            let of_page = world.collection("confluence.labels").of(&id);
            of_page
                .map(|it| it["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let before = labels();
        page.labels = vec!["Weekly".to_owned(), "qaduct".to_owned()];
        page.labels.extend(before.first().cloned());
        let writes = desk.writes();
        let dry = desk.publish(&page, Mode::DryRun).unwrap();
        assert_eq!(dry[0].notes, ["labels added: weekly, qaduct"]);
        assert_eq!(desk.writes(), writes);
        assert!(desk.told(&page)[0].contains("updated: "));
        assert_eq!(desk.writes(), writes + 1);
        assert!(desk.told(&page)[0].contains("unchanged: "));
        assert_eq!(desk.writes(), writes + 1);
        let added = ["weekly", "qaduct"].map(str::to_owned);
        assert_eq!(labels(), [before, added.to_vec()].concat());
        assert_eq!(desk.server.violations(), [""; 0]);

        page.labels = vec!["two words".to_owned()];
        assert_eq!(
            desk.failed(&page),
            "[page.health]: `labels`: `two words` is no label: it has up to 255 letters, and no blank \
         and none of : ; , . ? & [ ] ( ) # ^ * @ !"
        );
    }
}
