//! Stream `comments`: what was said about bugs. The first comment is the description.

use qaduct_records::stream::{Count, Deletes, Finality, Parts, SOURCE, Stream};
use serde_json::Value as Json;

use super::by;
use super::details::{Detail, Details};
use crate::rest::{How, RestStream};
use crate::spec;

spec! {
    /// A comment on a bug.
    pub(super) static COMMENT in "bugzilla_comments" key ["comment_id"]
    ignoring ["time"]
    {
        /// Its number.
        comment_id: Int = "id",
        /// The bug.
        bug_id: Int = "bug_id",
        /// Its number in the bug; 0 is the description.
        count: Int = "count",
        /// Who wrote it: login.
        person creator: Text = "creator",
        /// When it was written.
        creation_time: Instant = "creation_time",
        /// When it was edited last; only for those who may edit.
        last_change_time: Instant = "last_change_time",
        /// How often it was edited; only for those who may edit.
        edit_count: Int = "edit_count",
        /// What it says, with what Bugzilla adds.
        text: Text = "text",
        /// What it says, as it was written.
        raw_text: Text = "raw_text",
        /// Whether it is written in Markdown.
        is_markdown: Bool = "is_markdown",
        /// Whether only some may see it.
        is_private: Bool = "is_private",
        /// The attachment that it was written for.
        attachment_id: Int = "attachment_id",
        /// Its tags, with commas.
        tags: Join { key: "", by: "," } = "tags",
        /// Reactions to it, as JSON: name and number.
        reactions: Json = "reactions",
    }
}

static DETAIL: Detail = Detail {
    with_it: "id,last_change_time,depends_on,comments",
    size: 100,
    resource: "comment",
    of_bug: |_, bug| {
        let comments = bug["comments"].as_array()?.iter();
        Some(comments.map(|it| of_bug(it.clone(), &bug["id"])).collect())
    },
    alone: |mut answer, id| {
        let mut bug = answer["bugs"][id.to_string()].take();
        bug["id"] = id.into();
        bug
    },
};

pub(super) static COMMENTS: RestStream = RestStream {
    contract: &Stream {
        name: "comments",
        table: &COMMENT.table,
        nested: &[],
        parts: Parts::Scopes,
        // Nothing depends on which part a comment is of: it never goes.
        part_columns: &[SOURCE],
        cursor: Some(by("creation_time")),
        finality: Finality::Mutable,
        deletes: Deletes::Never,
        count: Count::None,
    },
    spec: &COMMENT,
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
    page: 100,
    flagged: None,
};

/// A comment that names its bug; inside a bug it need not.
fn of_bug(mut comment: Json, id: &Json) -> Json {
    if let Json::Object(fields) = &mut comment {
        fields.entry("bug_id").or_insert_with(|| id.clone());
    }
    comment
}
