//! Whether tasks are still there: past their time the service knows nothing of them.

use std::vec::IntoIter;

use qaduct_http::Call;
use qaduct_records::Value;
use qaduct_records::source::{Gone, Page, Pages, Scope, SourceError};
use qaduct_records::stream::gone;

use crate::rest::{Rest, RestStream};

/// Asks for the tasks of some rows: those of tasks that are not there have expired.
pub(super) fn poll<'r>(
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: &Scope,
    keys: Vec<Vec<Value>>,
) -> Result<Box<dyn Pages + 'r>, SourceError> {
    Ok(Box::new(Expired {
        rest,
        stream,
        scope: scope.clone(),
        keys: keys.into_iter(),
        page: 0,
    }))
}

struct Expired<'r> {
    rest: &'r Rest,
    stream: &'static RestStream,
    scope: Scope,
    keys: IntoIter<Vec<Value>>,
    page: u64,
}

impl Pages for Expired<'_> {
    fn next(&mut self) -> Result<Option<Page>, SourceError> {
        let Some(key) = self.keys.next() else {
            return Ok(None);
        };
        self.page += 1;
        let place = self.rest.place(self.stream, &self.scope, self.page);
        let names = &self.stream.spec.table.key[1..];
        let task = names.iter().position(|it| *it == "task_id");
        let task = task.and_then(|it| key.get(it)).map(ToString::to_string);
        let path = format!("queue/v1/task/{}/status", task.unwrap_or_default());
        let answer = self.rest.send(&place, &Call::get(path).accept(&[404]))?;
        let is_gone = answer.status == 404;
        let gone = is_gone.then_some(Gone {
            key,
            how: gone::EXPIRED,
            at: None,
        });
        Ok(Some(Page {
            gone: gone.into_iter().collect(),
            exchange: Some(answer.exchange),
            ..Page::default()
        }))
    }
}
