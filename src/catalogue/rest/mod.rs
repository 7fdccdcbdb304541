//! The REST face: the same library through the paths, bodies and codes of Atlan's metastore.
//!
//! [`router`] is the way in. `search` lists, `changes` writes whole assets (all of a request or
//! nothing, see `bulk`), `edits` writes parts of one, `reads` shows them as they are now.
//!
//! Source: Atlan's public metastore and what its official SDK sends. Where the two leave something
//! open there is a switch in [`RestSwitches`].

mod amend;
mod analysis;
mod answers;
mod audit;
mod bulk;
mod changes;
mod clause;
mod custom;
mod edits;
mod error;
mod evaluator;
mod field;
mod header;
mod images;
mod lag;
mod order;
mod people;
mod reads;
mod relations;
mod request;
mod search;
mod session;
mod switches;
mod syntax;
#[cfg(test)]
mod tests;
mod typedefs;
mod validation;
mod values;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{delete, get, post};
use axum::{Extension, Router};

use crate::catalogue::state::ServerState;
pub use switches::RestSwitches;

/// Every path of this face, with the behaviour the sources suggest.
pub fn router() -> Router<ServerState> {
    router_with(RestSwitches::default())
}

/// Every path of this face, switched as asked.
pub fn router_with(switches: RestSwitches) -> Router<ServerState> {
    Router::new()
        .merge(meta())
        .merge(service())
        .layer(Extension(images::Pictures::default()))
        .layer(Extension(lag::Lag::of(switches.index_lag_requests)))
        .layer(Extension(switches))
        .layer(from_fn(echo))
}

/// The metastore. The official SDK ends some paths with a slash, others not.
fn meta() -> Router<ServerState> {
    let bulk = || get(reads::bulk).post(changes::many).delete(edits::delete);
    let one = "/api/meta/entity/guid/{guid}";
    Router::new()
        .route("/api/meta/search/indexsearch", post(search::index))
        .route("/api/meta/search/count", post(search::count))
        .route("/api/meta/types/typedefs", get(reads::all_typedefs))
        .route("/api/meta/types/typedefs/", get(reads::all_typedefs))
        .route("/api/meta/types/typedef/name/{name}", get(reads::typedef))
        .route("/api/meta/entity", post(changes::single))
        .route("/api/meta/entity/bulk", bulk())
        .route("/api/meta/entity/bulk/", bulk())
        .route(
            "/api/meta/entity/bulk/classification",
            post(edits::tag_many),
        )
        .route("/api/meta/entity/restore/bulk", post(edits::restore))
        .route("/api/meta/entity/evaluator", post(evaluator::evaluate))
        .route("/api/meta/entity/auditSearch", post(audit::search))
        .route(
            "/api/meta/entity/uniqueAttribute/type/{type}",
            get(reads::by_unique).put(changes::by_unique),
        )
        .route(one, get(reads::by_guid))
        .route(&format!("{one}/header"), get(reads::header))
        .route(&format!("{one}/businessmetadata"), post(edits::custom_all))
        .route(
            &format!("{one}/businessmetadata/displayName"),
            post(edits::custom_by_name),
        )
        .route(
            &format!("{one}/businessmetadata/{{set}}"),
            post(edits::custom_set),
        )
        .route(&format!("{one}/classifications"), post(edits::add_tags))
        .route(
            &format!("{one}/classification/{{tag}}"),
            delete(edits::remove_tag),
        )
}

/// The people service.
fn service() -> Router<ServerState> {
    Router::new()
        .route("/api/service/users/current", get(people::current))
        .route("/api/service/whoami", get(people::current))
        .route("/api/service/users", get(people::users))
        .route("/api/service/v2/groups", get(people::groups))
        .route("/api/service/images", post(images::upload))
        .route("/api/service/images/{id}", get(images::picture))
}

/// Sends the caller's request id back, whatever the answer.
async fn echo(request: Request, next: Next) -> Response {
    const ID: &str = "x-atlan-request-id";
    let id = request.headers().get(ID).cloned();
    let mut response = next.run(request).await;
    if let Some(id) = id {
        response.headers_mut().insert(ID, id);
    }
    response
}
