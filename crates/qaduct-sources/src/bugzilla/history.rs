//! Stream `history`: each change of each field of a bug.

use std::collections::HashMap;
use std::sync::LazyLock;

use qaduct_records::stream::{Count, Deletes, Finality, Parts, SOURCE, Stream};
use regex::{Captures, Regex};
use serde_json::{Map, Value as Json};

use super::by;
use super::details::{Detail, Details};
use crate::people::People;
use crate::rest::{How, RestStream};
use crate::spec;

spec! {
    /// A change of a field of a bug. Bugzilla gives changes no number.
    pub(super) static CHANGE in "bugzilla_history"
    key ["bug_id", "changed_at", "field", "ordinal"]
    {
        /// The bug.
        bug_id: Int = "#bug",
        /// When it was changed, to the second.
        changed_at: Instant = "#when",
        /// Who changed it: login.
        person who: Text = "#who",
        /// The field.
        field: Text = "field_name",
        /// Number of the change among those of that field at that instant, from 0.
        ordinal: Int = "#ordinal",
        /// What was taken away; of a text, what it was.
        removed: Text = "removed",
        /// What was put there.
        added: Text = "added",
        /// The attachment whose field it is.
        attachment_id: Int = "attachment_id",
        /// The comment whose field it is.
        comment_id: Int = "comment_id",
    }
}

static DETAIL: Detail = Detail {
    with_it: "id,last_change_time,depends_on,history",
    size: 200,
    resource: "history",
    of_bug: changes,
    alone: |answer, id| {
        let bugs = answer["bugs"].as_array();
        let bug = bugs.and_then(|it| it.first()).cloned();
        let mut bug = bug.unwrap_or_default();
        // Asked for by its number, it may come without it.
        bug["id"] = id.into();
        bug
    },
};

pub(super) static HISTORY: RestStream = RestStream {
    contract: &Stream {
        name: "history",
        table: &CHANGE.table,
        nested: &[],
        parts: Parts::Scopes,
        // Nothing depends on which part a change is of: it never goes.
        part_columns: &[SOURCE],
        cursor: Some(by("changed_at")),
        finality: Finality::Immutable,
        deletes: Deletes::Never,
        count: Count::None,
    },
    spec: &CHANGE,
    nested: &[],
    read: How::Details {
        of: "bugs",
        together: |rest| DETAIL.together(rest),
        read: |rest, stream, reading| Ok(Box::new(Details::new(rest, stream, reading, &DETAIL)?)),
        poll: |rest, stream, scope, keys| {
            Ok(Box::new(Details::of(rest, stream, scope, keys, &DETAIL)))
        },
    },
    one: None,
    census: None,
    count: None,
    page: 200,
    flagged: None,
};

/// Fields whose values are logins, joined by commas.
const PEOPLE: &[&str] = &[
    "assigned_to",
    "bug_mentor",
    "cc",
    "creator",
    "mentors",
    "qa_contact",
    "reporter",
    "requestees.login_name",
    "setters.login_name",
    "triage_owner",
];

/// Who is asked by a flag: `needinfo?(login)`.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is constant and tested")]
    Regex::new(r"([?+-]\()([^()]*)\)").unwrap()
});

/// Does with the logins in a change what is done with people.
fn hide(people: &People, change: &mut Map<String, Json>) {
    let field = change.get("field_name").and_then(Json::as_str);
    let is_of_people = field.is_some_and(|it| PEOPLE.contains(&it));
    if !is_of_people && field != Some("flagtypes.name") || matches!(people, People::Keep) {
        return;
    }
    for key in ["removed", "added"] {
        let Some(text) = change.get(key).and_then(Json::as_str) else {
            continue;
        };
        let hidden = if is_of_people {
            let all: Option<Vec<_>> = text.split(',').map(|it| people.person(it.trim())).collect();
            all.map(|it| it.join(", "))
        } else {
            let asked = |it: &Captures<'_>| {
                let who = people.person(&it[2]);
                format!("{}{})", &it[1], who.as_deref().unwrap_or("person"))
            };
            Some(ASKED.replace_all(text, asked).into_owned())
        };
        change.insert(key.to_owned(), hidden.map_or(Json::Null, Json::String));
    }
}

/// The changes of a bug.
fn changes(people: &People, bug: &Json) -> Option<Vec<Json>> {
    let mut numbers: HashMap<(String, String), i64> = HashMap::new();
    let mut changes = Vec::new();
    for step in bug["history"].as_array()? {
        for change in step["changes"].as_array().into_iter().flatten() {
            let mut change = change.clone();
            let Json::Object(fields) = &mut change else {
                continue;
            };
            hide(people, fields);
            let key = (
                step["when"].to_string(),
                fields
                    .get("field_name")
                    .map(Json::to_string)
                    .unwrap_or_default(),
            );
            let number = numbers.entry(key).or_default();
            for (name, value) in [
                ("#bug", bug["id"].clone()),
                ("#when", step["when"].clone()),
                ("#who", step["who"].clone()),
                ("#ordinal", (*number).into()),
            ] {
                fields.insert(name.to_owned(), value);
            }
            *number += 1;
            changes.push(change);
        }
    }
    Some(changes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_of_one_field_in_one_second_are_told_apart() {
        let step = |who: &str, field: &str| {
            json!({ "when": "2026-01-01T00:00:00Z", "who": who,
                    "changes": [{ "field_name": field, "removed": "", "added": who }] })
        };
        let bug =
            json!({ "id": 7, "history": [step("a", "cc"), step("b", "cc"), step("b", "status")] });
        let keys: Vec<_> = changes(&People::Keep, &bug)
            .unwrap()
            .iter()
            .map(|it| format!("{} {} {}", it["#bug"], it["field_name"], it["#ordinal"]))
            .collect();
        assert_eq!(keys, [r#"7 "cc" 0"#, r#"7 "cc" 1"#, r#"7 "status" 0"#]);
    }

    #[test]
    fn each_login_of_a_change_is_hidden_as_in_its_own_column() {
        let change = |field: &str, added: &str| json!({ "field_name": field, "removed": "", "added": added });
        let bug = json!({ "id": 7, "history": [{ "who": "ada", "when": "2026-01-01T00:00:00Z", "changes": [
            change("cc", "ada, bob"), change("flagtypes.name", "review+, needinfo?(ada)"), change("summary", "ada"),
        ] }] });
        let hash = People::Hash(qaduct_records::Secret::new("salt"));
        let [ada, bob] = ["ada", "bob"].map(|it| hash.person(it).unwrap());
        let rows = changes(&hash, &bug).unwrap();
        assert_eq!(rows[0]["added"], format!("{ada}, {bob}"));
        assert_eq!(rows[0]["removed"], "");
        assert_eq!(rows[1]["added"], format!("review+, needinfo?({ada})"));
        assert_eq!(rows[2]["added"], "ada");
        let rows = changes(&People::Drop, &bug).unwrap();
        assert_eq!(rows[0]["added"], Json::Null);
        assert_eq!(rows[1]["added"], "review+, needinfo?(person)");
    }
}
