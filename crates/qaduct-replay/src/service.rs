//! What a service is to the server, and what it may use while it answers.

use jiff::Timestamp;

use crate::answer::Answer;
use crate::limits::Limits;
use crate::request::Request;
use crate::world::generated::{self, Generated};
use crate::{
    Options, World, bitrise, bugzilla, confluence, github, jira, looker, s3, sentry, slack,
    taskcluster, testrail,
};

/// A service: an API under a path of its own.
pub(crate) trait Service: Sync {
    /// Answers a request whose path is below the prefix.
    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer;

    /// An error in the shape of the service.
    fn refuse(&self, status: u16, message: &str) -> Answer;

    /// Whether a request would change what the service has.
    fn writes(&self, _request: &Request) -> bool {
        false
    }
}

/// What a service may use while it answers.
pub(crate) struct Context<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) options: &'a Options,
    pub(crate) limits: &'a mut Limits,
    pub(crate) now: Timestamp,
    /// Scheme, host and prefix, without a slash at its end.
    pub(crate) base: String,
    /// Name of the service, the prefix without its slash.
    pub(crate) name: &'static str,
    violations: &'a mut Vec<String>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        world: &'a mut World,
        options: &'a Options,
        limits: &'a mut Limits,
        violations: &'a mut Vec<String>,
        now: Timestamp,
        base: String,
        name: &'static str,
    ) -> Self {
        Self {
            world,
            options,
            limits,
            now,
            base,
            name,
            violations,
        }
    }

    /// Notes that a request is not what the documentation of the service allows.
    pub(crate) fn violation(&mut self, request: &Request, what: impl std::fmt::Display) {
        let target = crate::log::starred(&request.target);
        let text = format!("{} {target}: {what}", request.method);
        self.violations.push(text);
    }

    /// Notes each parameter that is not among the known ones.
    pub(crate) fn known<S: AsRef<str>>(
        &mut self,
        request: &Request,
        given: impl IntoIterator<Item = S>,
        known: &[&str],
    ) {
        for name in given {
            let name = name.as_ref();
            if !known.contains(&name) {
                self.violation(request, format_args!("unknown parameter `{name}`"));
            }
        }
    }

    /// Whether a password, key or token is accepted.
    pub(crate) fn accepts(&self, secret: &str) -> bool {
        let known = &self.options.credentials;
        !secret.is_empty() && (known.is_empty() || known.iter().any(|it| it == secret))
    }
}

/// A service, at one or more paths.
pub(crate) struct Served {
    /// What a world has of it.
    pub(crate) made: &'static Generated,
    /// What answers, by the first part of the path.
    paths: &'static [(&'static str, &'static dyn Service)],
}

/// All services, in the order in which their records are made.
pub(crate) static SERVICES: &[Served] = &[
    Served {
        made: &generated::testrail::MADE,
        paths: &[
            ("testrail", &testrail::TestRail { bare: false }),
            ("testrail-old", &testrail::TestRail { bare: true }),
        ],
    },
    Served {
        made: &generated::bugzilla::MADE,
        paths: &[
            ("bmo", &bugzilla::Bugzilla { stock: false }),
            ("bugzilla", &bugzilla::Bugzilla { stock: true }),
        ],
    },
    Served {
        made: &generated::jira::MADE,
        paths: &[
            ("jira", &jira::Jira { cloud: true }),
            ("jira-dc", &jira::Jira { cloud: false }),
        ],
    },
    Served {
        made: &generated::github::MADE,
        paths: &[("github", &github::GitHub)],
    },
    Served {
        made: &generated::sentry::MADE,
        paths: &[("sentry", &sentry::Sentry)],
    },
    Served {
        made: &generated::bitrise::MADE,
        paths: &[("bitrise", &bitrise::Bitrise)],
    },
    Served {
        made: &generated::taskcluster::MADE,
        paths: &[("taskcluster", &taskcluster::Taskcluster)],
    },
    Served {
        made: &generated::confluence::MADE,
        paths: &[
            ("confluence", &confluence::Confluence),
            ("confluence-dc", &confluence::DataCenter),
        ],
    },
    Served {
        made: &generated::looker::MADE,
        paths: &[("looker", &looker::Looker)],
    },
    Served {
        made: &generated::slack::MADE,
        paths: &[("slack", &slack::Slack)],
    },
    Served {
        made: &generated::s3::MADE,
        paths: &[("s3", &s3::S3)],
    },
];

/// What answers at a path, by its first part.
pub(crate) fn at(prefix: &str) -> Option<(&'static str, &'static dyn Service)> {
    let all = SERVICES.iter().flat_map(|it| it.paths);
    all.copied().find(|(name, _)| *name == prefix)
}
