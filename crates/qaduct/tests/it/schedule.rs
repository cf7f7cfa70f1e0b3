//! Jobs for other schedulers: what they read is judged by programs that are not ours.

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use crate::Home;

const JOBS: &str = r#"
[store]
url = "postgresql://qa@db.example.org/quality"
password = { env = "QUALITY_PASSWORD" }

[source.testrail]
url = "${TESTRAIL_HOST}"
user = "qa@example.org"
token = { env = "TESTRAIL_KEY" }

[job.morning]
schedule = "daily 08:00"
time_zone = "Europe/Berlin"
retries = 2
retry_after = "5min"
timeout = "90min"
run = [{ pull = [] }]

[job.saturdays]
schedule = "weekly sat 07:00"
time_zone = "America/Los_Angeles"
catch_up = "none"
jitter = "10min"
run = [{ pull = ["testrail.cases"] }]

[job.digest]
schedule = "fortnightly mon 08:00"
anchor = "2026-01-05"
run = [{ pull = [] }]

[job.hours]
schedule = "hourly :20"
run = [{ pull = [] }]

[job.firsts]
schedule = "monthly 1 06:15"
time_zone = "Asia/Tokyo"
run = [{ pull = [] }]

[job.ends]
schedule = "monthly last 23:00"
run = [{ pull = [] }]

[job.often]
schedule = "*/20 9-17/2 * jan-nov mon-fri"
time_zone = "Europe/Berlin"
run = [{ pull = [] }]

[job.either]
schedule = "30 4 1,15 * 5"
run = [{ pull = [] }]

[job.both]
schedule = "5 4 */2 * 5-7"
run = [{ pull = [] }]
"#;

fn home() -> Home {
    Home::new().file("work/qaduct.toml", JOBS)
}

/// The files of a platform, in the folder `out`.
fn export(home: &Home, platform: &str) {
    let arguments = format!("schedule export {platform} --output out --program /bin/true");
    let run = home.qaduct(&arguments);
    let outcome = run
        .env("TESTRAIL_HOST", "https://testrail.example.org")
        .run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
}

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path("work/out").join(name)).unwrap()
}

/// What another reader of YAML finds in a text.
pub(crate) fn yaml(text: &str) -> Value {
    let script = "import sys, json, yaml\n\
                  print(json.dumps(yaml.load(sys.stdin.read(), Loader=yaml.BaseLoader)))";
    let mut python = Command::new("python3");
    python.args(["-c", script]);
    python.stdin(std::process::Stdio::piped());
    python.stdout(std::process::Stdio::piped());
    let mut child = python.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The next times of a job, as `qaduct run --dry-run` tells them.
fn times(home: &Home, job: &str, from: &str) -> Vec<String> {
    let run = home.qaduct(&format!("run {job} --dry-run --format json"));
    let run = run.env("TESTRAIL_HOST", "https://testrail.example.org");
    let outcome = run.env("QADUCT_CLOCK", from).run();
    let document: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let times = document["items"][0]["times"].as_array().unwrap();
    times
        .iter()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_service_and_a_timer_say_what_the_job_says() {
    let home = home();
    export(&home, "systemd");
    assert_snapshot!(read(&home, "qaduct-saturdays.timer"), @r"
        # Job `saturdays` of qaduct: weekly sat 07:00, America/Los_Angeles.

        [Unit]
        Description=Times of the job saturdays of qaduct

        [Timer]
        OnCalendar=Sat *-*-* 7:0:00 America/Los_Angeles
        # After the machine was off: one start for all times that have passed.
        Persistent=false
        RandomizedDelaySec=600

        [Install]
        WantedBy=timers.target
        ");
    let service = read(&home, "qaduct-morning.service");
    assert_snapshot!(service.replace(home.path("").canonicalize().unwrap().to_str().unwrap(), "[HOME]"), @r"
        # Job `morning` of qaduct: daily 08:00, Europe/Berlin.

        [Unit]
        Description=Job morning of qaduct
        Wants=network-online.target
        After=network-online.target
        # Starts by the timer count, too: they are counted for less long than it pauses.
        StartLimitIntervalSec=41370
        StartLimitBurst=3

        [Service]
        Type=oneshot
        ExecStart=/bin/true run --once morning
        WorkingDirectory=[HOME]/work
        # Readable by root alone, a line NAME=value for each of: QUALITY_PASSWORD, TESTRAIL_KEY,
        # TESTRAIL_HOST.
        EnvironmentFile=/etc/qaduct/environment
        TimeoutStartSec=5400
        Restart=on-failure
        RestartSec=300
        # What is refused is refused again.
        RestartPreventExitStatus=1 2 4
        ");
    assert_snapshot!(read(&home, "qaduct-digest.timer"), @r"
        # Job `digest` of qaduct: fortnightly mon 08:00 from 2026-01-05, UTC.
        # This scheduler cannot say these times and comes more often; the command does nothing
        # where the job is not due. Its first start only notes the job.

        [Unit]
        Description=Times of the job digest of qaduct

        [Timer]
        OnCalendar=Mon *-*-* 8:0:00 UTC
        # After the machine was off: one start for all times that have passed.
        Persistent=true

        [Install]
        WantedBy=timers.target
        ");
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let home = home();
    export(&home, "systemd");
    let folder = home.path("work/out");
    let mut units: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    units.sort();
    assert_eq!(units.len(), 18);
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no", "--recursive-errors=no"])
        .args(&units)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let of_ours: Vec<&str> = said.lines().filter(|it| it.contains("qaduct-")).collect();
    assert!(of_ours.is_empty() && output.status.success(), "{said}");
}

#[test]
fn systemd_lets_each_time_have_all_its_tries() {
    let home = home();
    export(&home, "systemd");
    for (job, tries) in [
        ("morning", 3),
        ("saturdays", 4),
        ("digest", 4),
        ("hours", 4),
        ("often", 4),
        ("either", 4),
    ] {
        let service = read(&home, &format!("qaduct-{job}.service"));
        let number = |key: &str| -> i64 {
            let value = service.lines().find_map(|it| it.strip_prefix(key));
            value.unwrap().parse().unwrap()
        };
        let interval = number("StartLimitIntervalSec=");
        // Days on which the clocks change are among them.
        for from in ["2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z"] {
            let times: Vec<i64> = times(&home, job, from)
                .iter()
                .map(|it| it.parse::<jiff::Timestamp>().unwrap().as_second())
                .collect();
            let within = |first: &i64| {
                let in_it = |it: &&i64| (*first..=first + interval).contains(it);
                times.iter().filter(in_it).count()
            };
            let starts = times.iter().map(within).max().unwrap();
            let most = i64::try_from(starts).unwrap() * tries;
            assert!(number("StartLimitBurst=") >= most, "{job}: {service}");
        }
    }
}

#[test]
fn systemd_comes_at_the_times_that_we_tell() {
    let home = home();
    export(&home, "systemd");
    for job in [
        "morning",
        "saturdays",
        "hours",
        "firsts",
        "often",
        "either",
        "both",
    ] {
        // Days on which the clocks of Berlin and Los Angeles change are among them.
        for from in [
            "2026-02-26T10:07:00Z",
            "2026-03-27T10:07:00Z",
            "2026-10-23T10:07:00Z",
            "2026-12-30T10:07:00Z",
        ] {
            let timer = read(&home, &format!("qaduct-{job}.timer"));
            let expected = times(&home, job, from);
            let mut found: Vec<String> = timer
                .lines()
                .filter_map(|it| it.strip_prefix("OnCalendar="))
                .flat_map(|it| elapses(it, from))
                .collect();
            found.sort();
            found.dedup();
            found.truncate(expected.len());
            assert_eq!(found, expected, "{job} from {from}: {timer}");
        }
    }
}

/// The next times of systemd, in UTC.
fn elapses(calendar: &str, from: &str) -> Vec<String> {
    let base = from.replace('T', " ").replace('Z', " UTC");
    let output = Command::new("systemd-analyze")
        .args([
            "calendar",
            "--iterations=5",
            &format!("--base-time={base}"),
            calendar,
        ])
        .env("TZ", "UTC")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{calendar}");
    let in_utc = |line: &str| {
        let mut words = line.split_whitespace().rev();
        let (zone, time, day) = (words.next()?, words.next()?, words.next()?);
        let is_time = zone == "UTC" && time.len() == 8 && day.len() == 10;
        is_time.then(|| format!("{day}T{time}Z"))
    };
    // Where the zone is another one, each time stands there twice.
    let mut all: Vec<String> = text.lines().filter_map(in_utc).collect();
    all.dedup();
    all
}

#[test]
fn a_workflow_says_what_the_job_says() {
    let home = home();
    export(&home, "github");
    let name = ".github/workflows/qaduct-morning.yml";
    assert_snapshot!(read(&home, name), @r#"
        # Job `morning` of qaduct: daily 08:00, Europe/Berlin.
        # `timezone` is read by github.com since 2026; where a server of your own does not know
        # it, set `time_zone` of the job to UTC. GitHub may begin minutes late, and drops times
        # when it is busy.
        name: "qaduct-morning"
        on:
          schedule:
            - cron: "0 8 * * *"
              timezone: "Europe/Berlin"
          workflow_dispatch:
        permissions:
          contents: read
        concurrency:
          group: "qaduct-morning"
          cancel-in-progress: false
        jobs:
          run:
            runs-on: ubuntu-latest
            timeout-minutes: 90
            env:
              QUALITY_PASSWORD: ${{ secrets.QUALITY_PASSWORD }}
              TESTRAIL_KEY: ${{ secrets.TESTRAIL_KEY }}
              TESTRAIL_HOST: ${{ vars.TESTRAIL_HOST }}
            steps:
              - uses: actions/checkout@v4
              - name: Install qaduct
                run: cargo install --locked --git https://github.com/qaduct/qaduct qaduct
              - name: Run morning
                run: qaduct run --once morning
        "#);
    assert!(!read(&home, ".github/workflows/qaduct-hours.yml").contains("${TESTRAIL"));
    for (job, cron, command) in [
        ("morning", "0 8 * * *", "qaduct run --once morning"),
        ("saturdays", "0 7 * * 6", "qaduct run --once saturdays"),
        ("digest", "0 8 * * 1", "qaduct run digest --once"),
        ("firsts", "15 6 1 * *", "qaduct run --once firsts"),
        ("ends", "0 23 28-31 * *", "qaduct run ends --once"),
        (
            "often",
            "*/20 9-17/2 * jan-nov mon-fri",
            "qaduct run --once often",
        ),
    ] {
        let workflow = yaml(&read(&home, &format!(".github/workflows/qaduct-{job}.yml")));
        assert_eq!(workflow["on"]["schedule"][0]["cron"], cron);
        let steps = workflow["jobs"]["run"]["steps"].as_array().unwrap();
        assert_eq!(steps.last().unwrap()["run"], command);
        assert_eq!(
            workflow["jobs"]["run"]["env"]["TESTRAIL_KEY"],
            "${{ secrets.TESTRAIL_KEY }}"
        );
    }
}

#[test]
fn a_cron_job_says_what_the_job_says() {
    let home = home();
    export(&home, "kubernetes");
    let text = read(&home, "qaduct-morning.yaml");
    assert_snapshot!(text, @r#"
        # Job `morning` of qaduct: daily 08:00, Europe/Berlin.
        # Settings: kubectl create configmap qaduct --from-file=qaduct.toml. Secrets: the keys of
        # the secret `qaduct` are the names of the variables.
        apiVersion: batch/v1
        kind: CronJob
        metadata:
          name: "qaduct-morning"
          labels:
            app.kubernetes.io/name: qaduct
        spec:
          schedule: "0 8 * * *"
          timeZone: "Europe/Berlin"
          concurrencyPolicy: Forbid
          startingDeadlineSeconds: 86400
          successfulJobsHistoryLimit: 3
          failedJobsHistoryLimit: 3
          jobTemplate:
            spec:
              backoffLimit: 2
              activeDeadlineSeconds: 5400
              podFailurePolicy:
                rules:
                  # What is refused is refused again.
                  - action: FailJob
                    onExitCodes:
                      containerName: qaduct
                      operator: In
                      values: [1, 2, 4]
              template:
                metadata:
                  labels:
                    app.kubernetes.io/name: qaduct
                spec:
                  restartPolicy: Never
                  containers:
                    - name: qaduct
                      image: "qaduct:0.1.0"
                      workingDir: /etc/qaduct
                      args:
                        - "run"
                        - "--once"
                        - "morning"
                      env:
                        - name: QUALITY_PASSWORD
                          valueFrom:
                            secretKeyRef:
                              name: qaduct
                              key: QUALITY_PASSWORD
                              optional: true
                        - name: TESTRAIL_KEY
                          valueFrom:
                            secretKeyRef:
                              name: qaduct
                              key: TESTRAIL_KEY
                              optional: true
                        - name: TESTRAIL_HOST
                          valueFrom:
                            configMapKeyRef:
                              name: qaduct
                              key: TESTRAIL_HOST
                              optional: true
                      volumeMounts:
                        - name: settings
                          mountPath: /etc/qaduct
                          readOnly: true
                  volumes:
                    - name: settings
                      configMap:
                        name: qaduct
        "#);
    for (job, zone, forbid) in [
        ("morning", "Europe/Berlin", "--once"),
        ("digest", "UTC", "digest"),
        ("saturdays", "America/Los_Angeles", "--once"),
    ] {
        let object = yaml(&read(&home, &format!("qaduct-{job}.yaml")));
        assert_eq!(
            (&object["apiVersion"], &object["kind"]),
            (&"batch/v1".into(), &"CronJob".into())
        );
        let spec = &object["spec"];
        assert_eq!(spec["timeZone"], zone);
        assert_eq!(spec["concurrencyPolicy"], "Forbid");
        let pod = &spec["jobTemplate"]["spec"]["template"]["spec"];
        assert_eq!(pod["containers"][0]["args"][1], forbid);
        let env = pod["containers"][0]["env"].as_array().unwrap();
        let names: Vec<&str> = env.iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["QUALITY_PASSWORD", "TESTRAIL_KEY", "TESTRAIL_HOST"]);
    }
}

#[test]
fn what_opens_a_bucket_is_handed_on_also_where_the_settings_do_not_name_it() {
    let exported = |more: &str| {
        let settings = format!(
            "[export.rows]\nview = \"v_mutes_current\"\nto = \"s3://rows/mutes.csv\"\n{more}\n\
             [job.daily]\nschedule = \"daily 08:00\"\nrun = [{{ publish = [] }}]\n"
        );
        let home = Home::new().file("work/qaduct.toml", &settings);
        let outcome = home.qaduct("schedule export github").run();
        assert_eq!(outcome.status, Some(0), "{outcome}");
        let lines = outcome.stdout.lines().map(str::trim);
        let lines = lines.filter(|it| it.contains("{{ secrets.") || it.contains("{{ vars."));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(exported(""), @r"
        AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}
        AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
        AWS_SESSION_TOKEN: ${{ secrets.AWS_SESSION_TOKEN }}
        AWS_REGION: ${{ vars.AWS_REGION }}
        ");
    let own = "[bucket.rows]\nregion = \"eu-west-1\"\nkey_id = { env = \"KEY_ID\" }\n\
               secret = { env = \"KEY\" }";
    assert_snapshot!(exported(own), @r"
        KEY: ${{ secrets.KEY }}
        KEY_ID: ${{ secrets.KEY_ID }}
        ");
}

#[test]
fn what_the_settings_do_not_name_is_not_written_down_and_told() {
    let settings = "[source.qa]\nkind = \"testrail\"\nurl = \"https://qa.example.org\"\n\
                    user = \"a\"\ntoken = { env = \"GITHUB_TOKEN\" }\n\
                    [job.daily]\nschedule = \"daily 08:00\"\nrun = [{ pull = [] }]\n";
    let home = Home::new().file("work/qaduct.toml", settings);
    let mut run = home.qaduct("schedule export github");
    for variable in ["SENTRY_API_TOKEN", "GITHUB_TOKEN", "QADUCT_STORE__PASSWORD"] {
        run = run.env(variable, "hunter2");
    }
    let outcome = run.run();
    let named = outcome.stdout.matches("${{ secrets.").count();
    assert_eq!(named, 1, "{outcome}");
    assert!(outcome.stdout.contains("secrets.GITHUB_TOKEN"), "{outcome}");
    assert_snapshot!(outcome.stderr, @r#"
        warning[QJ208]: the database `qaduct.db` is gone with the runner: each start begins with an empty one
          help: set `store.url` to a server, as `postgresql://…`; an empty database knows no history and no time that was missed
        warning[QJ208]: `QADUCT_STORE__PASSWORD` is set here, and is not written down: no settings file names it
          help: write `store.password = { env = "QADUCT_STORE__PASSWORD" }` where the jobs need it
        warning[QJ208]: `SENTRY_API_TOKEN` is set here, and is not written down: no settings file names it
          help: write `source.sentry.token = { env = "SENTRY_API_TOKEN" }` where the jobs need it
        "#);
}

#[test]
fn times_that_github_does_not_keep_are_told() {
    let jobs = "[job.always]\nschedule = \"*/1 * * * *\"\nrun = [{ scan = true }]\n\
                [job.pair]\nschedule = \"0,3 8 * * *\"\nrun = [{ scan = true }]\n\
                [job.fine]\nschedule = \"*/5 * * * *\"\nrun = [{ scan = true }]\n";
    let home = Home::new().file("work/qaduct.toml", jobs);
    let outcome = home.qaduct("schedule export github -o out").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_snapshot!(outcome.stderr, @r"
        warning[QJ208]: GitHub does not start `always` sooner than every 5 minutes
          help: let it be due every 5 minutes at most, or let `qaduct run` do it
        warning[QJ208]: GitHub does not start `pair` sooner than every 5 minutes
          help: let it be due every 5 minutes at most, or let `qaduct run` do it
        warning[QJ208]: the database `qaduct.db` is gone with the runner: each start begins with an empty one
          help: set `store.url` to a server, as `postgresql://…`; an empty database knows no history and no time that was missed
        out/.github/workflows/qaduct-always.yml: written
        out/.github/workflows/qaduct-fine.yml: written
        out/.github/workflows/qaduct-pair.yml: written
        ");
    let outcome = home.qaduct("schedule export systemd -o out").run();
    assert!(!outcome.stderr.contains("warning"), "{outcome}");
}

#[test]
fn files_are_printed_where_no_folder_is_named_and_left_alone_where_they_are_the_same() {
    let home = home();
    let print = home.qaduct("schedule export kubernetes morning digest");
    let outcome = print
        .env("TESTRAIL_HOST", "https://testrail.example.org")
        .run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_eq!(outcome.stdout.matches("\n---\n").count() + 1, 2);
    assert!(
        outcome.stdout.starts_with("---\n# qaduct-digest.yaml\n"),
        "{outcome}"
    );
    export(&home, "kubernetes");
    let before = std::fs::metadata(home.path("work/out/qaduct-digest.yaml")).unwrap();
    let again = home.qaduct("schedule export kubernetes digest --output out");
    let outcome = again
        .env("TESTRAIL_HOST", "https://testrail.example.org")
        .run();
    assert_snapshot!(outcome.stderr, @r"out/qaduct-digest.yaml: unchanged");
    let after = std::fs::metadata(home.path("work/out/qaduct-digest.yaml")).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    assert!(Path::new(&home.path("work/out")).is_dir());
}

#[test]
fn a_database_that_is_a_file_lies_on_a_volume_of_kubernetes() {
    let jobs = "[job.fine]\nschedule = \"daily 08:00\"\nrun = [{ scan = true }]\n";
    let home = Home::new().file("work/qaduct.toml", jobs);
    let outcome = home.qaduct("schedule export kubernetes -o out").run();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    let object = yaml(&read(&home, "qaduct-fine.yaml"));
    let pod = &object["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(container["env"][0]["name"], "QADUCT_STORE");
    assert_eq!(container["env"][0]["value"], "/var/lib/qaduct/qaduct.db");
    assert_eq!(container["volumeMounts"][1]["mountPath"], "/var/lib/qaduct");
    let claim = &pod["volumes"][1]["persistentVolumeClaim"]["claimName"];
    assert_eq!(claim, "qaduct");
}
