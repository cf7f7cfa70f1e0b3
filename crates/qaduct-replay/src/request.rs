//! A request as it came over the wire: read byte by byte, so that nothing is tidied up.

use std::io::{self, Read};

use serde_json::Value;

/// Largest head of a request.
const HEAD: usize = 64 * 1024;

/// A request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query as they were sent.
    pub(crate) target: String,
    /// The path below the prefix of the service.
    pub(crate) path: String,
    /// What stands behind the first `?`, as it was sent.
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the client wants to keep the connection.
    pub(crate) keep: bool,
}

impl Request {
    /// Reads the next request; `None` when the client has closed. `rest` holds what was read too far.
    pub(crate) fn read(stream: &mut impl Read, rest: &mut Vec<u8>) -> io::Result<Option<Self>> {
        let (mut request, head) = loop {
            if let Some(found) = Self::parse(rest)? {
                break found;
            }
            if rest.len() > HEAD {
                return Err(io::Error::other("the head of the request is too long"));
            }
            if more(stream, rest)? == 0 {
                return Ok(None);
            }
        };
        rest.drain(..head);
        if request
            .header("transfer-encoding")
            .is_some_and(|it| it.eq_ignore_ascii_case("chunked"))
        {
            request.body = chunks(stream, rest)?;
        } else {
            let length = request.header("content-length").unwrap_or("0");
            let length: usize = length.trim().parse().map_err(io::Error::other)?;
            while rest.len() < length {
                if more(stream, rest)? == 0 {
                    return Ok(None);
                }
            }
            request.body = rest.drain(..length).collect();
        }
        Ok(Some(request))
    }

    fn parse(bytes: &[u8]) -> io::Result<Option<(Self, usize)>> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut headers);
        let length = match parsed.parse(bytes).map_err(io::Error::other)? {
            httparse::Status::Complete(length) => length,
            httparse::Status::Partial => return Ok(None),
        };
        let headers = parsed
            .headers
            .iter()
            .map(|it| {
                let value = String::from_utf8(it.value.to_vec()).map_err(io::Error::other)?;
                Ok((it.name.to_ascii_lowercase(), value))
            })
            .collect::<io::Result<Vec<_>>>()?;
        let target = parsed.path.unwrap_or("/").to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut request = Self {
            method: parsed.method.unwrap_or("GET").to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Vec::new(),
            keep: parsed.version == Some(1),
            target,
        };
        if let Some(connection) = request.header("connection") {
            request.keep = !connection.eq_ignore_ascii_case("close");
        }
        Ok(Some((request, length)))
    }

    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The parameters, decoded, in their order.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }

    /// The fields of a form in the body, decoded, in their order.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body)
            .into_owned()
            .collect()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value, String> {
        serde_json::from_slice(&self.body).map_err(|it| it.to_string())
    }

    /// User and password of `Authorization: Basic`.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        use base64::Engine as _;
        let value = self.header("authorization")?.strip_prefix("Basic ")?;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(value)
            .ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    /// The token of `Authorization: Bearer` or `token`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let value = self.header("authorization")?;
        let token = value.strip_prefix("Bearer ");
        token.or_else(|| value.strip_prefix("token "))
    }
}

fn more(stream: &mut impl Read, rest: &mut Vec<u8>) -> io::Result<usize> {
    let mut buffer = [0; 16 * 1024];
    let length = stream.read(&mut buffer)?;
    rest.extend_from_slice(&buffer[..length]);
    Ok(length)
}

fn chunks(stream: &mut impl Read, rest: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (head, length) = loop {
            match httparse::parse_chunk_size(rest) {
                Ok(httparse::Status::Complete((head, length))) => {
                    break (head, usize::try_from(length).map_err(io::Error::other)?);
                }
                Ok(httparse::Status::Partial) => {
                    if more(stream, rest)? == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(_) => return Err(io::Error::other("a chunk without a size")),
            }
        };
        while rest.len() < head + length + 2 {
            if more(stream, rest)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        body.extend_from_slice(&rest[head..head + length]);
        rest.drain(..head + length + 2);
        if length == 0 {
            return Ok(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_requests_in_one_packet_are_both_read() {
        let bytes = b"GET /a?b=c%20d HTTP/1.1\r\nHost: x\r\n\r\nPOST /d HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
        let (mut stream, mut rest) = (&bytes[..], Vec::new());
        let first = Request::read(&mut stream, &mut rest).unwrap().unwrap();
        assert_eq!(first.parameters(), [("b".to_owned(), "c d".to_owned())]);
        let second = Request::read(&mut stream, &mut rest).unwrap().unwrap();
        assert_eq!(
            (second.path.as_str(), second.body.as_slice()),
            ("/d", &b"{}"[..])
        );
        assert!(Request::read(&mut stream, &mut rest).unwrap().is_none());
    }

    #[test]
    fn a_chunked_body_is_put_together() {
        let bytes = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n4\r\na\":1\r\n1\r\n}\r\n0\r\n\r\n";
        let request = Request::read(&mut &bytes[..], &mut Vec::new());
        assert_eq!(request.unwrap().unwrap().body, br#"{"a":1}"#);
    }
}
