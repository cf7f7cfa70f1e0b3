//! Whether publications can be made of these settings, without asking a store or a service.

use qaduct_publish::PublishError;

use super::{export, page, slack};
use crate::config::Config;
use crate::error::CommandError;
use crate::report::{Code, Report};
use crate::wire;

/// Every problem that shows without asking anybody: of panels, files, pages, messages and alerts.
#[must_use]
pub fn problems(settings: &Config) -> Vec<Report> {
    let views = wire::views(settings);
    let panels = settings.panel.iter().filter_map(|(name, panel)| {
        let source = panel.query(&views).err()?;
        let place = format!("[panel.{name}]");
        Some(PublishError::Panel { place, source }.into())
    });
    let exports = settings.export.keys();
    let exports = exports.flat_map(|name| export::check(name, settings, &views));
    let pages = settings.page.keys();
    let pages = pages.flat_map(|name| page::check(name, settings, &views));
    let messages = settings.message.keys();
    let messages = messages.flat_map(|name| slack::check_message(name, settings, &views));
    let alerts = settings.alert.keys();
    let alerts = alerts.flat_map(|name| slack::check_alert(name, settings, &views));
    let mut reports: Vec<Report> = Vec::new();
    let all = panels.chain(exports).chain(pages);
    for error in all.chain(messages).chain(alerts) {
        let report = told(error);
        // A panel that does not fit is told once, also where a page shows it.
        if !reports.contains(&report) {
            reports.push(report);
        }
    }
    reports
}

/// Who reads it has just asked for this check.
fn told(error: CommandError) -> Report {
    let mut report = error.into_report();
    if report.code == Code::PublishSettings {
        report.help.clear();
    }
    report
}
