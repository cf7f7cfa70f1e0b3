//! Recognises tickets in what people write.

/// How tickets are recognised, beside what ships.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketRules {
    /// Project keys of Jira that are tickets wherever they stand: `DCOS`.
    pub projects: Vec<String>,
    /// Words that look like a project key and are none: `UTF`.
    pub not_projects: Vec<String>,
}
