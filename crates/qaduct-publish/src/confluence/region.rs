//! The part of a page that is ours: between two marks, and nothing beside it.
//!
//! The marks are anchor macros, which Confluence and its editors keep (they strip comments
//! and attributes). The second one carries digests of what was written. Where they stand
//! is found in the parsed page; what stands around them stays byte for byte.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use super::storage;
use super::tree::{self, Element, Node};
use super::words;
use super::xml::Xml;

/// The name of the first mark.
const START: &str = "qaduct-start";
/// The name of the second one begins so; digests follow.
const END: &str = "qaduct-end";

/// What was found on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where our part stands, without the marks.
    inside: Range<usize>,
    /// Where the second mark stands.
    mark: Range<usize>,
    /// The digests of what was written.
    seal: String,
    /// What people read in it.
    pub(crate) lines: Vec<String>,
}

/// Why a page is left alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// It is no storage XML.
    #[error("the page cannot be read: {0}")]
    Unreadable(String),
    /// A mark is missing.
    #[error("the mark `{0}` is missing")]
    Half(&'static str),
    /// There are several.
    #[error("there are {0} marks `{1}`")]
    Several(usize, &'static str),
    /// The second mark stands before the first, or in another part of the page.
    #[error("the marks `qaduct-start` and `qaduct-end` do not stand one after the other")]
    Crossed,
}

/// The digest of a part of a page.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().take(16).map(|it| format!("{it:02x}")).collect()
}

/// What the second mark carries: the digest of what was written, and that of what people read in
/// it, which stays the same when Confluence rewrites it.
pub(crate) fn seal(content: &str, lines: &[String]) -> String {
    format!("{}-{}", digest(content.as_bytes()), read(lines))
}

fn read(lines: &[String]) -> String {
    digest(words::essence(lines).as_bytes())
}

/// A mark, and what is around it.
struct Mark<'p> {
    /// The macro.
    anchor: &'p Element,
    /// The macro, or the paragraph that it stands in.
    block: &'p Element,
    /// Where the element with that block stands.
    place: Range<usize>,
    name: String,
}

fn marks<'p>(
    element: &'p Element,
    paragraph: Option<(&'p Element, &Range<usize>)>,
    found: &mut Vec<Mark<'p>>,
) {
    for inside in element.elements() {
        if inside.is_macro("anchor") {
            let name = inside.parameter("").unwrap_or_default();
            let (block, place) = paragraph.unwrap_or((inside, &element.whole));
            found.push(Mark {
                anchor: inside,
                block,
                place: place.clone(),
                name: name.trim().to_owned(),
            });
            continue;
        }
        let paragraph = match inside.name.as_str() {
            "p" => Some((inside, &element.whole)),
            _ => paragraph,
        };
        marks(inside, paragraph, found);
    }
}

/// Finds our part; `None` where there is none yet.
pub(crate) fn find(body: &str) -> Result<Option<Found>, RegionError> {
    let page = tree::parse(body).map_err(RegionError::Unreadable)?;
    let mut found = Vec::new();
    marks(&page, None, &mut found);
    let starts: Vec<_> = found.iter().filter(|it| it.name == START).collect();
    let ends: Vec<_> = found
        .iter()
        .filter_map(|it| {
            let seal = it.name.strip_prefix(END)?;
            Some((it, seal.trim_start_matches('-')))
        })
        .collect();
    let ((start, (end, seal)), place) = match (starts.as_slice(), ends.as_slice()) {
        ([], []) => return Ok(None),
        ([], _) => return Err(RegionError::Half(START)),
        (_, []) => return Err(RegionError::Half(END)),
        ([start], [end]) => ((start, end), &start.place),
        ([_], ends) => return Err(RegionError::Several(ends.len(), END)),
        (starts, _) => return Err(RegionError::Several(starts.len(), START)),
    };
    if end.place != *place || start.block.whole.end > end.block.whole.start {
        return Err(RegionError::Crossed);
    }
    let inside = start.block.whole.end..end.block.whole.start;
    // It is whole elements: both marks stand in the same one.
    let nodes = tree::parse(&body[inside.clone()]).map_err(RegionError::Unreadable)?;
    Ok(Some(Found {
        mark: end.anchor.whole.clone(),
        seal: (*seal).to_owned(),
        lines: words::lines(&nodes.nodes),
        inside,
    }))
}

impl Found {
    /// Whether it was written with this seal, and nobody has changed it since.
    pub(crate) fn holds(&self, seal: &str) -> bool {
        self.seal == seal && !self.is_edited()
    }

    /// Whether people read something else in it than what was written.
    pub(crate) fn is_edited(&self) -> bool {
        let written = self.seal.split_once('-').map(|(_, words)| words);
        written.is_some_and(|it| it != read(&self.lines))
    }

    /// The page with this in our part.
    pub(crate) fn replaced(&self, body: &str, region: &str, seal: &str) -> String {
        let mark = Xml::of(|xml| storage::anchor(xml, &format!("{END}-{seal}")));
        [
            &body[..self.inside.start],
            region,
            &body[self.inside.end..self.mark.start],
            &mark,
            &body[self.mark.end..],
        ]
        .concat()
    }
}

/// The page with our part behind all that is there.
pub(crate) fn appended(body: &str, region: &str, seal: &str) -> Result<String, RegionError> {
    let page = tree::parse(body).map_err(RegionError::Unreadable)?;
    let mark = |name: &str| Xml::of(|xml| xml.element("p", &[], |xml| storage::anchor(xml, name)));
    let ours = [&mark(START), region, &mark(&format!("{END}-{seal}"))].concat();
    // Beside a layout nothing may stand: it gets a section more.
    let is_blank = |it: &&Node| matches!(it, Node::Text(text) if text.trim().is_empty());
    let last = page.nodes.iter().rev().find(|it| !is_blank(it));
    if let Some(Node::Element(layout)) = last
        && layout.name == "ac:layout"
        && !layout.inside.is_empty()
    {
        let (before, after) = body.split_at(layout.inside.end);
        return Ok(format!(
            "{before}<ac:layout-section ac:type=\"fixed-width\"><ac:layout-cell>{ours}\
             </ac:layout-cell></ac:layout-section>{after}"
        ));
    }
    Ok(format!("{body}{ours}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: &str = "<p>ours</p>";

    fn page() -> String {
        appended("<p>note &rsquo;</p>", OURS, "d1").unwrap()
    }

    #[test]
    fn the_first_time_our_part_is_put_behind_what_is_there() {
        insta::assert_snapshot!(page(), @r#"<p>note &rsquo;</p><p><ac:structured-macro ac:name="anchor" ac:schema-version="1"><ac:parameter ac:name="">qaduct-start</ac:parameter></ac:structured-macro></p><p>ours</p><p><ac:structured-macro ac:name="anchor" ac:schema-version="1"><ac:parameter ac:name="">qaduct-end-d1</ac:parameter></ac:structured-macro></p>"#);
        let found = find(&page()).unwrap().unwrap();
        assert_eq!(found.lines, ["ours"]);
        assert_eq!(found.seal, "d1");
        assert_eq!(find("<p>qaduct-start</p>"), Ok(None));
    }

    #[test]
    fn in_a_layout_it_gets_a_section_of_its_own() {
        let layout = "<ac:layout><ac:layout-section ac:type=\"single\"><ac:layout-cell><p>a</p></ac:layout-cell></ac:layout-section></ac:layout>\n";
        let body = appended(layout, OURS, "d1").unwrap();
        assert!(
            body.ends_with("</ac:layout-cell></ac:layout-section></ac:layout>\n"),
            "{body}"
        );
        assert!(find(&body).unwrap().is_some());
    }

    #[test]
    fn nothing_but_our_part_is_replaced() {
        let body = format!("{}<p>after</p>", page())
            .replace(
                "<p><ac:structured",
                "<p local-id=\"7\">typed here <ac:structured",
            )
            .replace("ac:name=\"anchor\"", "ac:name=\"anchor\" ac:macro-id=\"9\"");
        let found = find(&body).unwrap().unwrap();
        let next = found.replaced(&body, "<p>next</p>", "d2");
        assert_eq!(
            next.replace("<p>next</p>", OURS)
                .replace("qaduct-end-d2", "qaduct-end-d1"),
            body.replacen(" ac:macro-id=\"9\"", "", 2).replacen(
                "ac:name=\"anchor\"",
                "ac:name=\"anchor\" ac:macro-id=\"9\"",
                1
            )
        );
        let found = find(&next).unwrap().unwrap();
        assert_eq!(found.lines, ["next"]);
        assert!(found.holds("d2") && !found.is_edited());
    }

    #[test]
    fn who_changes_the_words_of_our_part_has_edited_it() {
        let seal = seal(OURS, &["ours".to_owned()]);
        let body = appended("", OURS, &seal).unwrap();
        assert!(find(&body).unwrap().unwrap().holds(&seal));
        let rewritten = body.replace(
            "<p>ours</p>",
            "<p local-id=\"1\"><span>ou</span>rs\n</p><p />",
        );
        assert!(find(&rewritten).unwrap().unwrap().holds(&seal));
        let edited = body.replace("ours", "theirs");
        assert!(find(&edited).unwrap().unwrap().is_edited());
    }

    #[test]
    fn damaged_marks_are_named() {
        let why = |body: &str| find(body).unwrap_err().to_string();
        let [start, end] = [START, "qaduct-end-d1"]
            .map(|name| Xml::of(|xml| xml.element("p", &[], |xml| storage::anchor(xml, name))));
        assert_eq!(why(&start), "the mark `qaduct-end` is missing");
        assert_eq!(why(&end), "the mark `qaduct-start` is missing");
        assert_eq!(
            why(&format!("{start}{end}{start}{end}")),
            "there are 2 marks `qaduct-start`"
        );
        assert_eq!(
            why(&format!("{start}{end}{end}")),
            "there are 2 marks `qaduct-end`"
        );
        let crossed = "the marks `qaduct-start` and `qaduct-end` do not stand one after the other";
        assert_eq!(why(&format!("{end}{start}")), crossed);
        assert_eq!(why(&format!("{start}<div>{end}</div>")), crossed);
        let joined = format!("{start}{end}").replace("</p><p>", "");
        assert_eq!(why(&joined), crossed);
        assert!(why("<p>").starts_with("the page cannot be read: "));
    }

    /// Pages as people write them.
    fn notes() -> impl Strategy<Value = String> {
        let leaf = "[ a-z<>&\"']{0,9}".prop_map(|text| Xml::of(|xml| xml.text(&text)));
        let notes = leaf.prop_recursive(3, 24, 4, |inner| {
            let element = (0..4_usize, prop::collection::vec(inner, 0..4));
            element.prop_map(|(kind, inside)| {
                let name = ["p", "div", "h1", "ac:layout-cell"][kind];
                format!("<{name} local-id=\"x\">{}</{name}>", inside.concat())
            })
        });
        prop::collection::vec(notes, 0..4).prop_map(|it| it.concat())
    }

    proptest! {
        #[test]
        fn what_people_wrote_stays_byte_for_byte(before in notes(), after in notes()) {
            let body = appended(&before, OURS, "d1").unwrap();
            prop_assert!(body.starts_with(&before));
            let body = format!("{body}{after}");
            let found = find(&body).unwrap().unwrap();
            let next = found.replaced(&body, "<h1>n</h1>", "d2");
            prop_assert!(next.starts_with(&before));
            prop_assert!(next.ends_with(&after));
            let found = find(&next).unwrap().unwrap();
            prop_assert_eq!(found.replaced(&next, OURS, "d1"), body);
        }
    }
}
