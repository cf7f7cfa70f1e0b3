//! Made records: deterministic, in the shapes of a real organisation, with the values that
//! break naive readers put among ordinary ones.

pub(super) mod bugzilla;
pub(super) mod github;
pub(super) mod jira;
mod jira_base;
pub(super) mod random;
pub(super) mod testrail;
mod testrail_base;

use random::Random;

use super::World;

/// Fills a world with about `size` records, over half of them TestRail's.
pub(super) fn fill(world: &mut World, seed: u64, size: usize) {
    testrail::fill(world, &mut Random::of(seed, 1), size * 55 / 100);
    bugzilla::fill(world, &mut Random::of(seed, 2), size * 18 / 100);
    jira::fill(world, &mut Random::of(seed, 3), size * 15 / 100);
    github::fill(world, &mut Random::of(seed, 4), size * 12 / 100);
}
