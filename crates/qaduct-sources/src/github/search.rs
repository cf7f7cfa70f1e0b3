//! Issues and pull requests that a question finds, in whatever repository.

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::source::{Pages, Reading, SourceError};
use qaduct_records::stream::{Count, Deletes, Parts, Stream, gone};

use super::connect::QUERY;
use super::issues::{self, issue};
use super::window::{self, Question, Window};
use super::{of_repository, reading};
use crate::error;
use crate::rest::{How, Rest, RestStream};

/// GitHub is not older.
const BEGINNING: Timestamp = Timestamp::constant(1_199_145_600, 0);

issue!(
    " An issue or a pull request that a search finds. Which of the named queries finds it \
     now stands in `part_rows`.",
    FOUND,
    "github_search_issues",
    TextBy(crate::github::paths::repository) = "repository_url"
);

pub(super) static SEARCHES_CONTRACT: Stream = Stream {
    nested: issues::TABLES,
    parts: Parts::Scopes,
    part_columns: &[],
    deletes: Deletes::Listed(gone::LEFT),
    count: Count::Exact,
    ..of_repository("searches", &FOUND.table)
};
pub(super) static SEARCHES: RestStream = RestStream {
    nested: issues::INSIDE,
    count: Some(count),
    ..reading(&SEARCHES_CONTRACT, &FOUND, How::Own(search))
};

fn call(rest: &Rest, reading: &Reading) -> Result<Call, SourceError> {
    let name = reading.scope.text(QUERY);
    let Some(query) = rest.setup.queries.get(&name) else {
        let trouble = format!("has no query `{name}`");
        return Err(error::config(&rest.setup.name, trouble));
    };
    Ok(Call::get("search/issues").with("q", query))
}

fn search<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    let call = call(rest, reading)?
        .with("sort", "created")
        .with("order", "asc");
    let of_its_own = call.query.iter().any(|(_, value)| has_span(value));
    let question = Question {
        call,
        within,
        items: &["items"],
        whole: (!of_its_own).then(|| Window::between(BEGINNING, reading.upper)),
        open: true,
    };
    window::read(rest, stream, reading, question)
}

fn within(mut call: Call, window: Window) -> Call {
    if let Some((_, query)) = call.query.iter_mut().find(|(name, _)| name == "q") {
        *query = format!("{query} created:{}", window.written());
    }
    call
}

/// Whether a question has a span of its own outside of quotes.
fn has_span(query: &str) -> bool {
    let outside = query.split('"').step_by(2);
    let mut words = outside.flat_map(str::split_whitespace);
    words.any(|it| it.trim_start_matches(['-', '(']).starts_with("created:"))
}

fn count(rest: &Rest, reading: &Reading) -> Result<Option<u64>, SourceError> {
    let place = error::Place {
        part: &reading.scope.name,
        ..error::Place::stream(&rest.setup.name, "searches")
    };
    let answer = rest.send(&place, &call(rest, reading)?.with("per_page", 1))?;
    let total = answer.json.get("total_count");
    Ok(total.and_then(crate::rows::count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_the_question_itself_is_seen() {
        assert!(has_span("is:issue created:>=2026-01-01"));
        assert!(has_span("is:issue -created:2026-01-01"));
        assert!(!has_span(r#"is:issue "created: never""#));
        assert!(!has_span("is:issue in:title created"));
    }

    #[test]
    fn a_span_is_put_behind_the_question() {
        let call = Call::get("search/issues").with("q", "is:open");
        let window = Window { from: 0, to: 59 };
        assert_eq!(
            within(call, window).query,
            [(
                "q".to_owned(),
                "is:open created:1970-01-01T00:00:00Z..1970-01-01T00:00:59Z".to_owned()
            )]
        );
    }
}
