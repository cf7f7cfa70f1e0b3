//! Content codings: gzip for those who accept it.

use std::io::Write as _;

use axum::http::{HeaderMap, header};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Bodies shorter than this are not worth the work.
const SHORTEST: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
}

impl Encoding {
    /// The coding to use for a caller.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let mut gzip = None;
        let mut any = None;
        let lists = headers.get_all(header::ACCEPT_ENCODING).iter();
        for item in lists
            .filter_map(|it| it.to_str().ok())
            .flat_map(|it| it.split(','))
        {
            let mut parts = item.split(';').map(str::trim);
            let coding = parts.next().unwrap_or_default();
            let refused = parts
                .filter_map(|it| it.strip_prefix("q="))
                .any(|weight| weight.parse().is_ok_and(|weight: f32| weight <= 0.0));
            match coding {
                "gzip" | "x-gzip" => gzip = Some(!refused),
                "*" => any = Some(!refused),
                _ => {}
            }
        }
        if gzip.or(any).unwrap_or(false) {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// The word that makes addresses of differently coded bodies differ.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "gzip ",
        }
    }
}

/// Codes a body piece by piece.
pub(crate) struct Encoder(Option<GzEncoder<Vec<u8>>>);

impl Encoder {
    /// For a body of which `first` is the first piece, and all of it if `whole`.
    pub(crate) fn new(encoding: Encoding, first: &[u8], whole: bool) -> Self {
        let worth = encoding == Encoding::Gzip && !(whole && first.len() < SHORTEST);
        Self(worth.then(|| GzEncoder::new(Vec::new(), Compression::fast())))
    }

    pub(crate) fn is_gzip(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn piece(&mut self, bytes: Vec<u8>, last: bool) -> Vec<u8> {
        const IN_MEMORY: &str = "memory takes every byte";
        let Some(gzip) = &mut self.0 else {
            return bytes;
        };
        gzip.write_all(&bytes).expect(IN_MEMORY);
        if last {
            gzip.try_finish().expect(IN_MEMORY);
        }
        std::mem::take(gzip.get_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn gzip_is_used_where_it_is_accepted_and_not_refused() {
        let accepted = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            Encoding::accepted(&headers)
        };
        for text in ["gzip", "br, gzip;q=0.5", "*", "deflate, *;q=0.1", "x-gzip"] {
            assert_eq!(accepted(text), Encoding::Gzip, "{text}");
        }
        for text in ["", "identity", "br", "gzip;q=0", "*, gzip; q=0.0", "gzippy"] {
            assert_eq!(accepted(text), Encoding::Identity, "{text}");
        }
    }
}
