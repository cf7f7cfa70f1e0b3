//! Objects in a bucket, against a server that checks every signature by itself.

use std::sync::Arc;

use qaduct_http::Sleep;
use qaduct_publish::bucket::{Access, Address, Bucket};
use qaduct_publish::{Effect, Mode, PublishError};
use qaduct_records::{Clock, Secret};
use qaduct_replay::{Options, Server, World};

const SECRET: &str = "pl4nted/s3cret+of=AWS";
const NOW: &str = "2026-11-21T08:00:00Z";

struct Still;

impl Clock for Still {
    fn now(&self) -> jiff::Timestamp {
        NOW.parse().unwrap()
    }
}

impl Sleep for Still {
    fn sleep(&self, _: std::time::Duration) -> bool {
        true
    }
}

fn serve() -> Server {
    let options = Options {
        credentials: vec![SECRET.to_owned()],
        clock: Some(Arc::new(|| NOW.parse().unwrap())),
        ..Options::default()
    };
    Server::start(World::empty(), options).unwrap()
}

fn access(server: &Server, secret: &str) -> Access {
    Access {
        key_id: "replay".to_owned(),
        secret: Secret::new(secret),
        session: Some(Secret::new("pl4nted-session")),
        region: "eu-central-1".to_owned(),
        endpoint: Some(server.url("s3").parse().unwrap()),
        path_style: true,
    }
}

fn put(access: &Access, to: &str, bytes: &str, mode: Mode) -> Result<Effect, PublishError> {
    let address = Address::parse(to).unwrap().unwrap();
    let bucket = Bucket::open(
        "[export.rows]",
        &address,
        access,
        Arc::new(Still),
        Arc::new(Still),
    )?;
    bucket.put(&address.key, "text/csv; charset=utf-8", bytes.into(), mode)
}

#[test]
fn an_object_is_put_once_as_long_as_its_bytes_are_the_same() {
    let server = serve();
    let access = access(&server, SECRET);
    let to = "s3://qa/sentry reports/fenix+ü/2026-11-21.csv";
    let puts = || server.log().iter().filter(|it| it.method == "PUT").count();
    assert_eq!(
        put(&access, to, "a,b\n", Mode::DryRun).unwrap(),
        Effect::Created
    );
    assert_eq!(puts(), 0);
    assert_eq!(
        put(&access, to, "a,b\n", Mode::Write).unwrap(),
        Effect::Created
    );
    assert_eq!(
        put(&access, to, "a,b\n", Mode::Write).unwrap(),
        Effect::Unchanged
    );
    assert_eq!(puts(), 1);
    assert_eq!(
        put(&access, to, "a,c 🦊\n", Mode::Write).unwrap(),
        Effect::Updated
    );
    assert_eq!(puts(), 2);
    // Google speaks the same; the bucket stands in the path.
    assert_eq!(
        put(&access, "gs://qa.example/x", "", Mode::Write).unwrap(),
        Effect::Created
    );
    let world = server.world();
    let object = world.collection("s3.objects").all().next().unwrap();
    assert_eq!(object["text"], "a,c 🦊\n");
    assert_eq!(object["type"], "text/csv; charset=utf-8");
    drop(world);
    assert_eq!(server.violations(), [""; 0]);
}

#[test]
fn a_wrong_key_and_a_missing_bucket_are_named_and_no_secret_is_shown() {
    let server = serve();
    let wrong = "pl4nted-wrong-s3cret";
    let error = put(&access(&server, wrong), "s3://qa/a.csv", "a", Mode::Write).unwrap_err();
    let said = format!("{error} {error:?} {:?}", access(&server, wrong));
    assert!(
        said.contains("status 403") && !said.contains(wrong),
        "{said}"
    );
    assert!(error.hint().unwrap().contains("s3:PutObject"), "{said}");
    let error = put(
        &access(&server, SECRET),
        "s3://missing/a.csv",
        "a",
        Mode::Write,
    )
    .unwrap_err();
    assert!(
        error.to_string().ends_with("status 404: NoSuchBucket"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("no such bucket"), "{error}");
    for seen in server.log() {
        assert!(!format!("{seen:?}").contains(SECRET));
    }
}

#[test]
fn a_put_that_breaks_off_is_made_again() {
    let server = serve();
    let access = access(&server, SECRET);
    for fault in ["503@s3:2", "reset@s3:2", "500+1@s3:1"] {
        server.set_faults(&[fault.parse().unwrap()]);
        put(&access, "s3://qa/a.csv", fault, Mode::Write).unwrap();
        assert_eq!(
            put(&access, "s3://qa/a.csv", fault, Mode::Write).unwrap(),
            Effect::Unchanged
        );
    }
}

#[test]
fn what_goes_over_the_network_is_protected() {
    let server = serve();
    let mut access = access(&server, SECRET);
    access.endpoint = Some("http://minio.example.org/".parse().unwrap());
    let error = put(&access, "s3://qa/a.csv", "a", Mode::Write).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[export.rows]: `http://minio.example.org/` is an address without TLS"
    );
}
