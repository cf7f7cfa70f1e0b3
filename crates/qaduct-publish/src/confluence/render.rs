//! From a page of the settings to our part of it: storage XML and the pictures it shows.

use jiff::civil::Date;
use qaduct_models::{Panel, PanelKind};
use qaduct_records::source::SourceError;
use qaduct_records::{Reader, View};

use super::markdown::markdown;
use super::page::{Item, Page, Section, Status};
use super::region::{digest, seal};
use super::storage::{self, Colour};
use super::table::Table;
use super::template::{self, Template};
use super::xml::Xml;
use super::{tree, words};
use crate::PublishError;
use crate::chart::{self, Size, Theme};
use crate::rowless::Rowless;

/// Draws what another service shows.
pub trait Pictures {
    /// The PNG of it.
    ///
    /// # Errors
    /// When it cannot be had.
    fn picture(&self, subject: Subject<'_>, size: Size) -> Result<Vec<u8>, PublishError>;
}

/// What another service shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A look, by its number.
    Look(&'a str),
    /// A dashboard, by its number.
    Dashboard(&'a str),
}

/// What a page is made with.
pub struct Materials<'a> {
    /// The panel of that name.
    pub panel: &'a dyn Fn(&str) -> Option<Panel>,
    /// The views that can be shown.
    pub views: &'a [View],
    /// The rows.
    pub reader: &'a mut dyn Reader,
    /// What draws looks and dashboards, where there is such a service.
    pub pictures: Option<&'a dyn Pictures>,
    /// The day.
    pub today: Date,
}

/// A picture that is attached to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The name of the file: the same each time.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Its digest.
    pub digest: String,
}

/// A picture that another service does not have, or could not draw.
#[derive(Debug)]
pub struct Missing {
    /// Which one: `look 2898`.
    pub what: String,
    /// Why.
    pub why: SourceError,
}

/// Our part of a page.
#[derive(Debug)]
pub struct Rendered {
    /// Storage XML.
    pub region: String,
    /// Digests of it, but for the day on which it was made.
    pub seal: String,
    /// What people read in it.
    pub lines: Vec<String>,
    /// What it shows.
    pub pictures: Vec<Picture>,
    /// What it should show, and says that it does not.
    pub missing: Vec<Missing>,
}

/// Pixels for each one of a picture's size.
const SCALE: f32 = 2.0;

/// Makes our part of a page; `place` is where the settings ask for it.
///
/// # Errors
/// When the settings name what does not exist, or the store fails.
pub fn render(
    place: &str,
    page: &Page,
    with: &mut Materials<'_>,
) -> Result<Rendered, PublishError> {
    let template = of_template(place, page)?;
    if let Some(needs) = &template.needs {
        needs.check(place, with.views, with.reader)?;
    }
    let sections = sections(place, page, template)?;
    let mut pages = Pages {
        place: place.to_owned(),
        size: page.size(place)?,
        show_status: page.show_status,
        with,
        pictures: Vec::new(),
        missing: Vec::new(),
    };
    let mut xml = Xml::default();
    if let Some(text) = &page.text {
        markdown(&mut xml, text);
    }
    for (nth, section) in sections.iter().enumerate() {
        pages.section(&mut xml, place, nth, section)?;
    }
    let content = xml.into_text();
    let today = pages.with.today.to_string();
    let (pictures, missing) = (pages.pictures, pages.missing);
    let head = Xml::of(|xml| head(xml, &today));
    let region = head + &content;
    let lines = match tree::parse(&region) {
        Ok(page) => words::lines(&page.nodes),
        Err(why) => {
            return Err(PublishError::Settings {
                place: place.to_owned(),
                why: format!("the page is no storage format: {why}"),
            });
        }
    };
    Ok(Rendered {
        seal: seal(&content, &lines),
        region,
        lines,
        pictures,
        missing,
    })
}

/// All that does not fit in the settings of a page, told without a store and a service.
///
/// `panel` and `views` are those of [`Materials`]; `has_looker`
/// says whether something draws looks and dashboards.
#[must_use]
pub fn check(
    place: &str,
    page: &Page,
    panel: &dyn Fn(&str) -> Option<Panel>,
    views: &[View],
    has_looker: bool,
) -> Vec<PublishError> {
    let mut wrong = Vec::new();
    wrong.extend(page.target(place).err());
    wrong.extend(page.labels(place).err());
    let size = page.size(place).unwrap_or_else(|error| {
        wrong.push(error);
        Size::USUAL
    });
    let sections = of_template(place, page).and_then(|it| sections(place, page, it));
    let sections = sections.unwrap_or_else(|error| {
        wrong.push(error);
        page.section.clone()
    });
    let mut pages = Pages {
        place: place.to_owned(),
        size,
        show_status: page.show_status,
        with: &mut Materials {
            panel,
            views,
            reader: &mut Rowless,
            pictures: has_looker.then_some(&Blank),
            today: Date::default(),
        },
        pictures: Vec::new(),
        missing: Vec::new(),
    };
    let mut unread = Xml::default();
    for (nth, section) in sections.iter().enumerate() {
        for (number, item) in section.item.iter().enumerate() {
            pages.place = of_item(place, nth, section, number);
            wrong.extend(pages.item(&mut unread, item).err());
        }
    }
    wrong
}

/// Draws nothing, at once.
struct Blank;

impl Pictures for Blank {
    fn picture(&self, _: Subject<'_>, _: Size) -> Result<Vec<u8>, PublishError> {
        Ok(Vec::new())
    }
}

/// The sections of a page behind those of its template. There is something in them: an empty
/// page is nobody's wish.
fn sections(place: &str, page: &Page, template: Template) -> Result<Vec<Section>, PublishError> {
    let mut sections = template.section;
    sections.extend_from_slice(&page.section);
    let is_empty = |it: &Section| it.text.is_none() && it.item.is_empty();
    if page.text.is_none() && sections.iter().all(is_empty) {
        return Err(PublishError::Settings {
            place: place.to_owned(),
            why: "it shows nothing; give it a `section` with items, or `text`".to_owned(),
        });
    }
    Ok(sections)
}

/// The template of a page, where it has one.
fn of_template(place: &str, page: &Page) -> Result<Template, PublishError> {
    match &page.template {
        Some(word) => template::of_values(place, word, &page.values),
        None if page.values.is_empty() => Ok(Template {
            needs: None,
            section: Vec::new(),
        }),
        None => Err(PublishError::Settings {
            place: place.to_owned(),
            why: "`values` are for a `template`, and there is none".to_owned(),
        }),
    }
}

fn head(xml: &mut Xml, today: &str) {
    xml.element("p", &[], |xml| {
        xml.element("em", &[], |xml| {
            xml.text(
                "qaduct writes this part when its data change, and replaces what is in it; \
                 notes stay above and below it. Last change: ",
            );
            storage::day(xml, today);
        });
    });
}

/// Where the settings have an item of a page: the first has the number 1.
fn of_item(place: &str, nth: usize, section: &Section, item: usize) -> String {
    let section = match &section.name {
        Some(name) => format!("section `{name}`"),
        None => format!("section {}", nth + 1),
    };
    format!("{place}: {section}, item {}", item + 1)
}

struct Pages<'p, 'm> {
    /// Where the settings have what is made just now.
    place: String,
    size: Size,
    show_status: bool,
    with: &'p mut Materials<'m>,
    pictures: Vec<Picture>,
    missing: Vec<Missing>,
}

impl Pages<'_, '_> {
    fn wrong(&self, why: String) -> PublishError {
        PublishError::Settings {
            place: self.place.clone(),
            why,
        }
    }

    fn section(
        &mut self,
        xml: &mut Xml,
        place: &str,
        nth: usize,
        section: &Section,
    ) -> Result<(), PublishError> {
        if let Some(name) = &section.name {
            xml.leaf("h2", &[], name);
        }
        if let Some(text) = &section.text {
            markdown(xml, text);
        }
        for (number, item) in section.item.iter().enumerate() {
            self.place = of_item(place, nth, section, number);
            self.item(xml, item)?;
        }
        Ok(())
    }

    fn item(&mut self, xml: &mut Xml, item: &Item) -> Result<(), PublishError> {
        let shown = [&item.panel, &item.view, &item.look, &item.dashboard];
        let shown = shown.into_iter().flatten().count() + usize::from(!item.tiles.is_empty());
        if shown > 1 {
            return Err(self.wrong(format!(
                "it shows {shown} things; name one of `panel`, `tiles`, `view`, `look`, `dashboard`"
            )));
        }
        if item.view.is_none() && has_table(item) {
            return Err(self.wrong("it has settings of a table and no `view`".to_owned()));
        }
        if let Some(link) = &item.link
            && !storage::is_link(link)
        {
            return Err(self.wrong(format!("`link`: `{link}` is no address of a page")));
        }
        let status = item.status.filter(|_| self.show_status);
        if item.title.is_some() || status.is_some() {
            xml.element("h3", &[], |xml| title(xml, item, status));
        }
        if let Some(text) = &item.text {
            markdown(xml, text);
        }
        if let Some(name) = &item.panel {
            self.panel(xml, item, name)?;
        }
        if !item.tiles.is_empty() {
            self.tiles(xml, &item.tiles)?;
        }
        if let Some(view) = &item.view {
            let table = Table::of_item(&self.place, item, view, self.with.views)?;
            table.write(xml, self.with.reader)?;
        }
        if let Some(look) = &item.look {
            self.of_service(xml, item, Subject::Look(look))?;
        }
        if let Some(dashboard) = &item.dashboard {
            self.of_service(xml, item, Subject::Dashboard(dashboard))?;
        }
        Ok(())
    }

    fn named(&self, name: &str) -> Result<(String, Panel), PublishError> {
        let panel = (self.with.panel)(name);
        let panel = panel.ok_or_else(|| self.wrong(format!("there is no panel `{name}`")))?;
        Ok((format!("[panel.{name}]"), panel))
    }

    fn rows(
        &mut self,
        place: &str,
        panel: &Panel,
    ) -> Result<qaduct_records::RecordBatch, PublishError> {
        let query = panel
            .query(self.with.views)
            .map_err(|source| PublishError::Panel {
                place: place.to_owned(),
                source,
            })?;
        Ok(self.with.reader.query(&query)?)
    }

    fn panel(&mut self, xml: &mut Xml, item: &Item, name: &str) -> Result<(), PublishError> {
        let (place, panel) = self.named(name)?;
        if panel.kind == PanelKind::Table {
            let table = Table::of_panel(&place, &panel, self.with.views)?;
            return table.write(xml, self.with.reader);
        }
        let rows = self.rows(&place, &panel)?;
        let bytes = chart::png(&panel, &rows, Theme::Light, self.size, SCALE)
            .map_err(|source| PublishError::Chart { place, source })?;
        let title = item.title.as_deref().or(panel.title.as_deref());
        let alt = title.unwrap_or(name).to_owned();
        self.picture(xml, item, &format!("panel-{name}"), &alt, bytes);
        Ok(())
    }

    fn of_service(
        &mut self,
        xml: &mut Xml,
        item: &Item,
        subject: Subject<'_>,
    ) -> Result<(), PublishError> {
        let (word, id) = match subject {
            Subject::Look(id) => ("look", id),
            Subject::Dashboard(id) => ("dashboard", id),
        };
        let Some(pictures) = self.with.pictures else {
            return Err(self.wrong(format!(
                "`{word}`: no source draws it; write a `[source.NAME]` of kind `looker`"
            )));
        };
        let bytes = match pictures.picture(subject, self.size) {
            Ok(bytes) => bytes,
            // The rest of the page is as good as before.
            Err(PublishError::Picture(why)) if why.is_local() => {
                let what = format!("{word} {id}");
                let said = format!("The picture is missing: Looker did not draw {what}.");
                xml.element("p", &[], |xml| xml.leaf("em", &[], &said));
                self.missing.push(Missing { what, why });
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let name = format!("{word}-{id}");
        let alt = item.title.clone().unwrap_or_else(|| name.clone());
        self.picture(xml, item, &name, &alt, bytes);
        Ok(())
    }

    fn picture(&mut self, xml: &mut Xml, item: &Item, name: &str, alt: &str, bytes: Vec<u8>) {
        let name = file_name(name);
        xml.element("p", &[], |xml| {
            storage::picture(xml, &name, alt, self.size.width, item.link.as_deref());
        });
        if self.pictures.iter().all(|it| it.name != name) {
            self.pictures.push(Picture {
                name,
                digest: digest(&bytes),
                bytes,
            });
        }
    }

    fn tiles(&mut self, xml: &mut Xml, names: &[String]) -> Result<(), PublishError> {
        let mut figures = Vec::new();
        for name in names {
            let (place, panel) = self.named(name)?;
            if panel.kind != PanelKind::Tile {
                return Err(self.wrong(format!("`tiles`: the panel `{name}` is of another kind")));
            }
            let rows = self.rows(&place, &panel)?;
            let of_panel = chart::figures(&panel, &rows)
                .map_err(|source| PublishError::Chart { place, source })?;
            figures.extend(of_panel);
        }
        xml.element("table", &[], |xml| {
            xml.element("tbody", &[], |xml| {
                xml.element("tr", &[], |xml| {
                    for figure in &figures {
                        xml.leaf("th", &[], &figure.name);
                    }
                });
                xml.element("tr", &[], |xml| {
                    for figure in &figures {
                        let value = figure.value.as_deref().unwrap_or("\u{2013}");
                        xml.element("td", &[], |xml| {
                            xml.element("p", &[], |xml| xml.leaf("strong", &[], value));
                        });
                    }
                });
            });
        });
        Ok(())
    }
}

fn has_table(item: &Item) -> bool {
    !item.columns.is_empty()
        || !item.only.is_empty()
        || !item.order.is_empty()
        || item.max_rows.is_some()
        || !item.links.is_empty()
        || !item.lozenges.is_empty()
        || item.facts
}

fn title(xml: &mut Xml, item: &Item, status: Option<Status>) {
    if let Some(title) = &item.title {
        match &item.link {
            Some(link) => storage::link(xml, link, |xml| xml.text(title)),
            None => xml.text(title),
        }
    }
    let (word, colour) = match status {
        None => return,
        Some(Status::Approved) => ("Approved", Colour::Green),
        Some(Status::Pending) => ("Pending review", Colour::Blue),
        Some(Status::Informational) => ("Informational", Colour::Yellow),
    };
    xml.text(" ");
    storage::lozenge(xml, word, colour);
}

/// The name of a file of ours: letters that no service and no shell takes amiss.
fn file_name(name: &str) -> String {
    let letter = |it: char| match it {
        it if it.is_ascii_alphanumeric() || "-_.".contains(it) => it,
        _ => '_',
    };
    let plain: String = name.chars().map(letter).collect();
    if plain == name {
        return format!("{PREFIX}{name}.png");
    }
    // Two names stay two.
    let mark = &digest(name.as_bytes())[..8];
    format!("{PREFIX}{plain}-{mark}.png")
}

/// What names of our files begin with.
pub(crate) const PREFIX: &str = "qaduct-";
