//! Objects in a bucket: of S3 and what speaks like it, and of Google Cloud Storage by its
//! interoperable XML API with HMAC keys.
//!
//! An object carries the digest of its bytes (`x-amz-meta-sha256`), by which it is left alone
//! where it is there in the same form. One PUT replaces it: whoever reads it sees all of it or
//! what was there before.

mod signature;

use std::sync::Arc;
use std::time::Duration;

use qaduct_http::{Answer, Auth, Body, Call, Client, Kind, QuotaHeaders, Settings, Sleep};
use qaduct_records::{Clock, Secret};
use url::Url;

use crate::{Effect, Mode, PublishError};
use signature::Signer;

/// Bytes of an object that one PUT takes
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html>).
const MOST: u64 = 5 * 1024 * 1024 * 1024;
/// Statuses with which an object is refused.
const REFUSED: &[u16] = &[400, 403, 404, 409, 411, 412];
/// The digest of the bytes, as the object carries it.
const DIGEST: &str = "x-amz-meta-sha256";

/// An object's address: `s3://bucket/key` or `gs://bucket/key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Whether it is of Google Cloud Storage.
    pub google: bool,
    /// The bucket.
    pub bucket: String,
    /// The name in it.
    pub key: String,
}

impl Address {
    /// The address that a text is, where it begins like one.
    ///
    /// # Errors
    /// When it begins like one and names no object.
    pub fn parse(text: &str) -> Option<Result<Self, String>> {
        let (google, rest) = match (text.strip_prefix("s3://"), text.strip_prefix("gs://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return None,
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = |it: char| it.is_ascii_alphanumeric() || "-._".contains(it);
        if bucket.is_empty() || key.is_empty() || key.ends_with('/') || !bucket.chars().all(is_name)
        {
            return Some(Err(format!(
                "`{text}` names no object such as s3://bucket/folder/rows.csv"
            )));
        }
        Some(Ok(Self {
            google,
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        }))
    }
}

/// What opens a bucket, and where it is.
#[derive(Debug, Clone)]
pub struct Access {
    /// The name of the key.
    pub key_id: String,
    /// The key.
    pub secret: Secret,
    /// The token of a session, where the key is one of a session.
    pub session: Option<Secret>,
    /// The region, `auto` for Google Cloud Storage.
    pub region: String,
    /// Another address than the service's own.
    pub endpoint: Option<Url>,
    /// Whether the bucket stands in the path of the address and not in its host.
    pub path_style: bool,
}

/// A bucket that can be written to.
pub struct Bucket {
    client: Client,
    signer: Arc<Signer>,
    clock: Arc<dyn Clock>,
    base: Url,
    place: String,
}

impl Bucket {
    /// A bucket; connects nowhere yet. `place` is where the settings ask for it.
    ///
    /// # Errors
    /// When the address or the credential cannot be used.
    pub fn open(
        place: &str,
        address: &Address,
        access: &Access,
        clock: Arc<dyn Clock>,
        sleep: Arc<dyn Sleep>,
    ) -> Result<Self, PublishError> {
        let wrong = |why: String| PublishError::Settings {
            place: place.to_owned(),
            why,
        };
        let usual = match address.google {
            true => "https://storage.googleapis.com/".to_owned(),
            false => format!("https://s3.{}.amazonaws.com/", access.region),
        };
        let endpoint = match &access.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => Url::parse(&usual)
                .map_err(|_| wrong(format!("`{}` is no region", access.region)))?,
        };
        if !crate::is_protected(&endpoint) {
            return Err(wrong(format!("`{endpoint}` is an address without TLS")));
        }
        // A bucket with a dot has no certificate in a host.
        let in_path = access.path_style || address.google || address.bucket.contains('.');
        let base = match in_path {
            true => format!(
                "{}/{}/",
                endpoint.as_str().trim_end_matches('/'),
                address.bucket
            ),
            false => endpoint
                .as_str()
                .replacen("://", &format!("://{}.", address.bucket), 1),
        };
        let base = Url::parse(&base).map_err(|it| wrong(format!("`{base}`: {it}")))?;
        let settings = Settings {
            name: place.to_owned(),
            base: base.clone(),
            auth: Auth::Anonymous,
            headers: Vec::new(),
            limit: None,
            reserve: 0.0,
            quota: QuotaHeaders::default(),
            attempts: 4,
            timeout: Duration::from_secs(300),
            // Signatures are taken for 15 minutes.
            deadline: Duration::from_secs(600),
            max_bytes: 1024 * 1024,
        };
        let client =
            Client::new(settings, Arc::clone(&clock), sleep).map_err(|it| wrong(it.to_string()))?;
        let signer = Arc::new(Signer {
            key_id: access.key_id.clone(),
            secret: access.secret.clone(),
            session: access.session.clone(),
            region: access.region.clone(),
        });
        let concealer = Arc::clone(&signer);
        let client = client.concealing(move |text| concealer.concealed(text));
        Ok(Self {
            client,
            signer,
            clock,
            base,
            place: place.to_owned(),
        })
    }

    /// Lets an object have these bytes, unless it has them.
    ///
    /// # Errors
    /// When the service does not take them, or does not tell what it has.
    pub fn put(
        &self,
        key: &str,
        content_type: &str,
        bytes: Vec<u8>,
        mode: Mode,
    ) -> Result<Effect, PublishError> {
        check_size(&self.place, key, bytes.len() as u64)?;
        let path = signature::encoded_path(key);
        let digest = signature::hex_digest(&bytes);
        let head = self.signed(Call::head(path.as_str()), &path, b"", &[]);
        let there = self
            .client
            .send(&head.accept(&[404]))
            .map_err(|it| self.failed(&it))?;
        let effect = match there.status {
            404 => Effect::Created,
            _ if there.header(DIGEST) == Some(digest.as_str()) => Effect::Unchanged,
            _ => Effect::Updated,
        };
        if mode == Mode::DryRun || effect == Effect::Unchanged {
            return Ok(effect);
        }
        let bytes: Arc<[u8]> = bytes.into();
        let body = Body::Bytes {
            content_type: content_type.to_owned(),
            bytes: Arc::clone(&bytes),
        };
        let put = self.signed(
            Call::put(path.as_str(), body).raw(),
            &path,
            &bytes,
            &[(DIGEST, digest), ("content-type", content_type.to_owned())],
        );
        // What is wrong stands in the body, in XML.
        let answer = self.client.send(&put.accept(REFUSED));
        let answer = answer.map_err(|it| self.failed(&it))?;
        if REFUSED.contains(&answer.status) {
            return Err(self.refused(&answer));
        }
        Ok(effect)
    }

    /// A call with these headers, signed as of now.
    fn signed(
        &self,
        mut call: Call,
        path: &str,
        body: &[u8],
        headers: &[(&'static str, String)],
    ) -> Call {
        let method = match call.method {
            qaduct_http::Method::Put => "PUT",
            _ => "HEAD",
        };
        let url = format!("{}{path}", self.base.path());
        let host = match self.base.port() {
            Some(port) => format!("{}:{port}", self.base.host_str().unwrap_or_default()),
            None => self.base.host_str().unwrap_or_default().to_owned(),
        };
        call.headers = self
            .signer
            .headers(method, &host, &url, headers, body, self.clock.now());
        call
    }

    /// Why an object was not taken.
    fn refused(&self, answer: &Answer) -> PublishError {
        let text = str::from_utf8(&answer.bytes).unwrap_or_default();
        let between = |tag: &str| {
            let (_, rest) = text.split_once(&format!("<{tag}>"))?;
            Some(rest.split_once("</")?.0.to_owned())
        };
        let said: Vec<_> = [between("Code"), between("Message")]
            .into_iter()
            .flatten()
            .collect();
        let said = match said.is_empty() {
            true => String::new(),
            false => format!(": {}", said.join(": ")),
        };
        let kind = match answer.status {
            403 => Kind::Forbidden,
            404 => Kind::Missing,
            _ => Kind::Refused,
        };
        let why = format!(
            "PUT {}: status {}{said}",
            answer.exchange.url, answer.status
        );
        self.error(kind, self.signer.concealed(&why))
    }

    fn failed(&self, error: &qaduct_http::HttpError) -> PublishError {
        self.error(error.kind, error.to_string())
    }

    fn error(&self, kind: Kind, why: String) -> PublishError {
        let hint = match kind {
            Kind::Forbidden | Kind::Credential => Some(
                "check the key, its secret and the region; the key needs s3:GetObject, s3:ListBucket and s3:PutObject, or roles/storage.objectAdmin",
            ),
            Kind::Missing => Some("there is no such bucket; `qaduct publish` makes none"),
            Kind::Answer => Some("a redirect means another region than `region` says"),
            _ => None,
        };
        PublishError::Service {
            place: self.place.clone(),
            kind,
            why,
            hint: hint.map(str::to_owned),
            in_doubt: false,
        }
    }
}

/// Whether one PUT takes so many bytes.
fn check_size(place: &str, key: &str, bytes: u64) -> Result<(), PublishError> {
    if bytes <= MOST {
        return Ok(());
    }
    Err(PublishError::Settings {
        place: place.to_owned(),
        why: format!(
            "`{key}` would have {bytes} bytes, and an object that is put at once has {MOST} at most; narrow `where` or `columns`"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_bucket_and_an_object() {
        let parsed =
            |text| Address::parse(text).map(|it| it.map(|it| (it.google, it.bucket, it.key)));
        let found =
            |google, bucket: &str, key: &str| Some(Ok((google, bucket.to_owned(), key.to_owned())));
        assert_eq!(parsed("s3://qa/a/b.csv"), found(false, "qa", "a/b.csv"));
        assert_eq!(
            parsed("gs://qa.example/ü b"),
            found(true, "qa.example", "ü b")
        );
        assert_eq!(parsed("reports/a.csv"), None);
        for text in [
            "s3://",
            "s3://qa",
            "s3://qa/",
            "s3://qa/folder/",
            "gs:///a",
            "s3://q@a/b",
        ] {
            assert!(parsed(text).is_some_and(|it| it.is_err()), "{text}");
        }
    }

    #[test]
    fn what_one_put_does_not_take_is_named() {
        assert!(check_size("[export.all]", "a", MOST).is_ok());
        let error = check_size("[export.all]", "a.csv", MOST + 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "[export.all]: `a.csv` would have 5368709121 bytes, and an object that is put at once has 5368709120 at most; narrow `where` or `columns`"
        );
    }
}
