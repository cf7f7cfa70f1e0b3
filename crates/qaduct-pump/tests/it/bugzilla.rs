//! Bugzilla through a store: what is asked for less of, and more.

use qaduct_records::stream::GONE;
use qaduct_records::{Outcome, Test, Value};
use qaduct_replay::Options;

use crate::bench::Bench;

const ALL: &[&str] = &["products"];

fn bench() -> Bench {
    Bench::with("bugzilla", 60, Options::default())
}

impl Bench {
    /// How a product is gone; empty while it is there.
    fn how(&self, product: &str) -> Vec<String> {
        let name = Some(("name", Test::In(vec![Value::from(product)])));
        self.values_where("bugzilla_products", GONE, name)
    }
}

#[test]
fn a_pull_of_one_project_takes_no_other_product_away() {
    let mut bench = bench();
    bench.pull("Fenix+Core", ALL);
    assert_eq!(bench.values("bugzilla_products", "name"), ["Core", "Fenix"]);
    let components = bench.values("bugzilla_components", "component_id");
    bench.narrowed = true;
    let pulled = bench.pull("Fenix", ALL);
    assert_eq!(pulled.run.outcome, Outcome::Limited);
    assert_eq!(bench.values("bugzilla_products", "name"), ["Core", "Fenix"]);
    assert_eq!(
        bench.values("bugzilla_components", "component_id"),
        components
    );
}

#[test]
fn a_pull_of_one_query_takes_no_product_away_now_or_later() {
    let mut bench = bench();
    bench.pull("Fenix+Core", ALL);
    bench.narrowed = true;
    bench.queries = [("mine".to_owned(), "product=Fenix".to_owned())].into();
    bench.pull("", ALL);
    bench.narrowed = false;
    bench.pull("Fenix+Core", ALL);
    assert_eq!(bench.values("bugzilla_products", "name"), ["Core", "Fenix"]);
    assert_eq!(bench.how("GeckoView"), ["unasked"], "it is there still");
}

#[test]
fn a_product_that_is_taken_out_of_the_settings_is_no_longer_asked_for_and_one_that_is_not_shown_is_hidden()
 {
    let mut bench = bench();
    bench.pull("Fenix+Core", ALL);
    bench.pull("Core", ALL);
    assert_eq!(bench.how("Fenix"), ["unasked"]);
    bench.pull("Fenix+Core", ALL);
    assert_eq!(bench.how("Fenix"), [""]);
    let fenix = |it: &serde_json::Value| it["name"] == "Fenix";
    let ids = bench.server.world().ids_where("bugzilla.products", fenix);
    for id in ids {
        bench.server.world().remove("bugzilla.products", &id);
    }
    bench.pull("Fenix+Core", ALL);
    assert_eq!(bench.how("Fenix"), ["hidden"]);
}
