//! `[export.NAME]`: a file.

use qaduct_publish::{Change, file};

use super::{Desk, Kind};
use crate::error::CommandError;

pub(super) const EXPORT: Kind = Kind {
    word: "export",
    names: |settings| settings.export.keys().map(String::as_str).collect(),
    publish,
};

fn publish(name: &str, desk: &mut Desk<'_>) -> Result<Vec<Change>, CommandError> {
    let export = &desk.settings.export[name];
    let place = format!("[export.{name}]");
    let mut reader = desk.store.reader()?;
    let change = file::publish(&place, export, desk.views, reader.as_mut(), desk.mode)?;
    Ok(vec![change])
}
