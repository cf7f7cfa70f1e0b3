//! Recorded answers from a folder, served behind the same paging.

use std::path::Path;

use serde_json::Value;

use super::{World, shapes, text};

/// A folder of recordings that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot serve {path}: {why}")]
pub struct WorldError {
    /// The file or folder.
    pub path: String,
    /// What is wrong with it.
    pub why: String,
}

impl World {
    /// The records of a folder. A file `github.issues.json` holds an array of records of that
    /// collection, or recorded exchanges of octokit/fixtures whose answers are arrays or hold `items`.
    /// More words may stand before `.json`: `github.issues.2024.json`.
    ///
    /// # Errors
    /// When a file cannot be read, is no JSON or names no collection.
    pub fn recorded(folder: impl AsRef<Path>) -> Result<Self, WorldError> {
        let mut world = Self::empty();
        world.add_recorded(folder)?;
        Ok(world)
    }

    /// Adds the records of a folder to those that are there.
    ///
    /// # Errors
    /// As [`World::recorded`].
    pub fn add_recorded(&mut self, folder: impl AsRef<Path>) -> Result<(), WorldError> {
        let folder = folder.as_ref();
        let error = |path: &Path, why: String| WorldError {
            path: path.display().to_string(),
            why,
        };
        let entries = std::fs::read_dir(folder).map_err(|it| error(folder, it.to_string()))?;
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|it| error(folder, it.to_string()))?.path();
            if path.extension().is_some_and(|it| it == "json") {
                files.push(path);
            }
        }
        files.sort();
        for path in files {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let shape = shapes().find(|it| {
                name.strip_prefix(it.name)
                    .is_some_and(|rest| rest.starts_with('.'))
            });
            let Some(shape) = shape else {
                let why = "its name begins with no collection, such as `github.issues.json`";
                return Err(error(&path, why.to_owned()));
            };
            let bytes = std::fs::read(&path).map_err(|it| error(&path, it.to_string()))?;
            let json = serde_json::from_slice(&bytes).map_err(|it| error(&path, it.to_string()))?;
            self.record(shape.name, json)
                .map_err(|why| error(&path, why))?;
        }
        Ok(())
    }

    /// Adds recorded JSON to a collection: an array of records, exchanges with a `response`, or
    /// the list of a task group.
    ///
    /// # Errors
    /// When it is neither.
    pub fn record(&mut self, collection: &str, json: Value) -> Result<(), String> {
        let group = json.get("taskGroupId").map(text);
        if let (Some(group), Value::Array(tasks)) = (group, &json["tasks"]) {
            for task in tasks {
                let mut task = task.clone();
                task["_id"] = task["status"]["taskId"].clone();
                task["_group"] = group.as_str().into();
                self.record_one(collection, task);
            }
            return Ok(());
        }
        let Value::Array(items) = json else {
            return Err("it is no array of records or exchanges".to_owned());
        };
        for item in items {
            match item.get("response") {
                None => self.record_one(collection, item),
                Some(Value::Array(records)) => {
                    for record in records {
                        self.record_one(collection, record.clone());
                    }
                }
                Some(response) => {
                    for record in response["items"].as_array().into_iter().flatten() {
                        self.record_one(collection, record.clone());
                    }
                }
            }
        }
        Ok(())
    }

    fn record_one(&mut self, collection: &str, mut record: Value) {
        let repository = record["repository_url"]
            .as_str()
            .and_then(|it| it.split_once("/repos/"));
        if let Some((_, name)) = repository {
            let name = name.to_owned();
            record["_repo"] = name.clone().into();
            let known = self.collection("github.repos").all().count();
            let is_known = {
                let mut all = self.collection("github.repos").all();
                all.any(|it| it["full_name"] == name.as_str())
            };
            if !is_known {
                self.put(
                    "github.repos",
                    serde_json::json!({ "id": 200_001 + known, "full_name": name }),
                );
            }
        }
        if !text(&record["id"]).is_empty() || !text(&record["_id"]).is_empty() {
            self.put(collection, record);
        }
    }
}
