//! Whether a message is one that Slack takes: the limits of the Block Kit reference
//! (<https://docs.slack.dev/reference/block-kit/blocks>), and the undocumented one of all blocks
//! together (<https://github.com/slackapi/bolt-js/issues/2509>).

use serde_json::Value;

/// All blocks together.
pub(crate) const TOO_LONG: &str = "the blocks are longer than 13,000 letters together";

/// Why a message is none that Slack takes.
pub(crate) fn judge(message: &Value) -> Result<(), String> {
    let text = message["text"].as_str().unwrap_or_default();
    let none = Vec::new();
    let blocks = match message.get("blocks") {
        None => &none,
        Some(blocks) => blocks.as_array().ok_or("blocks are no list")?,
    };
    if text.is_empty() && blocks.is_empty() {
        return Err("no_text".to_owned());
    }
    if text.chars().count() > 40_000 {
        return Err("the text is longer than 40,000 letters".to_owned());
    }
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let entity = ["&amp;", "&lt;", "&gt;"];
        if !entity.iter().any(|it| rest[at..].starts_with(it)) {
            return Err("an ampersand that is not escaped".to_owned());
        }
        rest = &rest[at + 1..];
    }
    if text.contains(['<', '>']) {
        return Err("a bracket that is not escaped".to_owned());
    }
    if blocks.len() > 50 {
        return Err(format!("{} blocks", blocks.len()));
    }
    for (at, block) in blocks.iter().enumerate() {
        judge_block(block).map_err(|why| format!("blocks/{at}: {why}"))?;
    }
    let letters: usize = blocks.iter().map(|it| it.to_string().chars().count()).sum();
    if letters > 13_000 {
        return Err(TOO_LONG.to_owned());
    }
    Ok(())
}

/// A text object of these kinds with at most so many letters.
fn text(value: &Value, kinds: &[&str], most: usize) -> Result<(), String> {
    let kind = value["type"].as_str().unwrap_or_default();
    if !kinds.contains(&kind) {
        return Err(format!("a text of type `{kind}`"));
    }
    let letters = value["text"].as_str().unwrap_or_default().chars().count();
    if letters == 0 || letters > most {
        return Err(format!(
            "a text of {letters} letters, 1 to {most} are taken"
        ));
    }
    if kind == "mrkdwn" && value.get("emoji").is_some() {
        return Err("`emoji` of a mrkdwn text".to_owned());
    }
    Ok(())
}

fn list(value: &Value, most: usize) -> Result<&[Value], String> {
    let list = value.as_array().ok_or("no list")?;
    match list.len() {
        0 => Err("an empty list".to_owned()),
        count if count > most => Err(format!("{count} elements, at most {most} are taken")),
        _ => Ok(list),
    }
}

fn url(value: &Value) -> Result<(), String> {
    let url = value.as_str().unwrap_or_default();
    let is_one = url::Url::parse(url).is_ok_and(|it| matches!(it.scheme(), "http" | "https"));
    match is_one && url.chars().count() <= 3000 {
        true => Ok(()),
        false => Err(format!(
            "`{}` is no address",
            url.chars().take(60).collect::<String>()
        )),
    }
}

fn known(value: &Value, fields: &[&str]) -> Result<(), String> {
    let object = value.as_object().ok_or("no object")?;
    match object.keys().find(|it| !fields.contains(&it.as_str())) {
        Some(name) => Err(format!("a field `{name}` that there is not")),
        None => Ok(()),
    }
}

fn judge_block(block: &Value) -> Result<(), String> {
    let either = ["plain_text", "mrkdwn"];
    match block["type"].as_str().unwrap_or_default() {
        "header" => {
            known(block, &["type", "text"])?;
            text(&block["text"], &["plain_text"], 150)
        }
        "section" => {
            known(block, &["type", "text", "fields"])?;
            if block.get("text").is_none() && block.get("fields").is_none() {
                return Err("a section without a text".to_owned());
            }
            if let Some(it) = block.get("text") {
                text(it, &either, 3000)?;
            }
            let Some(fields) = block.get("fields") else {
                return Ok(());
            };
            list(fields, 10)?
                .iter()
                .try_for_each(|it| text(it, &either, 2000))
        }
        "context" => {
            known(block, &["type", "elements"])?;
            list(&block["elements"], 10)?
                .iter()
                .try_for_each(|it| text(it, &either, 3000))
        }
        "divider" => known(block, &["type"]),
        "actions" => {
            known(block, &["type", "elements"])?;
            list(&block["elements"], 25)?.iter().try_for_each(|it| {
                if it["type"] != "button" {
                    return Err("something that is no button".to_owned());
                }
                known(it, &["type", "text", "url", "action_id"])?;
                text(&it["text"], &["plain_text"], 75)?;
                url(&it["url"])
            })
        }
        "rich_text" => {
            known(block, &["type", "elements"])?;
            list(&block["elements"], 100)?.iter().try_for_each(rich)
        }
        kind => Err(format!("a block of type `{kind}`")),
    }
}

fn rich(element: &Value) -> Result<(), String> {
    let inner = |element: &Value| {
        list(&element["elements"], 1000)?
            .iter()
            .try_for_each(inline)
    };
    match element["type"].as_str().unwrap_or_default() {
        "rich_text_section" | "rich_text_preformatted" => {
            known(element, &["type", "elements"])?;
            inner(element)
        }
        "rich_text_list" => {
            known(element, &["type", "style", "elements"])?;
            if !["bullet", "ordered"].contains(&element["style"].as_str().unwrap_or_default()) {
                return Err("a list without a style".to_owned());
            }
            list(&element["elements"], 1000)?
                .iter()
                .try_for_each(|it| match it["type"].as_str() {
                    Some("rich_text_section") => inner(it),
                    _ => Err("something in a list that is no section".to_owned()),
                })
        }
        kind => Err(format!("rich text of type `{kind}`")),
    }
}

fn inline(element: &Value) -> Result<(), String> {
    let letters = |value: &Value| value.as_str().unwrap_or_default().chars().count();
    match element["type"].as_str().unwrap_or_default() {
        "text" => {
            known(element, &["type", "text", "style"])?;
            match letters(&element["text"]) {
                0 => Err("an empty text".to_owned()),
                count if count > 3000 => Err(format!("a text of {count} letters")),
                _ => Ok(()),
            }
        }
        "link" => {
            known(element, &["type", "url", "text", "style"])?;
            url(&element["url"])
        }
        "emoji" => known(element, &["type", "name"]),
        kind => Err(format!("an element of type `{kind}`")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_one_over_a_limit_is_refused() {
        let section = |letters| json!({ "type": "section", "text": { "type": "mrkdwn", "text": "x".repeat(letters) } });
        let header = |letters| json!({ "type": "header", "text": { "type": "plain_text", "text": "x".repeat(letters) } });
        let message = |block: Value| judge(&json!({ "text": "x", "blocks": [block] }));
        assert_eq!(message(section(3000)), Ok(()));
        assert!(message(section(3001)).is_err() && message(section(0)).is_err());
        assert_eq!(message(header(150)), Ok(()));
        assert!(message(header(151)).is_err());
        let many = |count| judge(&json!({ "text": "x", "blocks": vec![header(1); count] }));
        assert_eq!(many(50), Ok(()));
        assert!(many(51).is_err());
        let long = judge(&json!({ "text": "x", "blocks": vec![section(2900); 5] }));
        assert_eq!(long, Err(TOO_LONG.to_owned()));
    }

    #[test]
    fn a_text_is_escaped() {
        assert_eq!(judge(&json!({ "text": "a &amp; &lt;b&gt;" })), Ok(()));
        for text in ["a & b", "<b>", "<!channel>", ""] {
            assert!(judge(&json!({ "text": text })).is_err(), "{text}");
        }
    }
}
