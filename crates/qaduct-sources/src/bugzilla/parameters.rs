//! Names of parameters of a search: a server finds all bugs there are for one that it does
//! not know, and says nothing.

use qaduct_records::nearest;

/// Parameters of `rest/bug` and of the page of a search, by the documentation of Bugzilla.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    // Of the API.
    "alias", "assigned_to", "blocks", "cc", "component", "creation_time", "creator", "deadline",
    "depends_on", "dupe_of", "estimated_time", "groups", "id", "ids", "keywords",
    "last_change_time", "op_sys", "platform", "priority", "product", "qa_contact", "quicksearch",
    "remaining_time", "resolution", "see_also", "severity", "status", "summary", "tag", "tags",
    "target_milestone", "url", "version", "votes", "whiteboard",
    // At Mozilla.
    "bug_mentor", "bug_type", "comment_tag", "duplicates", "is_open", "mentors", "rank",
    "regressed_by", "regresses", "reviewer", "triage_owner", "type",
    // Of the page.
    "blocked", "bug_file_loc", "bug_group", "bug_id", "bug_severity", "bug_status", "changedin",
    "classification", "classification_id", "commenter", "component_id", "content", "creation_ts",
    "days_elapsed", "deadlinefrom", "deadlineto", "delta_ts", "dependson", "everconfirmed",
    "last_visit_ts", "longdesc", "owner_idle_time", "percentage_complete", "product_id",
    "rep_platform", "reporter", "reporter_accessible", "cclist_accessible", "restrict_to_visible",
    "savedsearch", "sharer_id", "short_desc", "status_whiteboard", "work_time",
    "chfield", "chfieldfrom", "chfieldto", "chfieldvalue", "j_top", "chart", "cmdtype",
    "remaction", "saved_search", "savesearch",
    // Ours.
    "meta", "depth",
];

/// Beginnings of names that are numbered or that a server has of its own.
const BEGIN: &[&str] = &[
    "cf_",
    "email",
    "field",
    "type",
    "value",
    "negate",
    "attach",
    "flag",
    "requestee",
    "setter",
    "longdescs",
    "votes_",
    "content_",
];

/// What is wrong with the name of a parameter; `None` for one that a server may know.
pub(super) fn unknown(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let plain = lower.strip_suffix("_type").unwrap_or(&lower);
    let plain = plain.strip_suffix("_realname").unwrap_or(plain);
    // A row of the chart: `f1`, `o1`, `v1`, `j1`, `n1`; `field0-0-0` in former times.
    let numbered = |it: &str| it.starts_with(|it: char| it.is_ascii_digit());
    let is_of_chart = lower
        .strip_prefix(['f', 'o', 'v', 'j', 'n'])
        .is_some_and(numbered);
    let begins = |it: &str| {
        let rest = lower.strip_prefix(it);
        rest.is_some_and(|rest| match it {
            "field" | "type" | "value" | "negate" => numbered(rest),
            _ => true,
        })
    };
    if is_of_chart || KNOWN.contains(&plain) || BEGIN.iter().any(|it| begins(it)) {
        return None;
    }
    let meant = nearest(&lower, KNOWN.iter().copied());
    let meant = meant.map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
    Some(format!(
        "a search has no parameter `{name}`, and a server would find all bugs{meant} (of another field: `f1=FIELD&o1=equals&v1=VALUE`)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_of_a_search_writes_is_known_and_a_slip_is_not() {
        for name in [
            "product",
            "Product",
            "bug_status",
            "short_desc_type",
            "f12",
            "o12",
            "v12",
            "j_top",
            "emailassigned_to1",
            "cf_status_firefox150",
            "chfieldfrom",
            "field0-0-0",
            "quicksearch",
            "cf_qa_whiteboard_type",
            "attachments.count",
            "triage_owner",
        ] {
            assert_eq!(unknown(name), None, "{name}");
        }
        for (name, meant) in [
            ("prduct", "`product`"),
            ("componnent", "`component`"),
            ("keyword", "`keywords`"),
            ("fields", "no parameter `fields`"),
        ] {
            let told = unknown(name).unwrap();
            assert!(told.contains(meant), "{told}");
        }
    }
}
