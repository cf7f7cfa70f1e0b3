//! stub
use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};
pub(crate) struct GitHub;
impl Service for GitHub {
    fn answer(&self, _request: &Request, _context: &mut Context<'_>) -> Answer {
        self.refuse(404, "")
    }
    fn refuse(&self, status: u16, message: &str) -> Answer {
        Answer::text(status, "text/plain", message)
    }
}
