//! S3, by paths: objects of any bucket, put and asked for whole.
//!
//! Each request must be signed with Signature Version 4; the key is `replay`, its secret one of the
//! credentials of the server. The signature is computed from the request as it came over the
//! wire, after the documentation of AWS. Buckets are there when something is put into them, but
//! for `missing`.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};

/// S3.
pub(crate) struct S3;

/// Seconds by which the clocks may differ.
const SKEW: i64 = 15 * 60;

impl Service for S3 {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        let code = match status {
            403 => "AccessDenied",
            503 => "SlowDown",
            _ => message,
        };
        Answer::text(
            status,
            "application/xml",
            format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>"),
        )
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        if let Err(why) = check(request, context) {
            return self.refuse(403, "").with("x-replay-why", why);
        }
        let path = request.path.trim_start_matches('/');
        let Some((bucket, key)) = path.split_once('/').filter(|(_, key)| !key.is_empty()) else {
            context.violation(request, "no object");
            return self.refuse(400, "InvalidRequest");
        };
        if bucket == "missing" {
            return self.refuse(404, "NoSuchBucket");
        }
        let id = format!("{bucket}/{key}");
        match request.method.as_str() {
            "PUT" => {
                let metadata = request.headers.iter();
                let metadata = metadata.filter(|(name, _)| name.starts_with("x-amz-meta-"));
                let metadata: Vec<Value> = metadata.map(|it| json!(it)).collect();
                let object = json!({
                    "_id": id, "key": key, "metadata": metadata,
                    "type": request.header("content-type"),
                    "sha256": hex(&Sha256::digest(&request.body)),
                    // What is no text is told by its digest alone.
                    "text": str::from_utf8(&request.body).unwrap_or_default(),
                });
                context.world.put("s3.objects", object);
                Answer::text(200, "", "")
            }
            "HEAD" | "GET" => {
                let Some(object) = context.world.get("s3.objects", &id) else {
                    return self.refuse(404, "NoSuchKey");
                };
                let text = object["text"].as_str().unwrap_or_default().to_owned();
                let metadata = object["metadata"].as_array().into_iter().flatten();
                let answer = Answer::text(200, "application/octet-stream", text);
                metadata.fold(answer, |answer, it| {
                    let part = |at: usize| it[at].as_str().unwrap_or_default();
                    answer.with(part(0), part(1))
                })
            }
            _ => {
                context.violation(request, "a method that is not served");
                self.refuse(405, "MethodNotAllowed")
            }
        }
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        Err(_) => Vec::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

/// Whether a request is signed with a key that is known.
fn check(request: &Request, context: &Context<'_>) -> Result<(), &'static str> {
    let header = request.header("authorization").unwrap_or_default();
    let attributes = header
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .ok_or("not signed")?;
    let attribute = |name: &str| {
        let found = attributes
            .split(',')
            .find_map(|it| it.trim().strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_default().to_owned()
    };
    let (credential, signed, given) = (
        attribute("Credential"),
        attribute("SignedHeaders"),
        attribute("Signature"),
    );
    let parts: Vec<&str> = credential.split('/').collect();
    let [key, day, region, "s3", "aws4_request"] = parts.as_slice() else {
        return Err("no scope");
    };
    if *key != "replay" {
        return Err("an unknown key");
    }
    let date = request.header("x-amz-date").unwrap_or_default();
    let at = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", date).and_then(|it| it.to_datetime());
    let at = at
        .and_then(|it| it.to_zoned(jiff::tz::TimeZone::UTC))
        .map_err(|_| "no date")?;
    if (at.timestamp().as_second() - context.now.as_second()).abs() > SKEW || !date.starts_with(day)
    {
        return Err("another time");
    }
    let payload = hex(&Sha256::digest(&request.body));
    if request.header("x-amz-content-sha256") != Some(&payload) {
        return Err("another body");
    }
    let names: Vec<&str> = signed.split(';').collect();
    // What begins so has to be signed, and the host and the type of the body.
    let must = request.headers.iter().map(|(name, _)| name.as_str());
    let mut must =
        must.filter(|it| it.starts_with("x-amz-") || ["host", "content-type"].contains(it));
    if !must.all(|it| names.contains(&it)) || !names.is_sorted() {
        return Err("headers that are not signed");
    }
    let mut canonical = format!(
        "{}\n{}\n{}\n",
        request.method,
        request.target.split('?').next().unwrap_or_default(),
        request.query
    );
    for name in names.iter().copied() {
        let value = request
            .header(name)
            .ok_or("a signed header that is not there")?;
        canonical.extend([name, ":", value.trim(), "\n"]);
    }
    canonical.extend(["\n", &signed, "\n", &payload]);
    let digest = hex(&Sha256::digest(canonical.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{day}/{region}/s3/aws4_request\n{digest}");
    let is_signed_by = |secret: &str| {
        let key = mac(format!("AWS4{secret}").as_bytes(), day);
        let key = mac(&mac(&mac(&key, region), "s3"), "aws4_request");
        hex(&mac(&key, &text)) == given
    };
    match context
        .options
        .credentials
        .iter()
        .any(|it| is_signed_by(it))
    {
        true => Ok(()),
        false => Err("another secret"),
    }
}
