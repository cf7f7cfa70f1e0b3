//! A `CronJob` of Kubernetes.

use std::path::Path;

use super::cron::Fields;
use super::{File, Platform, Surroundings, command, comment, quoted};
use crate::jobs::Job;

pub(super) const KUBERNETES: Platform = Platform {
    word: "kubernetes",
    files,
    // It lies on a volume.
    forgets_with: None,
    lacks: |_| None,
};

/// What a database that is a file needs: the settings are mounted read-only.
#[derive(Default)]
struct Volume {
    env: Option<String>,
    mount: &'static str,
    claim: &'static str,
}

fn volume(file: &str) -> Volume {
    let name = Path::new(file).file_name().and_then(|it| it.to_str());
    let at = format!("/var/lib/qaduct/{}", name.unwrap_or("qaduct.db"));
    Volume {
        env: Some(format!(
            "                - name: QADUCT_STORE\n                  value: {}\n",
            quoted(&at)
        )),
        mount: "                - name: database
                  mountPath: /var/lib/qaduct
",
        claim: "            - name: database
              persistentVolumeClaim:
                claimName: qaduct
",
    }
}

fn files(job: &Job, around: &Surroundings) -> Vec<File> {
    let schedule = &job.plan.schedule;
    let cron = Fields::of(schedule);
    let file = around.settings.as_deref().and_then(Path::file_name);
    let (arguments, notice) = command(job, cron.is_exact, file.map(Path::new));
    let name = job.name();
    let mut text = comment(&format!("Job `{name}` of qaduct: {}.", schedule.describe()));
    text += &notice.map_or(String::new(), comment);
    let name_of_file = file.map_or("qaduct.toml".into(), |it| it.display().to_string());
    text += &comment(&format!(
        "Settings: kubectl create configmap qaduct --from-file={name_of_file}. Secrets: the keys \
         of the secret `qaduct` are the names of the variables."
    ));
    if let Some(file) = &around.file {
        text += &comment(&format!(
            "The database is the file `{file}`: it lies on the volume claim `qaduct`, which one \
             node can mount at a time. With a server as `store.url` no volume is needed."
        ));
    }
    let volume = around.file.as_deref().map(volume).unwrap_or_default();
    // Who comes later has missed it: so late it is still made up for.
    let deadline = match job.plan.catch_up {
        true => 86_400,
        false => 600,
    };
    let arguments: String = arguments
        .iter()
        .map(|it| format!("                - {}\n", quoted(it)))
        .collect();
    let env: String = around
        .secrets
        .iter()
        .map(|it| {
            format!(
                "                - name: {it}
                  valueFrom:
                    secretKeyRef:
                      name: qaduct
                      key: {it}
                      optional: true
"
            )
        })
        .chain(around.variables.iter().map(|it| {
            format!(
                "                - name: {it}
                  valueFrom:
                    configMapKeyRef:
                      name: qaduct
                      key: {it}
                      optional: true
"
            )
        }))
        .chain(volume.env)
        .collect();
    let env = match env.is_empty() {
        true => env,
        false => format!("              env:\n{env}"),
    };
    let object = format!(
        "apiVersion: batch/v1
kind: CronJob
metadata:
  name: {title}
  labels:
    app.kubernetes.io/name: qaduct
spec:
  schedule: {cron}
  timeZone: {zone}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: {deadline}
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: {retries}
      activeDeadlineSeconds: {timeout}
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
              image: {image}
              workingDir: /etc/qaduct
              args:
{arguments}{env}              volumeMounts:
                - name: settings
                  mountPath: /etc/qaduct
                  readOnly: true
{mount}          volumes:
            - name: settings
              configMap:
                name: qaduct
{claim}",
        mount = volume.mount,
        claim = volume.claim,
        title = quoted(&format!("qaduct-{name}")),
        cron = quoted(&cron.text()),
        zone = quoted(schedule.zone_name()),
        retries = job.plan.retries,
        timeout = job.timeout.as_secs().max(1),
        image = quoted(&around.image),
    );
    vec![File {
        path: format!("qaduct-{name}.yaml"),
        text: text + &object,
    }]
}
