//! `[page.NAME]`: a page of Confluence.
//!
//! [`render()`] makes our part of the page out of the settings and the store; [`publish`]
//! compares it with what is there and writes what differs:
//!
//! * [`site`]: what is asked of Confluence.
//! * `region`: where our part stands between what people wrote.
//! * `xml`, `storage`, `markdown`, `table`: what it is made of.
//! * [`import`]: the page files of the predecessor as settings.
//!
//! What was written is remembered on the page and its files, and nowhere else: the mark
//! behind our part and the comment of each file of ours carry digests.

pub mod error;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
pub mod import;
mod markdown;
pub mod page;
mod region;
pub mod render;
pub mod site;
mod storage;
mod table;
mod template;
mod tree;
mod words;
mod xml;

pub use error::PageError;
pub use page::{Page, Target};
pub use region::RegionError;
pub use render::{Materials, Missing, Pictures, Rendered, Subject, check, render};
pub use site::{Edition, Site};

use similar::{ChangeTag, TextDiff};

use crate::{Change, Effect, Mode, PublishError};
use site::{Attached, There};

/// So often a page is read and merged again when somebody else was faster.
const ATTEMPTS: usize = 5;
/// So many lines of differences are told.
const TOLD: usize = 200;
/// What the comment of a file of ours begins with.
const COMMENT: &str = "qaduct sha256=";

/// Writes our part into the page; `place` is where the settings ask for it.
///
/// # Errors
/// When Confluence refuses, or what is there is left alone because it is not clear what of it
/// is ours.
pub fn publish(
    place: &str,
    page: &Page,
    ours: &Rendered,
    site: &Site<'_>,
    mode: Mode,
) -> Result<Vec<Change>, PublishError> {
    let target = page.target(place)?;
    let work = Work {
        page,
        labels: page.labels(place)?,
        ours,
        site,
        mode,
    };
    work.publish(&target).map_err(|source| PublishError::Page {
        place: place.to_owned(),
        source,
    })
}

struct Work<'a> {
    page: &'a Page,
    labels: Vec<String>,
    ours: &'a Rendered,
    site: &'a Site<'a>,
    mode: Mode,
}

impl Work<'_> {
    fn publish(&self, target: &Target) -> Result<Vec<Change>, PageError> {
        let there = match target {
            Target::Id(id) => Some(self.site.page(id)?),
            Target::Title {
                space,
                title,
                parent,
            } => {
                let space = self.site.space(space)?;
                match self.site.titled(&space, title)? {
                    Some(there) => Some(there),
                    None if self.mode == Mode::DryRun => None,
                    None => return self.create(&space, title, parent.as_deref()),
                }
            }
        };
        match there {
            Some(there) => self.update(there),
            None => {
                let title = self.page.title.as_deref().unwrap_or_default();
                let labels: Vec<&str> = self.labels.iter().map(String::as_str).collect();
                let mut changes = vec![Change {
                    target: title.to_owned(),
                    effect: Effect::Created,
                    detail: format!("{}\n{}", self.count(), differences(&[], &self.ours.lines)),
                    notes: labelled(&labels).into_iter().collect(),
                    document: None,
                }];
                for picture in &self.ours.pictures {
                    changes.push(file(title, picture, Effect::Created));
                }
                Ok(changes)
            }
        }
    }

    /// A page that was not there: with its pictures before it shows them.
    fn create(
        &self,
        space: &str,
        title: &str,
        parent: Option<&str>,
    ) -> Result<Vec<Change>, PageError> {
        let (region, seal) = match self.ours.pictures.is_empty() {
            true => (self.ours.region.as_str(), self.ours.seal.as_str()),
            false => ("", "new"),
        };
        let body = region::appended("", region, seal)?;
        let there = self.site.create(space, title, parent, &body)?;
        let mut changes = self.update(there)?;
        if let Some(page) = changes.first_mut() {
            page.effect = Effect::Created;
            page.detail = self.count();
            let labels: Vec<&str> = self.labels.iter().map(String::as_str).collect();
            page.notes = labelled(&labels).into_iter().collect();
        }
        Ok(changes)
    }

    fn update(&self, mut there: There) -> Result<Vec<Change>, PageError> {
        // Before anything is written: whether it is clear what is ours.
        let found = region::find(&there.body)?;
        let attached = self.site.attachments(&there.id)?;
        let mut changes = self.pictures(&there, &attached)?;
        let left = self.left(&attached);
        let mut merged = self.merged(&there, found.as_ref())?;
        let lacking = self.lacking(&there.id)?;
        let effect = match merged.is_some() || !lacking.is_empty() {
            true => Effect::Updated,
            false => Effect::Unchanged,
        };
        let mut notes = Vec::new();
        if self.renamed(&there).is_some() {
            notes.push(format!("the title was `{}`", there.title));
        }
        if !left.is_empty() {
            notes.push(format!("no longer shown: {}", left.join(", ")));
        }
        if merged.is_some() && found.as_ref().is_some_and(region::Found::is_edited) {
            notes.push("somebody had changed what qaduct writes".to_owned());
        }
        if found.is_none() {
            notes.push("put behind what is there".to_owned());
        }
        let mut detail = self.count();
        if self.mode == Mode::DryRun && merged.is_some() {
            let before = found.as_ref().map_or(&[][..], |it| &it.lines);
            detail = format!("{detail}\n{}", differences(before, &self.ours.lines));
        }
        let mut attempts = 1;
        while let Some(body) = merged.filter(|_| self.mode == Mode::Write) {
            let title = self.renamed(&there).unwrap_or(&there.title);
            if self.site.update(&there, title, &body)? {
                break;
            }
            if attempts == ATTEMPTS {
                return Err(PageError::Busy {
                    title: there.title,
                    attempts,
                });
            }
            // Somebody was faster: what they wrote stays.
            attempts += 1;
            there = self.site.page(&there.id)?;
            merged = self.merged(&there, region::find(&there.body)?.as_ref())?;
        }
        if self.mode == Mode::Write && !lacking.is_empty() {
            self.site.label(&there.id, &lacking)?;
        }
        notes.extend(labelled(&lacking));
        let name = self.name(&there);
        changes.insert(
            0,
            Change {
                target: name,
                effect,
                detail,
                notes,
                document: None,
            },
        );
        Ok(changes)
    }

    /// The labels that the page does not have yet.
    fn lacking(&self, page: &str) -> Result<Vec<&str>, PageError> {
        if self.labels.is_empty() {
            return Ok(Vec::new());
        }
        let there = self.site.labels(page)?;
        let labels = self.labels.iter().map(String::as_str);
        Ok(labels
            .filter(|it| !there.iter().any(|has| has == it))
            .collect())
    }

    /// The page as people will know it.
    fn name(&self, there: &There) -> String {
        let title = self.page.title.as_deref().unwrap_or(&there.title);
        format!("{title} ({})", there.id)
    }

    /// The title that the page gets, where it is another one.
    fn renamed(&self, there: &There) -> Option<&str> {
        let title = self.page.title.as_deref()?;
        (title != there.title).then_some(title)
    }

    /// The page as it should be, where it is not.
    fn merged(
        &self,
        there: &There,
        found: Option<&region::Found>,
    ) -> Result<Option<String>, PageError> {
        let ours = self.ours;
        Ok(match found {
            Some(found) if found.holds(&ours.seal) => {
                self.renamed(there).map(|_| there.body.clone())
            }
            Some(found) => Some(found.replaced(&there.body, &ours.region, &ours.seal)),
            None => Some(region::appended(&there.body, &ours.region, &ours.seal)?),
        })
    }

    /// Brings the pictures to the page that it does not have in this form.
    fn pictures(&self, there: &There, attached: &[Attached]) -> Result<Vec<Change>, PageError> {
        let mut changes = Vec::new();
        for picture in &self.ours.pictures {
            let known = attached.iter().find(|it| it.title == picture.name);
            let comment = format!("{COMMENT}{}", picture.digest);
            let effect = match known {
                None => Effect::Created,
                Some(it) if it.comment == comment => continue,
                Some(it) if it.comment.starts_with(COMMENT) => Effect::Updated,
                Some(it) => {
                    return Err(PageError::Foreign {
                        title: there.title.clone(),
                        file: it.title.clone(),
                    });
                }
            };
            changes.push((picture, known, effect, comment));
        }
        // All of them are clear before the first is written.
        let mut told = Vec::new();
        for (picture, known, effect, comment) in changes {
            if self.mode == Mode::Write {
                let (name, bytes) = (&picture.name, &picture.bytes);
                self.site.attach(&there.id, known, name, bytes, &comment)?;
            }
            told.push(file(&self.name(there), picture, effect));
        }
        Ok(told)
    }

    /// Files of ours that the page does not show any more.
    fn left<'f>(&self, attached: &'f [Attached]) -> Vec<&'f str> {
        let shown = |name: &str| self.ours.pictures.iter().any(|it| it.name == name);
        let is_left = |it: &&Attached| it.comment.starts_with(COMMENT) && !shown(&it.title);
        let left = attached.iter().filter(is_left);
        left.map(|it| it.title.as_str()).collect()
    }

    fn count(&self) -> String {
        let pictures = self.ours.pictures.len();
        format!(
            "{} lines, {pictures} {}",
            self.ours.lines.len(),
            if pictures == 1 { "picture" } else { "pictures" }
        )
    }
}

fn file(page: &str, picture: &render::Picture, effect: Effect) -> Change {
    Change {
        target: format!("{page}: {}", picture.name),
        effect,
        detail: format!("{} bytes", picture.bytes.len()),
        notes: Vec::new(),
        document: None,
    }
}

/// What is told of labels that a page gets.
fn labelled(labels: &[&str]) -> Option<String> {
    (!labels.is_empty()).then(|| format!("labels added: {}", labels.join(", ")))
}

/// What changes, a line each.
fn differences(before: &[String], after: &[String]) -> String {
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let after: Vec<&str> = after.iter().map(String::as_str).collect();
    let diff = TextDiff::from_slices(&before, &after);
    let sign = |tag| match tag {
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
        ChangeTag::Equal => ' ',
    };
    let groups = diff.grouped_ops(1);
    let mut lines = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            lines.push("  \u{2026}".to_owned());
        }
        for change in group.iter().flat_map(|it| diff.iter_changes(it)) {
            lines.push(format!("{} {}", sign(change.tag()), change.value()));
        }
    }
    let more = lines.len().saturating_sub(TOLD);
    if more > 0 {
        lines.truncate(TOLD);
        lines.push(format!("  {more} lines more"));
    }
    lines.join("\n")
}
