//! The commits of a pull request, of which GitHub lists so many at most and says nothing
//! of the others: a list that is as long as that is held against the pull request.

use qaduct_http::Call;
use qaduct_records::source::{Page, Pages, Reading, SourceError};
use serde_json::Value as Json;

use super::paths;
use crate::error::Place;
use crate::rest::{Rest, RestStream};

/// Commits that are listed at most.
const CAP: u64 = 250;

/// Pages of such a list.
struct Capped<'r> {
    pages: Box<dyn Pages + 'r>,
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: Reading,
    /// Rows so far; as many as there can be where an earlier reading brought some.
    rows: u64,
}

/// The pages with a look at the pull request behind the last one, where that is needed.
pub(super) fn held_against<'r>(
    pages: Box<dyn Pages + 'r>,
    rest: &'r Rest,
    stream: &'static RestStream,
    reading: &Reading,
) -> Box<dyn Pages + 'r> {
    Box::new(Capped {
        pages,
        rest,
        stream,
        reading: reading.clone(),
        rows: reading.position.as_ref().map_or(0, |_| CAP),
    })
}

impl Pages for Capped<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        if let Some(page) = self.pages.next()? {
            self.rows += page.rows.as_ref().map_or(0, |it| it.num_rows() as u64);
            return Ok(Some(page));
        }
        if std::mem::take(&mut self.rows) < CAP {
            return Ok(None);
        }
        let scope = &self.reading.scope;
        let place = Place {
            part: &scope.name,
            ..Place::stream(&self.rest.setup.name, self.stream.contract.name)
        };
        let pull = paths::of_repository(scope, &format!("pulls/{}", scope.text("number")));
        let answer = self.rest.send(&place, &Call::get(pull))?;
        let there = answer.json.get("commits").and_then(Json::as_u64);
        let more = there.filter(|it| *it > CAP);
        Ok(Some(Page {
            incomplete: more
                .map(|it| format!("it has {it} commits, and GitHub lists {CAP} at most")),
            exchange: Some(answer.exchange),
            ..Page::default()
        }))
    }
}
