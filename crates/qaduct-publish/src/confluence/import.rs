//! The page files of the predecessor (YAML) as settings.
//!
//! Reads the text of a file and gives `[page.NAME]`; what it cannot carry over is said in a
//! comment above it.

use std::collections::BTreeMap;

use serde::Serialize;
use yaml_rust2::{Yaml, YamlLoader};

use super::page::{Item, Page, Section, Status};
use super::storage;

/// Why a file is no page of the predecessor.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoPage(String);

/// The settings of one file: `name` is that of the file without its ending.
///
/// # Errors
/// When it is no page of the predecessor.
pub fn settings(name: &str, text: &str) -> Result<String, NoPage> {
    let documents = YamlLoader::load_from_str(text).map_err(|error| NoPage(error.to_string()))?;
    let [document] = documents.as_slice() else {
        let number = documents.len();
        return Err(NoPage(format!("it holds {number} documents, not one")));
    };
    let wiki = &document["wiki_page"];
    if wiki.is_badvalue() {
        return Err(NoPage("it has no `wiki_page`".to_owned()));
    }
    let mut import = Import::default();
    import.known(document, "", &["wiki_page"]);
    let page = import.page(wiki).map_err(NoPage)?;
    let pages: BTreeMap<_, _> = [(slug(name), page)].into();
    let text = toml::to_string(&Pages { page: pages });
    let text = text.map_err(|error| NoPage(error.to_string()))?;
    let notes = import.notes.iter().map(|it| format!("# {it}\n"));
    // Settings take `$` for the begin of a variable.
    Ok(notes.collect::<String>() + &text.replace('$', "$$"))
}

#[derive(Serialize)]
struct Pages {
    page: BTreeMap<String, Page>,
}

/// Small letters, figures and hyphens.
fn slug(name: &str) -> String {
    let letter = |it: char| match it.is_ascii_alphanumeric() {
        true => it.to_ascii_lowercase(),
        false => ' ',
    };
    let words: String = name.chars().map(letter).collect();
    words.split_whitespace().collect::<Vec<_>>().join("-")
}

/// What was not carried over.
#[derive(Default)]
struct Import {
    notes: Vec<String>,
}

impl Import {
    fn page(&mut self, wiki: &Yaml) -> Result<Page, String> {
        let keys = ["page_id", "page_title", "show_approval_status", "sections"];
        self.known(wiki, "", &keys);
        let id = text(&wiki["page_id"]).ok_or("it has no `page_id`")?;
        let mut sections = Vec::new();
        for section in list(&wiki["sections"], "sections")? {
            let name = text(&section["name"]);
            let place = name.clone().unwrap_or_default();
            self.known(section, &place, &["name", "reports"]);
            let mut items = Vec::new();
            for report in list(&section["reports"], "reports")? {
                items.push(self.item(report));
            }
            sections.push(Section {
                name,
                text: None,
                item: items,
            });
        }
        Ok(Page {
            labels: Vec::new(),
            target: format!("confluence:{id}"),
            space: None,
            parent: None,
            title: text(&wiki["page_title"]),
            show_status: wiki["show_approval_status"].as_bool().unwrap_or(true),
            looker: None,
            size: None,
            text: None,
            template: None,
            values: BTreeMap::new(),
            section: sections,
        })
    }

    fn item(&mut self, report: &Yaml) -> Item {
        let keys = [
            "report-title",
            "report-description",
            "attachment-filename",
            "looker-graph-url",
            "approval-status",
        ];
        let title = text(&report["report-title"]);
        let place = title.clone().unwrap_or_default();
        self.known(report, &place, &keys);
        let mut item = Item {
            text: text(&report["report-description"]).map(|it| it.trim().to_owned()),
            title,
            ..Item::default()
        };
        if let Some(word) = text(&report["approval-status"]) {
            item.status = match word.trim().to_ascii_lowercase().as_str() {
                "approved" => Some(Status::Approved),
                "pending" => Some(Status::Pending),
                "informational" => Some(Status::Informational),
                // They wrote it for pages that show no status.
                "none" | "" => None,
                word => {
                    // As it was shown.
                    self.note(
                        &place,
                        &format!("there is no status `{word}`; it is pending"),
                    );
                    Some(Status::Pending)
                }
            };
        }
        let url = text(&report["looker-graph-url"]).unwrap_or_default();
        item.look = id_in(&url, "looks");
        item.dashboard = id_in(&url, "dashboards").filter(|_| item.look.is_none());
        if item.look.is_none() && item.dashboard.is_none() {
            let file = text(&report["attachment-filename"]).unwrap_or_default();
            let why = match url.as_str() {
                "" => format!("it has no `looker-graph-url` for `{file}`"),
                url => format!("`{url}` names neither a look nor a dashboard for `{file}`"),
            };
            self.note(&place, &why);
        }
        if storage::is_link(&url) {
            item.link = Some(url);
        }
        item
    }

    /// Tells of keys that mean nothing here.
    fn known(&mut self, table: &Yaml, place: &str, keys: &[&str]) {
        let found = table.as_hash().into_iter().flatten();
        for key in found.filter_map(|(key, _)| text(key)) {
            if !keys.contains(&key.as_str()) {
                self.note(place, &format!("`{key}` is not known"));
            }
        }
    }

    fn note(&mut self, place: &str, what: &str) {
        let note = match place {
            "" => what.to_owned(),
            place => format!("{place}: {what}"),
        };
        // A comment is a line, of signs that can be seen.
        let words = note.split(|it: char| it.is_whitespace() || it.is_control());
        let words: Vec<_> = words.filter(|it| !it.is_empty()).collect();
        self.notes.push(words.join(" "));
    }
}

fn list<'y>(of: &'y Yaml, key: &str) -> Result<&'y [Yaml], String> {
    match of {
        Yaml::BadValue | Yaml::Null => Ok(&[]),
        it => Ok(it.as_vec().ok_or_else(|| format!("`{key}` is no list"))?),
    }
}

fn text(of: &Yaml) -> Option<String> {
    match of {
        Yaml::String(text) | Yaml::Real(text) => Some(text.clone()),
        Yaml::Integer(number) => Some(number.to_string()),
        Yaml::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The number behind a word in the path of an address: `/embed/looks/2898`.
fn id_in(url: &str, word: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let mut parts = path.split('/').skip_while(|it| *it != word);
    let id = parts.nth(1)?;
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_file_becomes_settings() {
        let text = r#"
wiki_page:
  page_id: 12
  page_title: "Health & more"
  show_approval_status: true
  owner: nobody
  sections:
    - name: "Trends"
      reports:
        - report-title: "Flaky \"rate\""
          report-description: |
            By month.

            All jobs.
          attachment-filename: "flaky-rate.png"
          looker-graph-url: "https://example.cloud.looker.com/embed/looks/2898?toggle=fil"
          approval-status: "Approved"
        - report-title: "Overview"
          attachment-filename: "overview.png"
          looker-graph-url: "https://example.cloud.looker.com/dashboards/31?Release=150"
          approval-status: "none"
        - report-title: "Old"
          attachment-filename: "old.png"
          looker-graph-url: "n/a"
          approval-status: "aproved"
        - report-title: "Bare"
          attachment-filename: "bare.png"
"#;
        let settings = settings("Health_Monitor", text).unwrap();
        insta::assert_snapshot!(settings, @r#"
            # `owner` is not known
            # Old: there is no status `aproved`; it is pending
            # Old: `n/a` names neither a look nor a dashboard for `old.png`
            # Bare: it has no `looker-graph-url` for `bare.png`
            [page.health-monitor]
            target = "confluence:12"
            title = "Health & more"
            show_status = true

            [[page.health-monitor.section]]
            name = "Trends"

            [[page.health-monitor.section.item]]
            title = 'Flaky "rate"'
            text = """
            By month.

            All jobs."""
            status = "approved"
            link = "https://example.cloud.looker.com/embed/looks/2898?toggle=fil"
            look = "2898"

            [[page.health-monitor.section.item]]
            title = "Overview"
            link = "https://example.cloud.looker.com/dashboards/31?Release=150"
            dashboard = "31"

            [[page.health-monitor.section.item]]
            title = "Old"
            status = "pending"

            [[page.health-monitor.section.item]]
            title = "Bare"
            "#);
        let read: toml::Table = settings.parse().unwrap();
        let page: Page = read["page"]["health-monitor"].clone().try_into().unwrap();
        assert_eq!(page.section[0].item.len(), 4);
    }

    #[test]
    fn what_cannot_be_seen_makes_no_settings_unreadable() {
        let text = "wiki_page:\n  page_id: 1\n  ow\u{12}ner: nobody\n";
        let settings = settings("x", text).unwrap();
        assert!(settings.starts_with("# `ow ner` is not known\n"));
        assert!(settings.parse::<toml::Table>().is_ok());
    }

    #[test]
    fn what_is_no_page_file_is_said() {
        let why = |text: &str| settings("x", text).unwrap_err().to_string();
        assert_eq!(why("a: 1"), "it has no `wiki_page`");
        assert_eq!(why("wiki_page:\n  page_title: a"), "it has no `page_id`");
        assert_eq!(
            why("wiki_page:\n  page_id: 1\n  sections: 3"),
            "`sections` is no list"
        );
        assert_eq!(why(""), "it holds 0 documents, not one");
        assert!(why("a: [").contains("line "));
    }
}
