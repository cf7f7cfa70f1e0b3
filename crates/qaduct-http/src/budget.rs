//! Which limits a call is under: that of the credential, and that of the resource which
//! the service counts apart, as GitHub counts its searches.
//!
//! Owns one governor for all calls and one for each resource. What a service says about a
//! quota is learnt for the resource that it names, and says nothing about the others.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use qaduct_records::Clock;
use url::Url;

use crate::governor::{Governor, Permit, Quota, Refusal};
use crate::{Resource, Settings, Sleep};

/// The limits of a credential.
pub(crate) struct Budget {
    base: String,
    /// Over all calls.
    all: Governor,
    resources: Vec<(&'static Resource, Governor)>,
}

/// Leave to send one request, of each of the limits that it is under.
pub(crate) struct Leave<'b> {
    _permits: [Option<Permit<'b>>; 2],
    /// How long was waited for it.
    pub(crate) waited: Duration,
}

impl Budget {
    pub(crate) fn new(
        settings: &Settings,
        base: &Url,
        clock: &Arc<dyn Clock>,
        sleep: &Arc<dyn Sleep>,
    ) -> Self {
        let governor = |limit| {
            let (clock, sleep) = (Arc::clone(clock), Arc::clone(sleep));
            Governor::new(limit, settings.reserve, clock, sleep)
        };
        let resources = settings.quota.resources.iter();
        Self {
            base: base.path().to_owned(),
            all: governor(settings.limit),
            resources: resources.map(|it| (it, governor(it.limit))).collect(),
        }
    }

    /// The resource that a URL belongs to: the one with the longest beginning of its path.
    pub(crate) fn resource(&self, url: &Url) -> Option<&'static str> {
        let path = url.path();
        let path = path.strip_prefix(&self.base).unwrap_or(path);
        let of_path = |it: &&&'static Resource| path.starts_with(it.path);
        let all = self.resources.iter().map(|(it, _)| it);
        let longest = all.filter(of_path).max_by_key(|it| it.path.len());
        longest.map(|it| it.name)
    }

    /// Waits for leave to send a request, at the longest until the deadline.
    pub(crate) fn acquire(
        &self,
        resource: Option<&str>,
        deadline: Timestamp,
    ) -> Result<Leave<'_>, Refusal> {
        // That of the resource first: it is the scarcer one, and who waits for it takes
        // no turn of others meanwhile.
        let of_resource = self.of(resource).map(|it| it.acquire(deadline));
        let of_resource = of_resource.transpose()?;
        let of_all = self.all.acquire(deadline)?;
        let waited = of_resource.as_ref().map_or(Duration::ZERO, |it| it.waited);
        Ok(Leave {
            waited: waited + of_all.waited,
            _permits: [of_resource, Some(of_all)],
        })
    }

    /// Takes what an answer says about the quota of the resource that it names, or else of
    /// the one that was asked. That of a resource which is not declared is of no call.
    pub(crate) fn learn(&self, named: Option<&str>, asked: Option<&str>, quota: Quota) {
        match named.or(asked).filter(|_| !self.resources.is_empty()) {
            None => self.all.learn(quota),
            Some(name) => {
                if let Some(governor) = self.of(Some(name)) {
                    governor.learn(quota);
                }
            }
        }
    }

    /// Lets nobody ask the resource before this instant, or ask at all.
    pub(crate) fn hold(&self, resource: Option<&str>, until: Timestamp) {
        self.of(resource).unwrap_or(&self.all).hold(until);
    }

    /// Leaves room for what others have sent with the same credential in the last minute,
    /// of a resource or, without one, in all.
    pub(crate) fn others_sent(&self, resource: &str, requests: u32) {
        match resource {
            "" => self.all.others_sent(requests),
            name => {
                if let Some(governor) = self.of(Some(name)) {
                    governor.others_sent(requests);
                }
            }
        }
    }

    /// What is known of the quota of a resource.
    pub(crate) fn quota(&self, resource: &str) -> Quota {
        self.of(Some(resource)).unwrap_or(&self.all).quota()
    }

    fn of(&self, resource: Option<&str>) -> Option<&Governor> {
        let mut all = self.resources.iter();
        let found = all.find(|(it, _)| Some(it.name) == resource);
        found.map(|(_, governor)| governor)
    }
}
