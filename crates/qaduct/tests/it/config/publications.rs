//! What is said about publications that cannot be made, before anybody is asked anything.

use insta::assert_snapshot;

use crate::Home;
use crate::home::Outcome;

const SOURCES: &str = r#"
[source.wiki]
kind = "confluence"
url = "https://wiki.example"
user = "a@wiki.example"
token = { env = "WIKI_TOKEN" }

[source.tracker]
kind = "jira"
url = "https://tracker.example"
user = "a@tracker.example"
token = { env = "TRACKER_TOKEN" }
"#;

fn check(text: &str) -> Outcome {
    let text = format!("{SOURCES}{text}");
    let home = Home::new().file("work/qaduct.toml", &text);
    home.qaduct("config check").run()
}

#[test]
fn files_and_panels_that_name_what_does_not_exist_are_told_all_at_once() {
    assert_snapshot!(check(
        "[export.a]\nview = 'v_nope'\nto = 'a.txt'\n\
         [export.b]\nview = 'v_mutes_current'\ncolumns = ['nope']\nto = 's3://bucket/b'\nformat = 'csv'\n\
         [export.c]\nview = 'v_mutes_current'\nto = 'gs://b/{date}.csv'\n\
         [panel.p]\nview = 'v_mutes_weekly'\nkind = 'line'\nx = 'week'\ny = ['nope']\n"
    ), @r"
        [stderr]
        error[QO400]: [panel.p]: `y`: the view `v_mutes_weekly` has no column `nope`
          columns of `v_mutes_weekly` are repository, branch, week, newly_muted, unmuted, net

        error[QO400]: [export.a]: the ending of `a.txt` tells no format; set `format` to csv, json, jsonl, parquet

        error[QO400]: [export.a]: there is no view `v_nope`

        error[QO400]: [export.b]: `columns`: the view `v_mutes_current` has no column `nope`; did you mean `scope`?
          columns of `v_mutes_current` are scope, declaration_id, repository, path, container, test, param, test_id, line_start, line_end, language, framework, form, alias, kind, condition, condition_os, condition_arch, condition_version, condition_env, condition_feature, intent, runs, strict, strict_source, reason, ticket, tickets, since_declared, since_text, until_declared, until_text, owner_declared, dynamic, effective, ineffective_because, confidence, partly_parsed, branch, group_id, nth, opened_by, first_seen_at, first_seen_commit, last_seen_at, last_seen_commit, commit_id, owner, since_git, since_git_commit, since_git_author, muted_before, age_days, age_source
        [status 2]
        ");
}

#[test]
fn pages_that_cannot_be_made_are_told_all_at_once() {
    assert_snapshot!(check(
        "[page.nowhere]\ntarget = 'confluense:1'\ntext = 'a'\n\
         [page.number]\ntarget = 'wiki:abc'\ntext = 'a'\n\
         [page.space]\ntarget = 'wiki'\ntitle = 'A'\ntext = 'a'\n\
         [page.tickets]\ntarget = 'tracker:2'\ntext = 'a'\n\
         [page.signed]\ntarget = 'wiki:3'\ntemplate = 'sign-off'\n\
         [page.twin]\ntarget = 'wiki:4'\ntext = 'a'\n\
         [page.other-twin]\ntarget = 'wiki:4'\ntext = 'a'\n\
         [page.items]\ntarget = 'wiki:5'\nsize = 'large'\n\
         [[page.items.section]]\nitem = [{ panel = 'nope' }, { view = 'v_nope' }, { look = '1' }, { tiles = ['mutes-age'] }]\n"
    ), @r#"
        [stderr]
        error[QO400]: [page.items]: `size`: `large` is no size; write it as 400x300

        error[QO400]: [page.items]: section 1, item 1: there is no panel `nope`

        error[QO400]: [page.items]: section 1, item 2: there is no view `v_nope`

        error[QO400]: [page.items]: section 1, item 3: `look`: no source draws it; write a `[source.NAME]` of kind `looker`

        error[QO400]: [page.items]: section 1, item 4: `tiles`: the panel `mutes-age` is of another kind

        error[QU001]: there is no source `confluense`
          publication page.nowhere
          help: sources are tracker, wiki

        error[QO400]: [page.number]: `target`: `abc` is no number of a page

        error[QO400]: [page.other-twin]: [page.twin] has the same target

        error[QO400]: [page.signed]: the template `sign-off` needs `project`; set it in `values`

        error[QO400]: [page.space]: which page is meant; name its number, as in `target = "confluence:123456"`, or set `space` and `title`

        error[QU001]: [page.tickets]: `target`: the source `tracker` is of kind `jira`, no wiki
          publication page.tickets
          help: name a `[source.NAME]` of kind `confluence`

        error[QO400]: [page.twin]: [page.other-twin] has the same target
        [status 2]
        "#);
}

#[test]
fn a_panel_that_does_not_fit_is_told_once_also_where_a_page_shows_it() {
    assert_snapshot!(check(
        "[panel.p]\nview = 'v_nope'\nkind = 'table'\n\
         [page.a]\ntarget = 'wiki:1'\n[[page.a.section]]\nitem = [{ panel = 'p' }]\n"
    ), @r"
        [stderr]
        error[QO400]: [panel.p]: there is no view `v_nope`
        [status 2]
        ");
}

#[test]
fn a_page_that_shows_nothing_and_a_misspelt_value_are_told() {
    assert_snapshot!(check(
        "[page.empty]\ntarget = 'wiki:1'\n\
         [page.signed]\ntarget = 'wiki:2'\ntemplate = 'sign-off'\nvalues = { projct = 'fenix', version = '1' }\n"
    ), @r"
        [stderr]
        error[QO400]: [page.empty]: it shows nothing; give it a `section` with items, or `text`

        error[QO400]: [page.signed]: `values`: the template `sign-off` has no `projct`, but project, version
        [status 2]
        ");
}

#[test]
fn messages_and_alerts_that_cannot_be_made_are_told_all_at_once() {
    assert_snapshot!(check(
        "[slack.team]\nwebhook = { env = 'SLACK_WEBHOOK' }\n\
         [message.items]\nto = 'team'\nitems = [{ view = 'v_nope' }, \
         { view = 'v_mutes_current', columns = ['nope'] }, { title = 'a' }]\n\
         [message.linked]\nto = 'team'\nitems = [{ text = 'a' }]\nlinks = { more = 'nowhere' }\n\
         [message.threaded]\nto = 'team'\nthread = true\nitems = [{ use = 'muted-now' }]\n\
         [alert.blind]\nto = 'team'\n\
         [alert.view]\nto = 'team'\nview = 'v_nope'\n\
         [alert.compared]\nto = 'team'\nview = 'v_mutes_weekly'\ncolumns = ['week']\nfires = 'nope > 1'\n\
         [alert.old]\nto = 'team'\non = 'stale'\n"
    ), @r"
        [stderr]
        error[QO400]: [message.items]: item 1: there is no view `v_nope`

        error[QO400]: [message.items]: item 2: `columns`: the view `v_mutes_current` has no column `nope`; did you mean `scope`?
          columns of `v_mutes_current` are scope, declaration_id, repository, path, container, test, param, test_id, line_start, line_end, language, framework, form, alias, kind, condition, condition_os, condition_arch, condition_version, condition_env, condition_feature, intent, runs, strict, strict_source, reason, ticket, tickets, since_declared, since_text, until_declared, until_text, owner_declared, dynamic, effective, ineffective_because, confidence, partly_parsed, branch, group_id, nth, opened_by, first_seen_at, first_seen_commit, last_seen_at, last_seen_commit, commit_id, owner, since_git, since_git_commit, since_git_author, muted_before, age_days, age_source

        error[QO400]: [message.items]: item 3: an item needs `text`, `view` or `use`

        error[QO400]: [message.linked]: `links`: `nowhere` of `more` is no address of at most 3000 letters

        error[QO400]: [message.threaded]: `thread` needs a bot, and [slack.team] is a webhook; give it `token` and `channel`

        error[QO400]: [alert.blind]: it needs `view`, `use` or `on`

        error[QO400]: [alert.compared]: `fires`: the view `v_mutes_weekly` has no column `nope`
          columns of `v_mutes_weekly` are repository, branch, week, newly_muted, unmuted, net

        error[QO400]: [alert.view]: there is no view `v_nope`
        [status 2]
        ");
}
