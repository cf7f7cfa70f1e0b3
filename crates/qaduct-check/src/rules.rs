//! The rules, a file each, with its page beside it.

mod qm001;
mod qm002;
mod qm003;
mod qm004;
mod qm005;
mod qm006;
mod qm007;
pub(crate) mod qm008;
mod qm009;
pub(crate) mod qm010;
pub(crate) mod qm011;
mod qm012;

use crate::Rule;

/// All rules, in order of their codes.
pub static RULES: [&Rule; 12] = [
    &qm001::RULE,
    &qm002::RULE,
    &qm003::RULE,
    &qm004::RULE,
    &qm005::RULE,
    &qm006::RULE,
    &qm007::RULE,
    &qm008::RULE,
    &qm009::RULE,
    &qm010::RULE,
    &qm011::RULE,
    &qm012::RULE,
];

/// The rule of that code or name.
#[must_use]
pub fn rule(name: &str) -> Option<&'static Rule> {
    let mut all = RULES.iter().copied();
    all.find(|it| it.id.eq_ignore_ascii_case(name) || it.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_codes_in_order_and_pages_that_say_everything() {
        for (number, rule) in (1..).zip(RULES) {
            assert_eq!(rule.id, format!("QM{number:03}"));
            assert!(
                rule.about.ends_with('.') && !rule.name.contains(' '),
                "{}",
                rule.id
            );
            let page = rule.page;
            let sections = page.lines().filter_map(|it| it.strip_prefix("### "));
            let sections: Vec<_> = sections.collect();
            let all = ["What", "Why", "Example", "Mend it", "Silence it"];
            assert_eq!(sections, all, "{}", rule.id);
        }
    }

    #[test]
    fn a_rule_is_found_by_code_and_name() {
        assert_eq!(rule("qm001").unwrap().name, "no-ticket");
        assert_eq!(rule("no-ticket").unwrap().id, "QM001");
        assert!(rule("QM999").is_none());
    }
}
