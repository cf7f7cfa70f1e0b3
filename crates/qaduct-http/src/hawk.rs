//! Hawk: each request carries a mark that only who has the key can make, and no secret.
//!
//! The mark is an HMAC over method, address, time and a number used once. It holds only
//! where both clocks agree: where the service refuses it and its `Date` shows another time,
//! that time is kept to from then on.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use qaduct_records::Secret;
use sha2::Sha256;
use url::Url;

use crate::{Auth, Method};

/// Clocks that differ by fewer seconds are no reason for a refusal.
const SAME: i64 = 5;

/// Signs requests.
pub(crate) struct Hawk {
    id: String,
    key: Secret,
    /// Seconds by which the clock of the service is ahead of ours.
    ahead: AtomicI64,
    /// Makes the numbers of two processes differ.
    seed: u64,
    sent: AtomicU64,
}

/// What is signed beside the address.
struct Signed<'a> {
    method: &'a str,
    second: i64,
    nonce: &'a str,
    /// Data of the application; empty where there is none.
    ext: &'a str,
}

impl Hawk {
    /// Where that is the credential.
    pub(crate) fn of(auth: &Auth, seed: u64) -> Option<Self> {
        let Auth::Hawk { id, key } = auth else {
            return None;
        };
        Some(Self {
            id: id.clone(),
            key: key.clone(),
            ahead: AtomicI64::new(0),
            seed,
            sent: AtomicU64::new(0),
        })
    }

    /// Whether a header can carry the name of the credential.
    pub(crate) fn is_sound(&self) -> bool {
        !self.id.contains(['"', '\\']) && !self.id.contains(char::is_control)
    }

    /// `Authorization` of a request.
    pub(crate) fn header(&self, method: Method, url: &Url, now: Timestamp) -> String {
        let nth = self.sent.fetch_add(1, Ordering::Relaxed);
        let nonce = format!("{:x}-{nth:x}", self.seed);
        let second = now.as_second() + self.ahead.load(Ordering::Relaxed);
        let mac = self.mac(
            url,
            &Signed {
                method: method.name(),
                second,
                nonce: &nonce,
                ext: "",
            },
        );
        let id = &self.id;
        format!("Hawk id=\"{id}\", ts=\"{second}\", nonce=\"{nonce}\", mac=\"{mac}\"")
    }

    /// Takes over the time of a service that refuses; whether it is another one than was
    /// signed, so that the same is worth being sent again.
    pub(crate) fn corrects(&self, theirs: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(theirs) = theirs else {
            return false;
        };
        let ahead = theirs.as_second() - now.as_second();
        let before = self.ahead.swap(ahead, Ordering::Relaxed);
        (ahead - before).abs() > SAME
    }

    fn mac(&self, url: &Url, signed: &Signed<'_>) -> String {
        let mut text = String::from("hawk.1.header\n");
        let query = url.query().map(|it| format!("?{it}")).unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default().to_string();
        for line in [
            signed.second.to_string().as_str(),
            signed.nonce,
            signed.method,
            &format!("{}{query}", url.path()),
            url.host_str().unwrap_or_default(),
            &port,
            // The hash of the body, which is not signed.
            "",
            signed.ext,
        ] {
            text.push_str(line);
            text.push('\n');
        }
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose().as_bytes())
            .expect("any length is a key");
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hawk() -> Hawk {
        let auth = Auth::Hawk {
            id: "dh37fgj492je".to_owned(),
            key: Secret::new("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn"),
        };
        Hawk::of(&auth, 7).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        let url = "http://example.com:8000/resource/1?b=1&a=2"
            .parse()
            .unwrap();
        let signed = Signed {
            method: "GET",
            second: 1_353_832_234,
            nonce: "j4h3g2",
            ext: "some-app-ext-data",
        };
        assert_eq!(
            hawk().mac(&url, &signed),
            "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="
        );
    }

    #[test]
    fn no_two_requests_carry_the_same_number_and_none_the_key() {
        let (hawk, url) = (hawk(), "https://example.com/a".parse().unwrap());
        let now = Timestamp::UNIX_EPOCH;
        let (one, other) = (
            hawk.header(Method::Get, &url, now),
            hawk.header(Method::Get, &url, now),
        );
        assert!(
            one.starts_with("Hawk id=\"dh37fgj492je\", ts=\"0\", nonce=\"7-0\", mac=\""),
            "{one}"
        );
        assert!(other.contains("nonce=\"7-1\""), "{other}");
        assert!(!one.contains("werx"), "{one}");
    }

    #[test]
    fn the_time_of_a_service_that_refuses_is_kept_to() {
        let (hawk, url) = (hawk(), "https://example.com/a".parse().unwrap());
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(!hawk.corrects(None, at(1_000)));
        assert!(!hawk.corrects(Some(at(1_002)), at(1_000)));
        assert!(hawk.corrects(Some(at(1_300)), at(1_000)));
        // The same again is no news: the credential is wrong.
        assert!(!hawk.corrects(Some(at(1_301)), at(1_001)));
        let header = hawk.header(Method::Get, &url, at(2_000));
        assert!(header.contains("ts=\"2300\""), "{header}");
    }
}
