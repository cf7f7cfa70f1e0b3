//! AWS Signature Version 4 in headers, over one chunk
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>).

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use qaduct_records::Secret;
use sha2::{Digest as _, Sha256};

/// Signs requests to S3.
pub(super) struct Signer {
    pub(super) key_id: String,
    pub(super) secret: Secret,
    pub(super) session: Option<Secret>,
    pub(super) region: String,
}

impl Signer {
    /// The headers of a request without a query: those that are given, and what signs it.
    pub(super) fn headers(
        &self,
        method: &str,
        host: &str,
        path: &str,
        given: &[(&'static str, String)],
        body: &[u8],
        now: Timestamp,
    ) -> Vec<(&'static str, String)> {
        let now = now.to_zoned(TimeZone::UTC);
        let (day, second) = (now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ"));
        let payload = hex_digest(body);
        let mut headers = given.to_vec();
        headers.push(("x-amz-content-sha256", payload.clone()));
        headers.push(("x-amz-date", second.to_string()));
        if let Some(session) = &self.session {
            headers.push(("x-amz-security-token", session.expose().to_owned()));
        }
        let mut signed: Vec<(&str, &str)> = vec![("host", host)];
        signed.extend(headers.iter().map(|(name, value)| (*name, value.trim())));
        signed.sort_unstable();
        let lines: String = signed
            .iter()
            .flat_map(|(name, value)| [*name, ":", *value, "\n"])
            .collect();
        let names: Vec<_> = signed.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let canonical = format!("{method}\n{path}\n\n{lines}\n{names}\n{payload}");
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!(
            "AWS4-HMAC-SHA256\n{second}\n{scope}\n{}",
            hex_digest(canonical.as_bytes())
        );
        let first = format!("AWS4{}", self.secret.expose());
        let parts = [
            day.to_string(),
            self.region.clone(),
            "s3".to_owned(),
            "aws4_request".to_owned(),
        ];
        let key = parts
            .iter()
            .fold(first.into_bytes(), |key, part| mac(&key, part));
        let signature = hex(&mac(&key, &text));
        // The body brings it.
        headers.retain(|(name, _)| *name != "content-type");
        headers.push((
            "authorization",
            format!("AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}", self.key_id),
        ));
        headers
    }
}

impl Signer {
    /// A text without what is secret.
    pub(super) fn concealed(&self, text: &str) -> String {
        let secrets = [Some(&self.secret), self.session.as_ref()];
        let secrets = secrets.into_iter().flatten();
        let secrets = secrets.filter(|it| !it.expose().is_empty());
        secrets.fold(text.to_owned(), |text, it| text.replace(it.expose(), "***"))
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The SHA-256 of bytes, as hexadecimal digits.
pub(super) fn hex_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|it| [it >> 4, it & 15]);
    digits
        .map(|it| char::from(b"0123456789abcdef"[usize::from(it)]))
        .collect()
}

/// A key as a path: all but letters, digits, `-._~` and `/` as `%XX`.
pub(super) fn encoded_path(key: &str) -> String {
    let mut path = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                path.push(char::from(byte))
            }
            byte => {
                path.push('%');
                path.extend(hex(&[byte]).chars().map(|it| it.to_ascii_uppercase()));
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the documentation: its keys, its bucket, its instant.
    fn authorization(
        method: &str,
        path: &str,
        given: &[(&'static str, String)],
        body: &[u8],
    ) -> String {
        let signer = Signer {
            key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            session: None,
            region: "us-east-1".to_owned(),
        };
        let now = "2013-05-24T00:00:00Z".parse().unwrap();
        let headers = signer.headers(
            method,
            "examplebucket.s3.amazonaws.com",
            path,
            given,
            body,
            now,
        );
        headers.last().unwrap().1.clone()
    }

    #[test]
    fn the_examples_of_the_documentation_are_signed_as_it_says() {
        let range = ("range", "bytes=0-9".to_owned());
        assert_eq!(
            authorization("GET", "/test.txt", &[range], b""),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        let given = [
            ("date", "Fri, 24 May 2013 00:00:00 GMT".to_owned()),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY".to_owned()),
        ];
        let path = format!("/{}", encoded_path("test$file.text"));
        assert_eq!(
            authorization("PUT", &path, &given, b"Welcome to Amazon S3."),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,\
             Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        );
    }

    #[test]
    fn a_key_is_encoded_once() {
        assert_eq!(encoded_path("a b/ü%20~$.csv"), "a%20b/%C3%BC%2520~%24.csv");
    }
}
