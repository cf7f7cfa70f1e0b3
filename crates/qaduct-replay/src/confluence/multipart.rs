//! Bodies of `multipart/form-data`: their parts, with the names of fields and files.

/// A part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The field.
    pub(crate) name: String,
    /// The name of the file, where it is one.
    pub(crate) file: Option<String>,
    /// `Content-Type`.
    pub(crate) kind: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// The parts of a body of that content type; `None` where it is no such body.
pub(crate) fn parts(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let parameters = content_type.strip_prefix("multipart/form-data")?;
    let boundary = parameter(&parameters.replace(';', "; "), "boundary")?;
    let (first, between) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, between.as_bytes())?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + between.len()..];
    }
    Some(parts)
}

fn part(bytes: &[u8]) -> Option<Part> {
    let head = find(bytes, b"\r\n\r\n")?;
    let (mut name, mut file, mut kind) = (None, None, None);
    for line in std::str::from_utf8(&bytes[..head]).ok()?.split("\r\n") {
        let (header, value) = line.split_once(':')?;
        match header.to_ascii_lowercase().as_str() {
            "content-disposition" => {
                name = parameter(value, "name");
                file = parameter(value, "filename");
            }
            "content-type" => kind = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    Some(Part {
        name: name?,
        file,
        kind,
        bytes: bytes[head + 4..].to_vec(),
    })
}

/// A parameter of a header, quoted or not. What a browser writes as `%22` is a quote.
fn parameter(header: &str, name: &str) -> Option<String> {
    let key = format!(" {name}=");
    let value = &header[header.find(&key)? + key.len()..];
    let Some(quoted) = value.strip_prefix('"') else {
        return value.split(';').next().map(|it| it.trim().to_owned());
    };
    let mut found = String::new();
    let mut letters = quoted.chars();
    loop {
        match letters.next()? {
            '"' => break,
            '\\' => found.push(letters.next()?),
            letter => found.push(letter),
        }
    }
    Some(
        found
            .replace("%22", "\"")
            .replace("%0D", "\r")
            .replace("%0A", "\n"),
    )
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|it| it == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_taken_apart_as_it_was_put_together() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a; \xc3\xbc.png\"\r\n\
            Content-Type: image/png\r\n\r\n\x89PNG\r\n--not\r\n--x\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\n\
            \r\n--x--\r\n";
        let parts = parts("multipart/form-data; boundary=x", body).unwrap();
        assert_eq!(
            parts,
            [
                Part {
                    name: "file".to_owned(),
                    file: Some("a; ü.png".to_owned()),
                    kind: Some("image/png".to_owned()),
                    bytes: b"\x89PNG\r\n--not".to_vec(),
                },
                Part {
                    name: "comment".to_owned(),
                    file: None,
                    kind: None,
                    bytes: Vec::new(),
                },
            ]
        );
    }

    #[test]
    fn what_has_no_end_is_no_such_body() {
        assert_eq!(
            parts("multipart/form-data; boundary=x", b"--x\r\nA: b\r\n\r\nc"),
            None
        );
        assert_eq!(parts("application/json", b"{}"), None);
    }
}
