//! The document that the xfailflake grabber served at `/`, for its readers.
//!
//! Five columns, and rows of six keys in its order; `file` begins with a slash
//! as it did there. All keys are always there and always text, as there.

use qaduct_records::{Reader, Test, Value};
use serde_json::json;

use crate::Legacy;
use crate::answer::Document;
use crate::catalogue::Resource;
use crate::documents;
use crate::error::Failure;
use crate::parameters;
use crate::rows::{Place, Question, Walk};
use qaduct_formats::json::text;

/// The mark, and how the names end under which code imported it.
const MARK: &str = "pytest.mark.xfailflake";
const ALIAS: &str = "xfailflake";

/// The columns that are read.
const READ: [&str; 8] = [
    "path",
    "test",
    "ticket",
    "since_declared",
    "since_text",
    "branch",
    "form",
    "alias",
];

/// Whether a mute is the mark, or an alias of its name.
pub(crate) fn is_ours(form: &str, alias: Option<&str>) -> bool {
    form == MARK || alias.is_some_and(|it| it == ALIAS || it.ends_with(".xfailflake"))
}

#[derive(Clone)]
pub(crate) struct Former {
    walk: Walk,
    label: String,
    has_begun: bool,
    is_first: bool,
}

impl Former {
    pub(crate) fn new(resource: &Resource, legacy: &Legacy) -> Self {
        let mut query = resource
            .query()
            .filter(
                "repository",
                Test::In(vec![Value::from(legacy.repository.as_str())]),
            )
            .filter(
                "branch",
                Test::In(vec![Value::from(legacy.branch.as_str())]),
            );
        query.order = parameters::total(resource, Vec::new());
        let question = Question::of(query).into();
        Self {
            walk: Walk::new(question, Place::default(), None),
            label: legacy.label.clone(),
            has_begun: false,
            is_first: true,
        }
    }

    fn open(out: &mut Vec<u8>) {
        let columns = [
            ("test", "Test"),
            ("ticket", "JIRA ticket"),
            ("file", "File"),
            ("repo", "Repository"),
            ("branch", "Branch"),
        ]
        .map(|(name, heading)| json!({"name": name, "type": "string", "friendly_name": heading}));
        out.extend_from_slice(format!("{{\"columns\":{},\"rows\":[", json!(columns)).as_bytes());
    }
}

impl Document for Former {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&mut self, reader: &mut dyn Reader, out: &mut Vec<u8>) -> Result<bool, Failure> {
        if !self.has_begun {
            Self::open(out);
            self.has_begun = true;
        }
        let Some(piece) = self.walk.next(reader)? else {
            out.extend_from_slice(b"]}");
            return Ok(true);
        };
        let [path, test, ticket, declared, written, branch, form, alias] = piece.named(READ)?;
        for row in piece.rows() {
            if !is_ours(form.text(row).unwrap_or_default(), alias.text(row)) {
                continue;
            }
            let since = documents::since(written.value(row), declared.value(row));
            let file = format!("/{}", path.text(row).unwrap_or_default());
            out.extend_from_slice(if self.is_first { b"" } else { b"," });
            self.is_first = false;
            for (n, (key, value)) in [
                ("file", file.as_str()),
                ("test", test.text(row).unwrap_or_default()),
                ("ticket", ticket.text(row).unwrap_or_default()),
                ("since", &since),
                ("repo", &self.label),
                ("branch", branch.text(row).unwrap_or_default()),
            ]
            .into_iter()
            .enumerate()
            {
                out.push(if n == 0 { b'{' } else { b',' });
                text(out, key);
                out.push(b':');
                text(out, value);
            }
            out.push(b'}');
        }
        Ok(false)
    }
}
