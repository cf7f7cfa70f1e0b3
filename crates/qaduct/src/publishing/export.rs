//! `[export.NAME]`: a file, or an object in a bucket.

use std::sync::Arc;

use qaduct_publish::bucket::{Access, Address, Bucket};
use qaduct_publish::{PublishError, file};
use qaduct_records::{Secret, View};
use url::Url;

use super::{Desk, Kind, Made};
use crate::config::{Config, SecretRef, bucket};
use crate::error::CommandError;

pub(super) const EXPORT: Kind = Kind {
    word: "export",
    names: |settings| settings.export.keys().map(String::as_str).collect(),
    publish,
};

/// What does not fit in an export, without asking anybody.
pub(super) fn check(name: &str, settings: &Config, views: &[View]) -> Vec<CommandError> {
    let wrong = settings.export[name].check(&format!("[export.{name}]"), views);
    wrong.into_iter().map(CommandError::from).collect()
}

fn publish(name: &str, desk: &mut Desk<'_>) -> Result<Made, CommandError> {
    let export = &desk.settings.export[name];
    let place = format!("[export.{name}]");
    let mut reader = desk.store.reader()?;
    let now = desk.clock.now();
    let rows = file::rows(&place, export, desk.views, reader.as_mut(), now)?;
    let Some(address) = Address::parse(&rows.to) else {
        let effect = rows.write(desk.mode)?;
        return Ok(vec![rows.change(effect)].into());
    };
    let address = address.map_err(|why| PublishError::Settings {
        place: place.clone(),
        why,
    })?;
    let access = access(&address, desk)?;
    let sleep = Arc::new(desk.stop.clone());
    let bucket = Bucket::open(&place, &address, &access, Arc::clone(desk.clock), sleep)?;
    let effect = bucket.put(
        &address.key,
        rows.content_type,
        rows.bytes.clone(),
        desk.mode,
    )?;
    Ok(vec![rows.change(effect)].into())
}

/// What opens a bucket: `[bucket.NAME]`, else the variables of the programs of AWS.
fn access(address: &Address, desk: &Desk<'_>) -> Result<Access, CommandError> {
    let none = bucket::Bucket::default();
    let settings = desk.settings.bucket.get(&address.bucket).unwrap_or(&none);
    let place = format!("bucket.{}", address.bucket);
    let read = |key: &str,
                reference: Option<&SecretRef>,
                variable: &str|
     -> Result<Secret, CommandError> {
        let usual = SecretRef::Env(variable.to_owned());
        let reference = reference.unwrap_or(&usual);
        let secret = desk
            .context
            .secret(&format!("{place}.{key}"), Some(reference))?;
        Ok(secret.unwrap_or_else(|| Secret::new("")))
    };
    let variable = |name: &str| {
        let reference = SecretRef::Env(name.to_owned());
        let found = desk.context.secret(name, Some(&reference)).ok().flatten();
        found.filter(|it| !it.expose().is_empty())
    };
    let session = match (&settings.session, &settings.secret) {
        (Some(_), _) => Some(read("session", settings.session.as_ref(), "")?),
        // A session of other keys than those of the settings opens nothing.
        (None, None) => variable("AWS_SESSION_TOKEN"),
        (None, Some(_)) => None,
    };
    let region = settings
        .region
        .clone()
        .unwrap_or_else(|| match address.google {
            true => "auto".to_owned(),
            false => desk
                .context
                .variable("AWS_REGION")
                .unwrap_or_else(|| "us-east-1".to_owned()),
        });
    let endpoint = settings.endpoint.as_deref().map(Url::parse).transpose();
    Ok(Access {
        key_id: read("key_id", settings.key_id.as_ref(), "AWS_ACCESS_KEY_ID")?
            .expose()
            .to_owned(),
        secret: read("secret", settings.secret.as_ref(), "AWS_SECRET_ACCESS_KEY")?,
        session,
        region,
        endpoint: endpoint.map_err(|it| PublishError::Settings {
            place: format!("[{place}]"),
            why: format!("`endpoint`: {it}"),
        })?,
        path_style: settings.path_style,
    })
}
