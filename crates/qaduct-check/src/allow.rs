//! Comments that let a finding pass: `qaduct: allow[QM004] until=2027-03-01 reason="…"`.

use jiff::civil::Date;

use crate::Rule;

/// What a comment lets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The rules.
    pub rules: Vec<&'static Rule>,
    /// The last day on which it does.
    pub until: Option<Date>,
    /// Why.
    pub reason: Option<String>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// How a comment begins that speaks to us.
const ADDRESS: &str = "qaduct:";

/// The allowances of a comment; what cannot be read says why not.
#[must_use]
pub fn read(comment: &str) -> Vec<Result<Allowance, String>> {
    let lines = comment.lines();
    let addressed = lines.filter_map(|line| line.split_once(ADDRESS));
    addressed.map(|(_, said)| one(said.trim())).collect()
}

fn one(said: &str) -> Result<Allowance, String> {
    let inside = said.strip_prefix("allow").map(str::trim_start);
    let inside = inside.and_then(|it| it.strip_prefix('['));
    let Some((names, rest)) = inside.and_then(|it| it.split_once(']')) else {
        return Err(format!("`{said}` is no `allow[…]`"));
    };
    let rules = names.split(',').map(str::trim).map(|name| {
        let rule = crate::rule(name).ok_or_else(|| format!("there is no rule `{name}`"))?;
        match rule.id {
            "QM011" => Err("QM011 cannot be allowed".to_owned()),
            _ => Ok(rule),
        }
    });
    let mut allowance = Allowance {
        rules: rules.collect::<Result<_, _>>()?,
        until: None,
        reason: None,
    };
    let mut rest = rest.trim();
    while let Some((key, value)) = rest.split_once('=') {
        let (value, behind) = value_of(value)?;
        match key.trim() {
            "until" => {
                let day = value.parse();
                allowance.until = Some(day.map_err(|_| format!("`{value}` is no date"))?);
            }
            "reason" => allowance.reason = Some(value.to_owned()),
            other => return Err(format!("`{other}` is neither `until` nor `reason`")),
        }
        rest = behind.trim_start();
    }
    // How a comment ends in some languages.
    match rest.trim_end_matches(['*', '/', '-', '>']).trim() {
        "" => Ok(allowance),
        other => Err(format!("`{other}` is neither `until=…` nor `reason=…`")),
    }
}

/// A value and what stands behind it: in quotes, or up to the next blank.
fn value_of(text: &str) -> Result<(&str, &str), String> {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            let end = inside.split_once(quote);
            return end.ok_or_else(|| format!("{quote} is not closed"));
        }
    }
    Ok(text.split_once(char::is_whitespace).unwrap_or((text, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(comment: &str) -> Vec<String> {
        let told = |it: Result<Allowance, String>| match it {
            Ok(it) => {
                let rules: Vec<_> = it.rules.iter().map(|it| it.id).collect();
                let reason = it.reason.unwrap_or_default();
                format!("{} {:?} {reason}", rules.join("+"), it.until)
            }
            Err(why) => why,
        };
        read(comment).into_iter().map(told).collect()
    }

    #[test]
    fn an_allowance_names_rules_a_day_and_a_reason() {
        let full = "# see below\n# qaduct: allow[QM004, too-old] until=2027-03-01 reason=\"waits for = them\"";
        assert_eq!(
            told(full),
            ["QM004+QM004 Some(2027-03-01) waits for = them"]
        );
        assert_eq!(told("/* qaduct: allow[QM001] */"), ["QM001 None "]);
        assert_eq!(
            told("// qaduct:allow[qm001] reason=old"),
            ["QM001 None old"]
        );
        assert!(told("# nothing for us").is_empty());
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (comment, why) in [
            ("qaduct: allow QM001", "`allow QM001` is no `allow[…]`"),
            ("qaduct: allow[QM999]", "there is no rule `QM999`"),
            ("qaduct: allow[QM011]", "QM011 cannot be allowed"),
            ("qaduct: allow[QM001] until=soon", "`soon` is no date"),
            ("qaduct: allow[QM001] reason=\"x", "\" is not closed"),
            (
                "qaduct: allow[QM001] owner=me",
                "`owner` is neither `until` nor `reason`",
            ),
            (
                "qaduct: allow[QM001] please",
                "`please` is neither `until=…` nor `reason=…`",
            ),
        ] {
            assert_eq!(told(comment), [why], "{comment}");
        }
    }
}
