//! The conditions that are open at a line: chains of branches, of which one is taken.

/// So many conditions around a place are told: nobody wrote more by hand, and each place
/// would carry them along.
const MOST: usize = 40;

/// A chain of branches, or a block without a condition of its own.
#[derive(Debug, Default)]
struct Branch {
    /// What the branches before asked, which does not hold in this one.
    before: Vec<String>,
    /// What this branch asks; empty where it asks nothing.
    asked: String,
    /// Whether the branches before say what this one asks.
    falls: bool,
}

/// The chains that are open, the outer first.
#[derive(Debug, Default)]
pub(super) struct Branches(Vec<Branch>);

impl Branches {
    /// A chain begins: `if`; with nothing asked for a block that is always run.
    pub(super) fn begin(&mut self, asked: impl Into<String>) {
        self.0.push(Branch {
            asked: asked.into(),
            falls: true,
            ..Branch::default()
        });
    }

    /// The next branch of a chain: `elseif`, and `else` where nothing is asked. What the
    /// branches before it asked does not hold.
    pub(super) fn next(&mut self, asked: impl Into<String>) {
        self.branch(asked.into(), true);
    }

    /// A branch that says itself when it is taken, whatever the others ask: a pattern.
    pub(super) fn case(&mut self, asked: impl Into<String>) {
        self.branch(asked.into(), false);
    }

    fn branch(&mut self, asked: String, falls: bool) {
        let Some(last) = self.0.last_mut() else {
            return self.begin(asked);
        };
        let before = std::mem::replace(&mut last.asked, asked);
        last.falls = falls;
        if !before.is_empty() && last.before.len() <= MOST {
            last.before.push(before);
        }
    }

    /// What is asked goes on: `&& …`.
    pub(super) fn more(&mut self, asked: &str) {
        if let Some(last) = self.0.last_mut() {
            last.asked.push_str(asked);
        }
    }

    /// The innermost chain ends.
    pub(super) fn end(&mut self) {
        self.0.pop();
    }

    /// How many chains are open.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }

    /// The conditions that hold, the outer first.
    pub(super) fn hold(&self) -> Vec<String> {
        let its = self.0.iter().flat_map(|it| {
            let before = it.before.iter().filter(|_| it.falls);
            let before = before.map(|it| format!("not ({it})"));
            before.chain((!it.asked.is_empty()).then(|| it.asked.clone()))
        });
        let mut its: Vec<String> = its.take(MOST + 1).collect();
        if its.len() > MOST {
            "…".clone_into(&mut its[MOST]);
        }
        its
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_branch_holds_where_none_before_it_does() {
        let mut branches = Branches::default();
        branches.begin("WIN32");
        assert_eq!(branches.hold(), ["WIN32"]);
        branches.next("APPLE");
        assert_eq!(branches.hold(), ["not (WIN32)", "APPLE"]);
        branches.next("");
        assert_eq!(branches.hold(), ["not (WIN32)", "not (APPLE)"]);
        branches.begin("");
        branches.begin("X");
        assert_eq!(branches.hold(), ["not (WIN32)", "not (APPLE)", "X"]);
        branches.end();
        branches.end();
        branches.end();
        assert_eq!(branches.hold(), Vec::<String>::new());
    }

    #[test]
    fn a_pattern_says_itself_when_it_matches_and_the_rest_is_what_no_pattern_matches() {
        let mut branches = Branches::default();
        branches.begin("");
        branches.case("$x == a");
        branches.case("$x == b");
        assert_eq!(branches.hold(), ["$x == b"]);
        branches.next("");
        assert_eq!(branches.hold(), ["not ($x == a)", "not ($x == b)"]);
    }

    #[test]
    fn a_chain_that_nobody_wrote_by_hand_is_told_in_part() {
        let mut branches = Branches::default();
        branches.begin("0");
        (1..5_000).for_each(|it| branches.next(it.to_string()));
        assert_eq!(branches.hold().len(), MOST + 1);
        assert_eq!(branches.hold()[MOST], "…");
    }
}
