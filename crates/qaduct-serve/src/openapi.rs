//! `/api/openapi.json`: the API described for machines, made from the same
//! lists of columns and parameters that the server works with.

mod schema;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use qaduct_records::digest::digest;
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, HttpMethod, InfoBuilder, OpenApiBuilder, PathItem,
    PathsBuilder, Ref, ResponseBuilder,
};

use self::schema::{Shape, parameter};
use crate::app::App;
use crate::catalogue::{Catalogue, Resource};
use crate::etag;
use crate::parameters::{self, Face, Takes};

pub(crate) async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let document = app.openapi();
    let digest = digest([std::str::from_utf8(document).ok()]);
    let etag = format!("\"{digest}\"");
    let tag = [(header::ETAG, etag::header(&etag))];
    if etag::is_known(&headers, &etag) {
        return (StatusCode::NOT_MODIFIED, tag).into_response();
    }
    (
        tag,
        [(header::CONTENT_TYPE, "application/json")],
        Bytes::clone(document),
    )
        .into_response()
}

/// The document as JSON.
pub(crate) fn document(catalogue: &Catalogue, version: &str) -> String {
    let mut parts = Parts {
        paths: PathsBuilder::new(),
        components: ComponentsBuilder::new()
            .security_scheme(
                "bearer",
                scheme(HttpAuthScheme::Bearer, "The token of the server."),
            )
            .security_scheme(
                "basic",
                scheme(
                    HttpAuthScheme::Basic,
                    "Any user, with the token of the server as password.",
                ),
            )
            .schema("Error", schema::error()),
    };
    if let Some(mutes) = catalogue.mutes() {
        parts.resource(mutes, "Mute");
        parts.summary(mutes);
    }
    parts.resource(catalogue.runs(), "Run");
    for view in catalogue.views() {
        parts.view(view);
    }
    parts.server();

    let about = "Reads what qaduct keeps. All requests are GET or HEAD. Where the server has a token, \
                 all but `/healthz` need it.";
    let anybody = SecurityRequirement::default();
    let token = ["bearer", "basic"].map(|name| SecurityRequirement::new(name, [""; 0]));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("qaduct")
                .version(version)
                .description(Some(about)),
        )
        .paths(parts.paths)
        .components(Some(parts.components.build()))
        .security(Some(token.into_iter().chain([anybody])))
        .build()
        .to_pretty_json()
        .expect("the document consists of texts, lists and maps")
}

fn scheme(scheme: HttpAuthScheme, about: &str) -> SecurityScheme {
    SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(scheme)
            .description(Some(about))
            .build(),
    )
}

/// The document while it is put together.
struct Parts {
    paths: PathsBuilder,
    components: ComponentsBuilder,
}

impl Parts {
    /// A resource of the API: a page, and files with all rows.
    fn resource(&mut self, resource: &Resource, item: &str) {
        let name = &resource.name;
        let page = format!("{item}Page");
        self.schema(item, schema::row(resource));
        self.schema(&page, schema::page(item));
        let summary = format!("Lists {name}, a page at a time. `/api/v1/{name}.json` is the same.");
        let operation = self.listing(resource, Face::Page, &format!("list_{name}"), &summary);
        self.get(
            &format!("/api/v1/{name}"),
            operation,
            [("application/json", json(&page))],
        );
        for (extension, media, content) in [
            ("jsonl", "application/jsonl", json(item)),
            (
                "csv",
                "text/csv",
                ContentBuilder::new().schema(Some(schema::text())).build(),
            ),
        ] {
            let summary = format!("All {name} in one file.");
            let id = format!("export_{name}_{extension}");
            let operation = self.listing(resource, Face::All, &id, &summary);
            self.get(
                &format!("/api/v1/{name}.{extension}"),
                operation,
                [(media, content)],
            );
        }
    }

    /// A document for Redash.
    fn view(&mut self, resource: &Resource) {
        let name = &resource.name;
        let component = format!("Redash_{name}");
        self.schema(&component, schema::redash(&schema::view_columns(resource)));
        let summary = format!("`{name}` for Redash.");
        let operation = self.listing(resource, Face::Redash, &format!("redash_{name}"), &summary);
        self.get(
            &format!("/redash/{name}"),
            operation,
            [("application/json", json(&component))],
        );
    }

    /// The row of numbers.
    fn summary(&mut self, mutes: &Resource) {
        self.schema("Redash_summary", schema::redash(&schema::summary_columns()));
        let summary = "One row of numbers about the mutes that pass the filters.";
        let operation = self.listing(mutes, Face::Summary, "redash_summary", summary);
        self.get(
            "/redash/summary",
            operation,
            [("application/json", json("Redash_summary"))],
        );
    }

    /// What is about the server itself.
    fn server(&mut self) {
        self.schema("Health", schema::health());
        let health = OperationBuilder::new()
            .operation_id(Some("health"))
            .summary(Some(
                "Whether the store can be read, and how old its data is.",
            ))
            .securities(Some([SecurityRequirement::default()]));
        self.get("/healthz", health, [("application/json", json("Health"))]);
        let metrics = OperationBuilder::new()
            .operation_id(Some("metrics"))
            .summary(Some(
                "Numbers about data and server, as text of Prometheus or OpenMetrics.",
            ));
        let text = ContentBuilder::new().schema(Some(schema::text())).build();
        self.get(
            "/metrics",
            metrics,
            [("application/openmetrics-text", text)],
        );
    }

    /// An operation with the parameters of a resource. Those that mean the same
    /// everywhere are written once.
    fn listing(
        &mut self,
        resource: &Resource,
        face: Face,
        id: &str,
        summary: &str,
    ) -> OperationBuilder {
        let mut operation = OperationBuilder::new()
            .operation_id(Some(id))
            .summary(Some(summary))
            .description((!resource.about.is_empty()).then_some(resource.about.as_str()));
        for it in parameters::of(resource, face) {
            if it.takes == Takes::Limit {
                operation = operation.parameter(parameter(resource, &it));
                continue;
            }
            // The ledger and the view of test runs are both served as `runs`.
            let name = format!("{}.{}", resource.relation, it.name);
            operation =
                operation.parameter_ref(Ref::new(format!("#/components/parameters/{name}")));
            let components = std::mem::take(&mut self.components);
            self.components = components.parameter(name, parameter(resource, &it));
        }
        operation
    }

    fn schema(&mut self, name: &str, shape: Shape) {
        let components = std::mem::take(&mut self.components);
        self.components = components.schema(name, shape);
    }

    fn get<const N: usize>(
        &mut self,
        path: &str,
        operation: OperationBuilder,
        contents: [(&str, Content); N],
    ) {
        let mut ok = ResponseBuilder::new().description("What was asked for.");
        for (media, content) in contents {
            ok = ok.content(media, content);
        }
        let failed = |about: &str| {
            ResponseBuilder::new()
                .description(about)
                .content("application/json", json("Error"))
        };
        let mut operation: Operation = operation
            .response("200", ok)
            .response("401", failed("The token is missing or wrong."))
            .response(
                "421",
                failed("The server has no token and the host is not its machine."),
            )
            .response("503", failed("The store cannot be reached."))
            .build();
        if operation.parameters.is_some() {
            operation = OperationBuilder::from(operation)
                .response(
                    "304",
                    ResponseBuilder::new()
                        .description("The caller has it: `If-None-Match` names it."),
                )
                .response(
                    "400",
                    failed("A parameter is unknown or has a value that it cannot have."),
                )
                .build();
        }
        let paths = std::mem::take(&mut self.paths);
        self.paths = paths.path(path, PathItem::new(HttpMethod::Get, operation));
    }
}

fn json(component: &str) -> Content {
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(component)))
        .build()
}
