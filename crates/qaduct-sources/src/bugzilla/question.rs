//! Which bugs: the words of the settings, as parameters of a search.

use jiff::Timestamp;
use qaduct_http::Call;
use qaduct_records::source::{Reading, Scope, SourceError};
use url::form_urlencoded;

use super::connect;
use crate::error;
use crate::rest::Rest;

/// Which bugs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Question {
    /// Those that a search finds.
    Search(Search),
    /// A bug, what it depends on, and so on.
    Meta {
        /// The bugs to begin with.
        roots: Vec<i64>,
        /// How many steps from them.
        depth: u32,
    },
}

/// A search.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Search {
    pairs: Vec<(String, String)>,
    /// A number that its boolean chart does not use.
    free: u32,
    lower: Option<Timestamp>,
    upper: Option<Timestamp>,
}

/// Parameters of the page of a search that say nothing about which bugs.
const SHOWN: &[&str] = &[
    "columnlist",
    "ctype",
    "exclude_fields",
    "include_fields",
    "known_name",
    "limit",
    "list_id",
    "namedcmd",
    "offset",
    "order",
    "query_based_on",
    "query_format",
    "title",
    "tweak",
];

/// Steps from a meta bug that are called `all`.
const ALL_STEPS: u32 = 50;

/// The parameters of a text of the settings that say which bugs.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    let text = text.trim();
    let text = text.split_once('?').map_or(text, |(_, query)| query);
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .filter(|(name, value)| !SHOWN.contains(&name.as_str()) && !value.is_empty())
}

impl Question {
    /// What a text of the settings asks; `Err` says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let pairs: Vec<(String, String)> = pairs(text).collect();
        let get = |name: &str| {
            let found = pairs.iter().find(|(it, _)| it == name);
            found.map(|(_, value)| value.as_str())
        };
        let secret = |name: &str| name.to_ascii_lowercase().ends_with("api_key");
        if pairs.iter().any(|(name, _)| secret(name)) {
            return Err("it holds a key, which belongs into `token`".to_owned());
        }
        if let Some(roots) = get("meta") {
            return Self::meta(roots, get("depth"));
        }
        // What we add must be another condition, and no alternative to those that are there.
        if get("j_top").is_some_and(|it| it.eq_ignore_ascii_case("or")) {
            return Err(
                "`j_top=OR` cannot be narrowed to what has changed; write the chart as a group: `f1=OP&j1=OR … f9=CP`"
                    .to_owned(),
            );
        }
        let brackets = |which: &str| {
            let is = |(name, value): &&(String, String)| name.starts_with('f') && value == which;
            pairs.iter().filter(is).count()
        };
        if brackets("OP") != brackets("CP") {
            return Err("a group of its chart is not closed by `CP`".to_owned());
        }
        let numbers = pairs.iter().filter_map(|(name, _)| {
            let number = name.strip_prefix(['f', 'o', 'v', 'j', 'n'])?;
            number.parse::<u32>().ok()
        });
        Ok(Self::Search(Search {
            free: numbers.max().unwrap_or(0).saturating_add(1),
            pairs,
            lower: None,
            upper: None,
        }))
    }

    fn meta(roots: &str, depth: Option<&str>) -> Result<Self, String> {
        let roots: Result<Vec<i64>, _> = roots.split(',').map(|it| it.trim().parse()).collect();
        let depth = match depth {
            None => Ok(1),
            Some("all") => Ok(ALL_STEPS),
            Some(text) => text.parse::<u32>().map(|it| it.min(ALL_STEPS)),
        };
        match (roots, depth) {
            (Ok(roots), Ok(depth)) => Ok(Self::Meta { roots, depth }),
            (Err(_), _) => Err("`meta` is not a list of bug numbers".to_owned()),
            (_, Err(_)) => Err("`depth` is neither a number nor `all`".to_owned()),
        }
    }

    /// The question of a part.
    pub(super) fn of(rest: &Rest, scope: &Scope) -> Result<Self, SourceError> {
        Self::parse(&scope.text("query")).map_err(|trouble| {
            error::config(&rest.setup.name, format!("{}: {trouble}", scope.name))
        })
    }

    /// The question of a reading, with its bounds.
    pub(super) fn within(rest: &Rest, reading: &Reading) -> Result<Self, SourceError> {
        connect::is_listed(rest, &reading.scope)?;
        Ok(match Self::of(rest, &reading.scope)? {
            Self::Search(search) => Self::Search(Search {
                lower: reading.lower,
                upper: Some(reading.upper),
                ..search
            }),
            meta @ Self::Meta { .. } => meta,
        })
    }
}

impl Search {
    /// The call for bugs that changed at `from` or later and have a greater number than
    /// `above`, with the bounds of the search.
    pub(super) fn call(&self, from: Option<Timestamp>, above: Option<i64>) -> Call {
        let mut call = Call::get("rest/bug");
        call.query.clone_from(&self.pairs);
        // A search without any condition is refused.
        let above = above.or_else(|| self.pairs.is_empty().then_some(0));
        if let Some(above) = above {
            let n = self.free;
            call = call
                .with(format!("f{n}"), "bug_id")
                .with(format!("o{n}"), "greaterthan")
                .with(format!("v{n}"), above);
        }
        if let Some(from) = from.or(self.lower) {
            call = call.with("last_change_time", instant(from));
        }
        // Alone, it bounds the last change; beside others it would mean another thing.
        let dated = |(name, _): &(String, String)| name.starts_with("chfield");
        match self.upper {
            Some(upper) if !self.pairs.iter().any(dated) => call.with("chfieldto", instant(upper)),
            _ => call,
        }
    }

    /// Where it begins.
    pub(super) const fn lower(&self) -> Option<Timestamp> {
        self.lower
    }
}

/// An instant as Bugzilla writes it.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> String {
        match Question::parse(text).unwrap() {
            Question::Search(search) => search
                .call(None, Some(7))
                .query
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("&"),
            meta @ Question::Meta { .. } => format!("{meta:?}"),
        }
    }

    #[test]
    fn the_address_of_a_page_may_be_written_as_it_is() {
        let page = "https://bugzilla.mozilla.org/buglist.cgi?product=Fenix&product=Focus&\
                    f1=cf_qa_whiteboard&o1=substring&v1=qa%2Dfound&list_id=17&order=bug_id&query_format=advanced";
        assert_eq!(
            asked(page),
            "product=Fenix&product=Focus&f1=cf_qa_whiteboard&o1=substring&v1=qa-found\
             &f2=bug_id&o2=greaterthan&v2=7"
        );
    }

    #[test]
    fn a_meta_bug_is_asked_for_with_a_depth() {
        assert_eq!(asked("meta=1935100"), "Meta { roots: [1935100], depth: 1 }");
        assert_eq!(
            asked("meta=1,2&depth=all"),
            "Meta { roots: [1, 2], depth: 50 }"
        );
        assert!(Question::parse("meta=abc").is_err());
        assert!(Question::parse("meta=1&depth=deep").is_err());
    }

    #[test]
    fn what_cannot_be_narrowed_is_refused() {
        assert!(Question::parse("j_top=OR&f1=a&f2=b").is_err());
        assert!(Question::parse("f1=OP&j1=OR&f2=keywords").is_err());
        assert!(Question::parse("Bugzilla_api_key=abc").is_err());
    }

    #[test]
    fn no_condition_at_all_means_all_bugs() {
        let Ok(Question::Search(search)) = Question::parse("") else {
            panic!("not a search");
        };
        let call = search.call(None, None);
        assert_eq!(call.query[2], ("v1".to_owned(), "0".to_owned()));
    }
}
