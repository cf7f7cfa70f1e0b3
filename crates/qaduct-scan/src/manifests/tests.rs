//! What holds for every preset that ships.

use super::rules::{Form, Pattern, Preset, shipped};
use super::*;

/// A path that a glob fits.
fn path_of(glob: &str) -> String {
    glob.replace("**/", "").replace('*', "x")
}

fn patterns(preset: &Preset) -> Vec<&Pattern> {
    let of_form = |form: &'_ Form| {
        let own = [
            &form.pattern,
            &form.find,
            &form.split,
            &form.mentions,
            &form.always,
            &form.never,
        ];
        let own: Vec<_> = own.into_iter().flatten().cloned().collect();
        let kinds = form.kinds.iter().map(|it| it.text.clone());
        let maps = form.when.values().chain(form.unless.values()).cloned();
        own.into_iter().chain(kinds).chain(maps).collect::<Vec<_>>()
    };
    let all: Vec<Pattern> = preset.form.iter().flat_map(of_form).collect();
    for pattern in &all {
        assert_eq!(pattern.check(), Ok(()), "{}: {pattern:?}", preset.framework);
    }
    preset.section.iter().chain(&preset.ignore).collect()
}

#[test]
fn every_preset_says_what_it_is_and_what_it_does_not_see() {
    for (preset, _) in shipped() {
        assert!(!preset.title.is_empty() && preset.url.starts_with("https://"));
        assert!(!preset.form.is_empty(), "{}", preset.title);
        assert!(
            preset.limits.iter().all(|it| it.ends_with('.')),
            "{}",
            preset.title
        );
        for pattern in patterns(&preset) {
            assert_eq!(pattern.check(), Ok(()), "{}", preset.title);
        }
    }
}

#[test]
fn every_file_of_a_preset_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/manifests");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let listed = shipped::SHIPPED.iter().any(|(listed, _)| *listed == name);
        assert!(listed, "`{name}` is not listed");
    }
}

#[test]
fn every_preset_reads_the_files_that_it_names() {
    let all = Manifests::shipped();
    for (number, preset) in all.presets.iter().enumerate() {
        for glob in &preset.path {
            let path = path_of(glob);
            let reads = all.reads(&path).map(usize::from);
            assert_eq!(reads, Some(number), "{path} of {}", preset.title);
        }
    }
}

#[test]
fn the_example_of_every_form_is_found_as_that_form_and_nothing_in_it_is_odd() {
    let all = Manifests::shipped();
    let mut wrong = Vec::new();
    for preset in all.presets.iter().filter(|it| !it.path.is_empty()) {
        for form in &preset.form {
            let mut example = form.example.trim_start_matches('\n').to_owned();
            // Commands that are shared stand in files of any format.
            if form.find.is_some() && preset.format == rules::Format::Json {
                example = format!(
                    "{{\"scripts\": \"{}\"}}",
                    example.replace('\\', "\\\\").replace('"', "\\\"")
                );
            }
            let facts = read::read(example.as_bytes(), preset);
            let forms: Vec<_> = facts
                .mutes
                .iter()
                .map(|it| it.declaration.form.as_str())
                .collect();
            if !forms.contains(&form.name.as_str()) || !facts.troubles.is_empty() {
                wrong.push(format!(
                    "{}: {example}: {forms:?} {:?}",
                    form.name, facts.troubles
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
