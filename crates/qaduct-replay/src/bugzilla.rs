//! Bugzilla, REST: bugzilla.mozilla.org and stock servers of version 5.
//!
//! A stock server takes the key as a parameter and ignores the headers, so that who sends a
//! header is anonymous and does not see restricted bugs. Nobody sees bugs of `core-security`.
//! Follows the pages `api/core/v1` of Bugzilla's documentation.

mod chart;
mod fields;
mod search;

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::request::Request;
use crate::service::{Context, Service};
use crate::world::{World, served, text};

/// Bugzilla.
pub(crate) struct Bugzilla {
    /// Whether it is a stock server.
    pub(crate) stock: bool,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    Anonymous,
    Known,
}

/// Longest URL that the web server in front takes.
const LONGEST: usize = 8_000;
/// The group whose bugs a known user sees.
const OWN_GROUP: &str = "mozilla-employee-confidential";
/// Parameters that carry a key.
const KEYS: &[&str] = &["Bugzilla_api_key", "api_key", "Bugzilla_token", "token"];

fn refuse(status: u16, code: u32, message: impl Into<String>) -> Answer {
    let message = message.into();
    Answer::json(
        status,
        json!({ "error": true, "code": code, "message": message, "documentation": "https://bmo.readthedocs.io/en/latest/api/" }),
    )
}

impl Service for Bugzilla {
    fn refuse(&self, status: u16, message: &str) -> Answer {
        match status {
            401 => refuse(
                401,
                410,
                "You must log in before using this part of Bugzilla.",
            ),
            403 => refuse(403, 102, "You are not authorized to access that resource."),
            404 => refuse(404, 32_614, "Could not find the requested resource."),
            429 => refuse(429, 429, "Rate limit exceeded."),
            500.. => Answer::text(
                status,
                "text/html",
                format!("<html><h1>{message}</h1></html>"),
            ),
            _ => refuse(status, 32_000, message),
        }
    }

    fn answer(&self, request: &Request, context: &mut Context<'_>) -> Answer {
        if request.target.len() > LONGEST {
            return Answer::text(414, "text/plain", "Request-URI Too Long");
        }
        let parameters = request.parameters();
        let asker = match self.asker(request, &parameters, context) {
            Ok(asker) => asker,
            Err(answer) => return *answer,
        };
        if request.method == "POST" {
            context.violation(request, "only reading is served");
            return self.refuse(405, "method not allowed");
        }
        let parts: Vec<&str> = request
            .path
            .split('/')
            .filter(|it| !it.is_empty())
            .collect();
        let ask = Ask {
            service: self,
            request,
            parameters: &parameters,
            asker,
        };
        let answer = match parts.as_slice() {
            ["rest", "bug"] => search::search(&ask, context),
            ["rest", "bug", "comment", id] => ask.comment(id, context.world),
            ["rest", "bug", ids] => ask.bugs(ids, context),
            ["rest", "bug", id, "history"] => ask.history(id, context),
            ["rest", "bug", id, "comment"] => ask.comments(id, context),
            ["rest", "bug", id, "attachment"] => {
                Answer::ok(json!({ "bugs": { *id: [] }, "attachments": {} }))
            }
            ["rest", "product"] => ask.products(None, context),
            ["rest", "product", name] => ask.products(Some(name), context),
            [
                "rest",
                "product_selectable" | "product_enterable" | "product_accessible",
            ] => {
                let ids: Vec<_> = context
                    .world
                    .collection("bugzilla.products")
                    .all()
                    .map(|it| it["id"].clone())
                    .collect();
                Answer::ok(json!({ "ids": ids }))
            }
            ["rest", "field", "bug"] => ask.fields(None, context.world),
            ["rest", "field", "bug", name] => ask.fields(Some(name), context.world),
            ["rest", "version"] => {
                let version = if self.stock { "5.0.6" } else { "20260226.1" };
                Answer::ok(json!({ "version": version }))
            }
            // Some stock servers do not have it: who wants to know may try.
            ["rest", "whoami"] if self.stock => self.refuse(404, ""),
            ["rest", "whoami"] => match asker {
                Asker::Anonymous => self.refuse(401, ""),
                Asker::Known => Answer::ok(json!({
                    "id": 1, "real_name": "Ada Byron", "name": "person0@example.org", "groups": [OWN_GROUP, "editbugs"],
                })),
            },
            ["rest", "valid_login"] => Answer::ok(json!({ "result": asker == Asker::Known })),
            _ => {
                context.violation(request, "there is no such resource");
                self.refuse(404, "")
            }
        };
        match asker {
            Asker::Anonymous => fields::without_addresses(answer),
            Asker::Known => answer,
        }
    }
}

impl Bugzilla {
    fn asker(
        &self,
        request: &Request,
        parameters: &[(String, String)],
        context: &mut Context<'_>,
    ) -> Result<Asker, Box<Answer>> {
        let parameter = parameters
            .iter()
            .find(|(name, _)| KEYS.contains(&name.as_str()));
        let header = request
            .header("x-bugzilla-api-key")
            .or_else(|| request.bearer());
        let key = if self.stock {
            parameter.map(|(_, key)| key.as_str())
        } else {
            if parameter.is_some() {
                context.violation(request, "the key stands in the URL");
            }
            header.or_else(|| parameter.map(|(_, key)| key.as_str()))
        };
        match key {
            None => Ok(Asker::Anonymous),
            Some(key) if context.accepts(key) => Ok(Asker::Known),
            Some(_) => Err(Box::new(refuse(
                400,
                306,
                "The API key you specified is invalid. Please check that you typed it correctly.",
            ))),
        }
    }
}

/// A question and who asks it.
pub(crate) struct Ask<'a> {
    pub(crate) service: &'a Bugzilla,
    pub(crate) request: &'a Request,
    pub(crate) parameters: &'a [(String, String)],
    pub(crate) asker: Asker,
}

impl Ask<'_> {
    /// The values of a parameter, lists with commas taken apart.
    fn list(&self, name: &str) -> Vec<&str> {
        let found = self.parameters.iter().filter(|(it, _)| it == name);
        found
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .collect()
    }

    fn known(&self, context: &mut Context<'_>, known: &[&str]) {
        let names = self.parameters.iter().map(|(name, _)| name.as_str());
        let names = names.filter(|it| !KEYS.contains(it));
        context.known(self.request, names, known);
    }

    pub(crate) fn sees(&self, bug: &Value) -> bool {
        let groups = bug["groups"].as_array().map_or(&[][..], Vec::as_slice);
        groups.is_empty() || (self.asker == Asker::Known && groups.iter().all(|it| it == OWN_GROUP))
    }

    /// A bug by id or alias, or why there is none.
    fn bug<'w>(&self, world: &'w World, id: &str) -> Result<&'w Value, (u16, u32, String)> {
        let found = world.get("bugzilla.bugs", id);
        let found = found.or_else(|| {
            world
                .collection("bugzilla.bugs")
                .all()
                .find(|it| it["alias"] == id)
        });
        match found {
            Some(bug) if self.sees(bug) => Ok(bug),
            Some(_) => Err((
                401,
                102,
                format!("You are not authorized to access bug #{id}."),
            )),
            None if id.parse::<u64>().is_ok() => {
                Err((404, 101, format!("Bug #{id} does not exist.")))
            }
            None => Err((
                404,
                100,
                format!("'{id}' is not a valid bug number nor an alias to a bug."),
            )),
        }
    }

    fn bugs(&self, ids: &str, context: &mut Context<'_>) -> Answer {
        self.known(
            context,
            &[
                "include_fields",
                "exclude_fields",
                "ids",
                "id",
                "permissive",
            ],
        );
        let permissive = !self.list("permissive").is_empty();
        let mut wanted: Vec<&str> = ids.split(',').collect();
        wanted.extend(self.list("ids"));
        let (mut bugs, mut faults, mut listed) = (Vec::new(), Vec::new(), Vec::new());
        for id in wanted {
            match self.bug(context.world, id) {
                Ok(bug) => {
                    listed.push(text(&bug["id"]));
                    bugs.push(fields::project(self, context.world, bug));
                }
                Err((_, code, message)) if permissive => {
                    faults.push(json!({ "id": id, "faultCode": code, "faultString": message }));
                }
                Err((status, code, message)) => return refuse(status, code, message),
            }
        }
        Answer::ok(json!({ "bugs": bugs, "faults": faults })).listing("bugzilla.bugs", listed)
    }

    fn history(&self, id: &str, context: &mut Context<'_>) -> Answer {
        self.known(context, &["new_since"]);
        let bug = match self.bug(context.world, id) {
            Ok(bug) => bug,
            Err((status, code, message)) => return refuse(status, code, message),
        };
        let history = self.changes(context.world, bug);
        let ids = history.iter().map(|it| text(&it["_id"])).collect();
        let history: Vec<_> = history.into_iter().map(served).collect();
        Answer::ok(
            json!({ "bugs": [{ "id": bug["id"], "alias": bug["alias"], "history": history }] }),
        )
        .listing("bugzilla.history", ids)
    }

    fn changes<'w>(&self, world: &'w World, bug: &Value) -> Vec<&'w Value> {
        let since = self
            .list("new_since")
            .first()
            .and_then(|it| chart::instant(it, world.now()));
        let all = world.collection("bugzilla.history").of(&text(&bug["id"]));
        all.filter(|it| since.is_none_or(|since| fields::time(&it["when"]) >= Some(since)))
            .collect()
    }

    fn comments(&self, id: &str, context: &mut Context<'_>) -> Answer {
        self.known(
            context,
            &["new_since", "ids", "include_fields", "exclude_fields"],
        );
        let since = self
            .list("new_since")
            .first()
            .and_then(|it| chart::instant(it, context.now));
        let mut wanted = vec![id];
        wanted.extend(self.list("ids"));
        let (mut bugs, mut listed) = (Map::new(), Vec::new());
        for id in wanted {
            let bug = match self.bug(context.world, id) {
                Ok(bug) => bug,
                Err((status, code, message)) => return refuse(status, code, message),
            };
            let all = context
                .world
                .collection("bugzilla.comments")
                .of(&text(&bug["id"]));
            // Newer than, as the documentation says: the instant itself is left out.
            let new = all.filter(|it| {
                since.is_none_or(|since| fields::time(&it["creation_time"]) > Some(since))
            });
            let comments: Vec<_> = new.map(served).collect();
            listed.extend(comments.iter().map(|it| text(&it["id"])));
            bugs.insert(text(&bug["id"]), json!({ "comments": comments }));
        }
        Answer::ok(json!({ "bugs": bugs, "comments": {} })).listing("bugzilla.comments", listed)
    }

    fn comment(&self, id: &str, world: &World) -> Answer {
        let comment = world.get("bugzilla.comments", id);
        let Some(comment) = comment else {
            return refuse(404, 600, format!("There is no comment with the id {id}."));
        };
        match self.bug(world, &text(&comment["bug_id"])) {
            Ok(_) => Answer::ok(json!({ "bugs": {}, "comments": { id: served(comment) } })),
            Err((status, code, message)) => refuse(status, code, message),
        }
    }

    fn products(&self, name: Option<&str>, context: &mut Context<'_>) -> Answer {
        self.known(
            context,
            &["type", "names", "ids", "include_fields", "exclude_fields"],
        );
        let decoded = name.map(|it| {
            url::form_urlencoded::parse(format!("n={}", it.replace('+', "%2B")).as_bytes())
                .next()
                .map(|it| it.1.into_owned())
                .unwrap_or_default()
        });
        let mut wanted: Vec<&str> = decoded.iter().map(String::as_str).collect();
        wanted.extend(self.list("names"));
        wanted.extend(self.list("ids"));
        if wanted.is_empty() && self.list("type").is_empty() {
            return refuse(400, 50, "You must specify names, ids or type.");
        }
        let all = context.world.collection("bugzilla.products").all();
        let products: Vec<Value> = all
            .filter(|it| {
                wanted.is_empty()
                    || wanted
                        .iter()
                        .any(|name| it["name"] == *name || text(&it["id"]) == *name)
            })
            .map(|it| {
                fields::select(
                    served(it),
                    &self.list("include_fields"),
                    &self.list("exclude_fields"),
                )
            })
            .collect();
        let ids = products.iter().map(|it| text(&it["id"])).collect();
        Answer::ok(json!({ "products": products })).listing("bugzilla.products", ids)
    }

    fn fields(&self, name: Option<&str>, world: &World) -> Answer {
        let all = world.collection("bugzilla.fields").all();
        let found: Vec<Value> = all
            .filter(|it| name.is_none_or(|name| it["name"] == name || text(&it["id"]) == name))
            .map(served)
            .collect();
        if let (Some(name), true) = (name, found.is_empty()) {
            return refuse(404, 51, format!("There is no field named '{name}'."));
        }
        let ids = found.iter().map(|it| text(&it["id"])).collect();
        Answer::ok(json!({ "fields": found })).listing("bugzilla.fields", ids)
    }
}
