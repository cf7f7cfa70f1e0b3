//! `Link` headers (RFC 8288).

/// A link of an answer to another page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// Where it leads, as the service wrote it.
    pub target: String,
    /// What it is, in lower case: `next`, `last`. A link may be several things.
    pub relations: Vec<String>,
    /// Everything else that is said about it, names in lower case.
    pub attributes: Vec<(String, String)>,
}

impl Link {
    /// Whether it is that relation.
    #[must_use]
    pub fn is(&self, relation: &str) -> bool {
        self.relations
            .iter()
            .any(|it| it.eq_ignore_ascii_case(relation))
    }

    /// An attribute, such as `results`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut named = self.attributes.iter();
        let found = named.find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// The links of one header. What cannot be read ends the list: a link that is cut
/// must not lead anywhere.
pub(crate) fn parse(header: &str) -> Vec<Link> {
    let mut rest = header;
    let mut links = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((link, after)) = one(rest) else {
            return links;
        };
        links.push(link);
        rest = after;
    }
}

fn one(text: &str) -> Option<(Link, &str)> {
    let (target, mut rest) = text.strip_prefix('<')?.split_once('>')?;
    let mut link = Link {
        target: target.trim().to_owned(),
        ..Link::default()
    };
    let mut related = false;
    loop {
        rest = space(rest);
        let Some(after) = rest.strip_prefix(';') else {
            // Here is the end or the next link; anything else is no link at all.
            return (rest.is_empty() || rest.starts_with(',')).then_some((link, rest));
        };
        rest = space(after);
        let end = rest.find(['=', ';', ',', ' ', '\t']).unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = space(&rest[end..]);
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = read_value(space(after))?;
        }
        match name.as_str() {
            "" => {}
            // Only the first counts, says the RFC.
            "rel" if related => {}
            "rel" => {
                related = true;
                let names = value.split_ascii_whitespace();
                link.relations = names.map(str::to_ascii_lowercase).collect();
            }
            _ => link.attributes.push((name, value)),
        }
    }
}

/// A word or a quoted text.
fn read_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',', ' ', '\t']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

fn space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn link(target: &str, relations: &[&str], attributes: &[(&str, &str)]) -> Link {
        Link {
            target: target.to_owned(),
            relations: relations.iter().map(ToString::to_string).collect(),
            attributes: attributes
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        }
    }

    #[test]
    fn every_form_that_the_rfc_allows_is_read() {
        for (header, links) in [
            ("<a>; rel=next", vec![link("a", &["next"], &[])]),
            (
                "<a> ;\tREL = \"Next LAST\"",
                vec![link("a", &["next", "last"], &[])],
            ),
            ("<a>;rel=next;rel=prev", vec![link("a", &["next"], &[])]),
            (
                "<a,b;c>; title=\"x, <y>; rel=\\\"z\\\"\"; rel=next",
                vec![link("a,b;c", &["next"], &[("title", "x, <y>; rel=\"z\"")])],
            ),
            (
                ",, <a>; rel=next; crossorigin ,, <b>;; title*=UTF-8''%e2%82%ac,",
                vec![
                    link("a", &["next"], &[("crossorigin", "")]),
                    link("b", &[], &[("title*", "UTF-8''%e2%82%ac")]),
                ],
            ),
            ("", vec![]),
        ] {
            assert_eq!(parse(header), links, "{header}");
        }
    }

    #[test]
    fn a_link_that_is_cut_leads_nowhere() {
        for header in [
            "<a",
            "<a>; rel=\"next",
            "<a>; rel=\"next\\",
            "a; rel=next",
            "<a> rel=next",
        ] {
            assert_eq!(parse(header), [], "{header}");
        }
        assert_eq!(parse("<a>; rel=prev, <b").len(), 1);
    }

    fn quoted(text: &str) -> String {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(header in "[<>;,=\"\\\\ a-cé]{0,40}") {
            parse(&header);
        }

        #[test]
        fn what_is_written_is_read(links in vec(("[^<> \t\r\n][^<>\r\n]{0,20}[^<> \t\r\n]", vec("[a-z]{1,5}", 1..3), vec(("[a-q]{1,5}", "[^\r\n]{0,20}"), 0..3)), 0..4)) {
            let mut header = Vec::new();
            let mut expected = Vec::new();
            for (target, relations, attributes) in links {
                let more: String = attributes.iter().map(|(name, value)| format!("; x{name}={}", quoted(value))).collect();
                header.push(format!("<{target}>; rel={}{more}", quoted(&relations.join(" "))));
                let attributes = attributes.into_iter().map(|(name, value)| (format!("x{name}"), value)).collect();
                // Space around a target is none of it, in any alphabet.
                expected.push(Link { target: target.trim().to_owned(), relations, attributes });
            }
            prop_assert_eq!(parse(&header.join(" , ")), expected);
        }
    }
}
