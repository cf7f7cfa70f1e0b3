//! Content properties of a page: JSON under a key, with versions of its own.

use serde_json::{Value, json};

use super::{Ask, CALLER, Refused, Row, served};
use crate::answer::Answer;
use crate::service::Context;
use crate::wiki::By;
use crate::world::text;

impl Ask<'_> {
    pub(super) fn properties(
        &self,
        method: &str,
        page: &str,
        rest: &[&str],
        context: &mut Context<'_>,
    ) -> Result<Answer, Refused> {
        let mut by = By {
            author: CALLER,
            at: context.now,
            message: "",
        };
        match (method, rest) {
            ("GET", []) => {
                self.known(context, &["key", "sort", "cursor", "limit"])?;
                let rows = context.world.collection("confluence.properties").of(page);
                let rows = rows.filter(|it| self.wants("key", &it["key"]));
                let rows = rows.map(|it| Row::of(self, it, "id")).collect();
                self.page(context, "confluence.properties", 25, rows)
            }
            ("POST", []) => {
                let body = self.body(context, &["key", "value"])?;
                let key = key(&body)?;
                let all = context.world.collection("confluence.properties");
                if all.of(page).any(|it| it["key"] == key) {
                    return Err(Refused(
                        409,
                        format!("A property with key '{key}' already exists for this content"),
                    ));
                }
                let id = context.world.next_content().to_string();
                let property = json!({
                    "id": id, "key": key, "value": body["value"], "version": by.version(1), "_page": page,
                });
                context.world.put("confluence.properties", property.clone());
                Ok(Answer::ok(served(&property)))
            }
            (method, [id]) => {
                let found = context.world.get("confluence.properties", id);
                let found = found.filter(|it| it["_page"] == page).cloned();
                let mut property = found.ok_or_else(Refused::missing)?;
                match method {
                    "GET" => {}
                    "PUT" => {
                        let body = self.body(context, &["key", "value", "version"])?;
                        let given = body["version"]["number"].as_u64();
                        let now = property["version"]["number"].as_u64().unwrap_or_default();
                        if given != Some(now + 1) {
                            let given = text(&body["version"]["number"]);
                            return Err(Refused(
                                409,
                                format!(
                                    "Version must be incremented on update. Current Version: [{now}]. Provided version: [{given}]"
                                ),
                            ));
                        }
                        let message = text(&body["version"]["message"]);
                        by.message = &message;
                        property["key"] = key(&body)?.into();
                        property["value"] = body["value"].clone();
                        property["version"] = by.version(now + 1);
                        context.world.put("confluence.properties", property.clone());
                    }
                    "DELETE" => {
                        context.world.remove("confluence.properties", id);
                        return Ok(Answer::text(204, "", ""));
                    }
                    _ => return Ok(self.nowhere(context)),
                }
                Ok(Answer::ok(served(&property)))
            }
            _ => Ok(self.nowhere(context)),
        }
    }
}

fn key(body: &Value) -> Result<&str, Refused> {
    let key = body["key"]
        .as_str()
        .filter(|it| !it.is_empty() && it.len() <= 255);
    key.ok_or_else(|| Refused::wrong("A property needs a key of at most 255 characters"))
}
