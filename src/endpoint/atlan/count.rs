//! How many assets there are, without listing any.

use crate::endpoint::{Census, EndpointError, http::HttpResponse};

use super::{Atlan, json, search};

impl Atlan {
    pub(super) async fn counted(&self) -> Result<Option<Census>, EndpointError> {
        let decode = |response: &HttpResponse| {
            let (total, _) = search::types(&json(response)?);
            let at_ms = response.served_ms();
            Ok(Some(Census { total, at_ms }))
        };
        self.read(&search::ask_types(), decode).await
    }
}
