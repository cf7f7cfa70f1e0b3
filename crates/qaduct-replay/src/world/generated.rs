//! Made records: deterministic, in the shapes of a real organisation, with the values that
//! break naive readers put among ordinary ones.

pub(super) mod bugzilla;
pub(super) mod github;
pub(super) mod jira;
mod jira_base;
pub(super) mod random;
pub(super) mod taskcluster;
pub(super) mod testrail;
mod testrail_base;

use random::Random;

use super::World;

/// The services, in the order in which they are made, and the share of each in a hundred records.
const SERVICES: &[(&str, usize)] = &[
    ("testrail", 55),
    ("bugzilla", 18),
    ("jira", 15),
    ("github", 12),
    ("taskcluster", 2),
];

/// Fills a world with about `size` records, over half of them TestRail's.
pub(super) fn fill(world: &mut World, seed: u64, size: usize) {
    for (service, share) in SERVICES {
        fill_one(world, seed, service, size * share / 100);
    }
}

/// Fills a world with about `size` records of one service.
pub(super) fn fill_one(world: &mut World, seed: u64, service: &str, size: usize) {
    match service {
        "testrail" => testrail::fill(world, &mut Random::of(seed, 1), size),
        "bugzilla" => bugzilla::fill(world, &mut Random::of(seed, 2), size),
        "jira" => jira::fill(world, &mut Random::of(seed, 3), size),
        "github" => github::fill(world, &mut Random::of(seed, 4), size),
        "taskcluster" => taskcluster::fill(world, &mut Random::of(seed, 8), size),
        _ => panic!("no records are made of `{service}`"),
    }
}
