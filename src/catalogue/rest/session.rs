//! Who calls: the bearer token of a request, and the road of an admitted one.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::error::{ApiError, UNAUTHENTICATED};
use super::lag::{self, Lag};
use super::switches::RestSwitches;
use crate::catalogue::accounts::Account;
use crate::catalogue::database::Library;
use crate::catalogue::faults::{Call, Permit};
use crate::catalogue::state::ServerState;
use crate::catalogue::writes::{Author, Face};

/// A caller who has signed in.
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// Who it is.
    pub(super) account: Account,
    /// The id the caller gave the request, or one made here.
    pub(super) request: String,
    /// How far the index is behind.
    pub(super) lag: Lag,
}

impl FromRequestParts<ServerState> for Session {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &ServerState,
    ) -> Result<Self, Self::Rejection> {
        let text = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let switches = parts.extensions.get::<RestSwitches>();
        let redirects = switches.is_none_or(|switches| switches.login_redirect);
        let token = text(AUTHORIZATION.as_str())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let account = token
            .filter(|_| !state.faults.wrong_region())
            .and_then(|token| state.accounts.by_token(token));
        match account {
            Some(account) => Ok(Self {
                account: account.clone(),
                request: text("x-atlan-request-id")
                    .map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned),
                lag: parts.extensions.get::<Lag>().cloned().unwrap_or_default(),
            }),
            // A program says so and gets a clean answer; anybody else is taken for a browser.
            None if redirects && text("x-requested-with") != Some("XMLHttpRequest") => {
                Err(ApiError::Login)
            }
            None => Err(UNAUTHENTICATED.with(&[])),
        }
    }
}

impl Session {
    /// Does `work` for this caller: after the faults asked for have had their say, off the
    /// network's threads, in the name of the caller.
    pub(super) async fn carry_out<T, F>(self, state: &ServerState, call: Call, work: F) -> Response
    where
        T: IntoResponse + Send + 'static,
        F: FnOnce(&Library, &Author) -> Result<T, ApiError> + Send + 'static,
    {
        self.carry_out_as(state, call, |library, author, _| work(library, author))
            .await
    }

    /// The same for work that can itself go wrong on request.
    pub(super) async fn carry_out_as<T, F>(
        self,
        state: &ServerState,
        call: Call,
        work: F,
    ) -> Response
    where
        T: IntoResponse + Send + 'static,
        F: FnOnce(&Library, &Author, Permit) -> Result<T, ApiError> + Send + 'static,
    {
        let permit = match state.admit(&call).await {
            Ok(permit) => permit,
            Err(instead) => return instead,
        };
        let author = Author {
            face: Face::Rest,
            who: self.account.user_name,
            now: state.now(),
            request: self.request,
            pretend: permit.pretend,
        };
        let lag = self.lag;
        let result = state
            .with_library(move |library| {
                if !(lag.is_on() && call.write) {
                    return work(library, &author, permit);
                }
                let before = lag::find(library, &call.assets)?;
                let answer = work(library, &author, permit)?;
                lag.note(library, &call.assets, &before)?;
                Ok(answer)
            })
            .await;
        permit.seal(result.into_response())
    }
}
