//! Generated records: deterministic, in the shapes of a real organisation, with the values that
//! break naive readers put among ordinary ones.

pub(crate) mod bitrise;
pub(crate) mod bugzilla;
pub(crate) mod confluence;
pub(crate) mod github;
pub(crate) mod jira;
mod jira_base;
pub(crate) mod looker;
pub(super) mod random;
pub(crate) mod s3;
pub(crate) mod sentry;
pub(crate) mod slack;
pub(crate) mod taskcluster;
pub(crate) mod testrail;
mod testrail_base;

use random::Random;

use super::{Shape, World};
use crate::service::SERVICES;

/// What a world has of a service.
pub(crate) struct Generated {
    /// Its name, with which those of its collections begin.
    name: &'static str,
    /// Its share in a hundred records, about.
    share: usize,
    /// What makes its chance another than that of the others.
    salt: u64,
    pub(super) shapes: &'static [Shape],
    fill: fn(&mut World, &mut Random, usize),
    /// Lets something happen in an hour.
    pub(super) hour: fn(&mut World, &mut Random),
    /// Whether it keeps what happened for some months only.
    pub(super) forgets: bool,
}

/// Fills a world with about `size` records, over half of them TestRail's.
pub(super) fn fill(world: &mut World, seed: u64, size: usize) {
    for service in SERVICES {
        fill_with(world, service.made, seed, size * service.made.share / 100);
    }
}

/// Fills a world with about `size` records of one service.
pub(super) fn fill_one(world: &mut World, seed: u64, service: &str, size: usize) {
    let Some(found) = SERVICES.iter().find(|it| it.made.name == service) else {
        let known: Vec<_> = SERVICES.iter().map(|it| it.made.name).collect();
        panic!(
            "there is no service `{service}`; there are {}",
            known.join(", ")
        );
    };
    fill_with(world, found.made, seed, size);
}

fn fill_with(world: &mut World, made: &Generated, seed: u64, size: usize) {
    (made.fill)(world, &mut Random::of(seed, made.salt), size);
}
