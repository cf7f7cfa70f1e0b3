//! What a service says about its error.

use serde_json::Value as Json;

/// The message in an error's body, whatever its form.
pub(crate) fn message(body: &Json) -> Option<String> {
    let mut found = Vec::new();
    collect(body, &mut found);
    found.dedup();
    (!found.is_empty()).then(|| found.join("; "))
}

/// The fields in which services put it, the clearest first.
fn collect(body: &Json, found: &mut Vec<String>) {
    match body {
        Json::String(text) if !text.trim().is_empty() => found.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|it| collect(it, found)),
        Json::Object(fields) => {
            let before = found.len();
            for name in ["message", "errorMessages", "errors", "error", "detail"] {
                match fields.get(name) {
                    // Jira: which field is wrong, and what is wrong with it.
                    Some(Json::Object(inner)) if name == "errors" => {
                        for (field, value) in inner {
                            if let Some(text) = value.as_str() {
                                found.push(format!("{field}: {text}"));
                            } else {
                                collect(value, found);
                            }
                        }
                    }
                    Some(value) => collect(value, found),
                    None => {}
                }
            }
            if found.len() == before {
                for name in ["error_description", "title", "reason"] {
                    if let Some(text) = fields.get(name).and_then(Json::as_str) {
                        found.push(text.to_owned());
                    }
                }
            }
        }
        _ => {}
    }
}

/// On one line, without control characters, at most so many letters.
pub(crate) fn cut(text: &str, letters: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut line = line.chars().filter(|it| !it.is_control());
    let mut short: String = line.by_ref().take(letters).collect();
    if line.next().is_some() {
        short.pop();
        short.push('…');
    }
    short
}
