//! `qaduct check`, `baseline`, `diff` and `explain`: what a change does to mutes.

mod baselines;
mod changes;
mod excuses;
mod explained;
mod formats;
mod moves;
mod parts;
mod said;
mod staged;
mod terminal;
mod tickets;

use crate::Home;
use crate::repo::Repo;

const BEFORE: &str = r#"import pytest


@pytest.mark.skip(reason="SHOP-1: old and left alone, without a day")
def test_left_alone():
    pass


@pytest.mark.xfailflake(jira="SHOP-2", reason="flaky", since="2026-11-10", until="2026-10-01")
def test_renewed():
    pass


@pytest.mark.skip(reason="SHOP-3: goes")
def test_goes():
    pass
"#;

const MOVES: &str = r#"import pytest


@pytest.mark.skip(reason="moves, and never had a ticket")
def test_moves():
    pass
"#;

/// A pull request on the branch `feature`: it adds a mute without a ticket, renews an
/// expired one, moves one and removes one.
fn pull_request(home: &Home) -> Repo {
    let mut repo = Repo::new(home.path("work"));
    repo.file("tests/test_shop.py", BEFORE);
    repo.file("tests/test_move.py", MOVES);
    repo.commit("Before");
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo.git(&["mv", "tests/test_move.py", "tests/test_moved.py"]);
    let after = BEFORE
        .replace("@pytest.mark.skip(reason=\"SHOP-3: goes\")\n", "")
        .replace("2026-10-01", "2026-11-01")
        + "\n\n@pytest.mark.skip(reason=\"fails | sometimes, 50% of <all> runs\")\ndef test_added():\n    pass\n";
    repo.file("tests/test_shop.py", after);
    repo
}
