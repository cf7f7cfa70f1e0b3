//! What became of publications, as people and programs read it.
//!
//! A name stands once, and a file of a page below its page; what needs room stands below the
//! table, so that this fits a terminal.

use qaduct_publish::{Change, Mode};
use serde_json::{Value, json};

use crate::format::table::{Look, fits, grid};

/// A publication and what became of its targets.
pub(super) type Made = (String, Vec<Change>);

const HEADS: [&str; 4] = ["PUBLICATION", "TARGET", "EFFECT", "DETAIL"];

/// For programs.
pub(super) fn items(made: &[Made], mode: Mode) -> Vec<Value> {
    let item = |name: &str, change: &Change| {
        let (detail, diff) = parts(change);
        let mut item = json!({
            "publication": name,
            "target": change.target,
            "effect": change.effect.word(mode),
            "detail": detail,
            "notes": change.notes,
            "diff": diff.lines().collect::<Vec<_>>(),
        });
        if let Some(document) = &change.document {
            item["document"] = document.clone();
        }
        item
    };
    let of = |(name, changes): &Made| changes.iter().map(|it| item(name, it)).collect::<Vec<_>>();
    made.iter().flat_map(of).collect()
}

/// For people: a table, notes, and what differs.
pub(super) fn text(made: &[Made], mode: Mode, look: Look) -> String {
    let (mut rows, mut notes, mut diffs) = (Vec::new(), Vec::new(), String::new());
    for (name, changes) in made {
        let first = changes.first().map_or("", |it| it.target.as_str());
        for (at, change) in changes.iter().enumerate() {
            let of_first = change.target.strip_prefix(first);
            let file = of_first.and_then(|it| it.strip_prefix(": "));
            let target = file.map_or(change.target.clone(), |it| format!("+ {it}"));
            let (detail, diff) = parts(change);
            let name_once = if at == 0 { name.as_str() } else { "" };
            let effect = change.effect.word(mode);
            rows.push(
                [name_once, &target, effect, detail]
                    .map(str::to_owned)
                    .to_vec(),
            );
            // How large a file is nobody has to know.
            let detail = Some(detail).filter(|it| file.is_none() && !it.is_empty());
            notes.push((name, detail, &change.notes));
            if !diff.is_empty() {
                diffs.extend(["\n", name, " to ", &change.target, ":\n", diff, "\n"]);
            }
        }
    }
    let whole = grid(&HEADS, rows.clone(), Look::default());
    let is_narrow = !fits(&whole, look);
    let table = match is_narrow {
        true => {
            rows.iter_mut().for_each(|it| it.truncate(HEADS.len() - 1));
            grid(&HEADS[..HEADS.len() - 1], rows, look)
        }
        false => whole,
    };
    let mut below = String::new();
    for (name, detail, notes) in notes {
        let detail = detail.filter(|_| is_narrow);
        for note in detail.into_iter().chain(notes.iter().map(String::as_str)) {
            below.extend([name, ": ", note, "\n"]);
        }
    }
    table + &below + &diffs
}

/// What stands in the table, and the differences.
fn parts(change: &Change) -> (&str, &str) {
    let detail = change.detail.as_str();
    detail.split_once('\n').unwrap_or((detail, ""))
}

#[cfg(test)]
mod tests {
    use qaduct_publish::Effect;
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    fn change(target: &str, detail: &str, notes: &[&str]) -> Change {
        Change {
            target: target.to_owned(),
            effect: Effect::Updated,
            detail: detail.to_owned(),
            notes: notes.iter().map(|it| (*it).to_owned()).collect(),
            document: None,
        }
    }

    #[test]
    fn a_page_of_a_long_title_can_be_read_in_80_and_120_columns() {
        let page = "Firefox for iOS: health of releases, crashes and adoption (1436811681)";
        let file = |name: &str| change(&format!("{page}: {name}"), "17977 bytes", &[]);
        let notes = ["the title was `Health`", "put behind what is there"];
        let changes = vec![
            change(page, "120 lines, 2 pictures", &notes),
            file("qaduct-panel-crash-free-users.png"),
            file("qaduct-look-2898.png"),
        ];
        let made = [("page.release-health".to_owned(), changes)];
        let seen = |width| {
            let look = Look { width: Some(width) };
            let text = text(&made, Mode::DryRun, look);
            let text = anstream::adapter::strip_str(&text).to_string();
            assert!(text.lines().all(|it| it.width() <= width), "{text}");
            text
        };
        insta::assert_snapshot!(seen(80), @r"
            PUBLICATION          TARGET                                     EFFECT
            page.release-health  Firefox for iOS: health of releases, cra…  would be updated
                                 + qaduct-panel-crash-free-users.png        would be updated
                                 + qaduct-look-2898.png                     would be updated
            page.release-health: 120 lines, 2 pictures
            page.release-health: the title was `Health`
            page.release-health: put behind what is there
            ");
        insta::assert_snapshot!(seen(120), @r"
            PUBLICATION          TARGET                                                                  EFFECT
            page.release-health  Firefox for iOS: health of releases, crashes and adoption (1436811681)  would be updated
                                 + qaduct-panel-crash-free-users.png                                     would be updated
                                 + qaduct-look-2898.png                                                  would be updated
            page.release-health: 120 lines, 2 pictures
            page.release-health: the title was `Health`
            page.release-health: put behind what is there
            ");
    }
}
