//! What a language adds to the place that it noted last.

use super::{Outline, one_line};

impl Outline<'_> {
    /// Says of the last place that it was recognised by its look alone.
    pub(crate) fn guess(&mut self) {
        if let Some(last) = self.facts.sightings.last_mut() {
            last.heuristic = true;
        }
    }

    /// Says of the last place that it mutes one case of the test only.
    pub(crate) fn of_case(&mut self, case: &str) {
        if let Some(last) = self.facts.sightings.last_mut() {
            last.param = Some(one_line(case).into());
        }
    }

    /// Says of the last place why it mutes nothing.
    pub(crate) fn without_effect(&mut self, because: &str) {
        if let Some(last) = self.facts.sightings.last_mut() {
            last.ineffective = Some(because.into());
        }
    }
}
