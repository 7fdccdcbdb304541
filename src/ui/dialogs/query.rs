//! Reads a query against the schema of the endpoint.

use crate::{
    domain::{Query, query::QueryError},
    ui::component::Scene,
};

/// The query of a text, if it parses and its fields exist.
///
/// # Errors
///
/// With the place, and what would be right.
pub fn parsed(text: &str, scene: &Scene<'_>) -> Result<Query, QueryError> {
    let query = Query::parse(text)?;
    if !scene.workbench.schema.fields.is_empty() {
        query.check(&scene.workbench.schema)?;
    }
    Ok(query)
}
