//! `docs/rules.md`: the rules of `qaduct check`, from the same texts as `qaduct explain`.

use qaduct_check::RULES;

const HEAD: &str = "\
# Rules

What [`qaduct check`](check.md) asks of muted tests. `qaduct explain QM001` prints the same. Codes never get a
second meaning.

| Rule | Name | Level | What it finds |
|---|---|---|---|
";

pub(crate) fn page() -> String {
    let mut text = HEAD.to_owned();
    for rule in RULES {
        let id = rule.id;
        let anchor = id.to_ascii_lowercase();
        let row = [
            "| [",
            id,
            "](#",
            &anchor,
            ") | ",
            rule.name,
            " | ",
            rule.level.as_str(),
        ];
        text += &row.concat();
        text += &[" | ", rule.about, " |\n"].concat();
    }
    for rule in RULES {
        let level = rule.level.as_str();
        text += &["\n## ", rule.id, "\n\n**", rule.name, "** (", level, "): "].concat();
        text += &[rule.about, "\n\n"].concat();
        text += rule.page;
    }
    text
}
