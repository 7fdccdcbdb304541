//! Faults: found whatever the HTTP status and the shape, and told apart in five classes.

use crate::endpoint::{
    EndpointError,
    http::{HttpResponse, first_words},
};

use super::pull::{Pull, Unreadable};

/// The three elements that carry a code of the service.
const DETAILS: [&str; 3] = ["authenticationFault", "authorizationFault", "ipsApiFault"];

/// A fault as the service sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fault {
    /// The detail's code; empty for a fault without one.
    pub(super) code: String,
    /// The detail's reason, or the envelope's own text.
    pub(super) reason: String,
    /// The local name of the detail element; empty without one.
    pub(super) class: String,
}

/// Whether an element is a fault, wrapped or bare.
pub(super) fn is_fault(name: &str) -> bool {
    name == "Fault" || DETAILS.contains(&name)
}

/// Reads the fault the reader stands in.
pub(super) fn read(pull: &mut Pull<'_>, name: &str) -> Result<Fault, Unreadable> {
    let mut fault = Fault::default();
    let mut said = String::new();
    descend(pull, name, &mut fault, &mut said)?;
    if fault.reason.is_empty() {
        fault.reason = said;
    }
    Ok(fault)
}

fn descend(
    pull: &mut Pull<'_>,
    name: &str,
    fault: &mut Fault,
    said: &mut String,
) -> Result<(), Unreadable> {
    let inside_detail = DETAILS.contains(&name);
    if inside_detail {
        name.clone_into(&mut fault.class);
    }
    pull.each(|pull, child| match child {
        "code" if inside_detail => {
            fault.code = pull.token()?;
            Ok(())
        }
        "reason" if inside_detail => {
            fault.reason = pull.text()?.into_owned();
            Ok(())
        }
        "faultstring" | "Text" => {
            *said = pull.token()?;
            Ok(())
        }
        "faultcode" | "Value" => pull.skip(),
        other => descend(pull, other, fault, said),
    })
}

/// The fault as an error of the port.
pub(super) fn error(fault: Fault) -> EndpointError {
    let Fault {
        code,
        reason,
        class,
    } = fault;
    let number: u32 = code.parse().unwrap_or(0);
    let sign_in = class == "authenticationFault" || (10_000..20_000).contains(&number);
    let forbidden = class == "authorizationFault" || (20_000..30_000).contains(&number);
    if sign_in {
        EndpointError::SignIn {
            hint: sign_in_hint(&code).to_owned(),
            why: reason,
            code,
        }
    } else if forbidden && code != "20005" {
        EndpointError::Forbidden { code, why: reason }
    } else {
        EndpointError::Refused {
            code,
            why: if reason.is_empty() {
                "a fault without a text".to_owned()
            } else {
                reason
            },
        }
    }
}

fn sign_in_hint(code: &str) -> &'static str {
    match code {
        "10000" => "no credentials arrived: check user and password in the profile",
        "10002" => "the user is not known or not active: ask an administrator",
        _ => {
            "wrong user or password, or the account lives in another region: check url, user and \
             password in the profile"
        }
    }
}

/// An answer that is no envelope: a proxy's page, an empty body, something cut short.
pub(super) fn not_an_envelope(
    answer: &HttpResponse,
    reason: &Unreadable,
    writes: bool,
) -> EndpointError {
    let status = answer.status;
    if *reason == Unreadable::CutShort && answer.is_success() && !answer.body.is_empty() {
        return EndpointError::NoAnswer {
            why: reason.to_string(),
        };
    }
    let text = first_words(&answer.text());
    let text = if text.is_empty() {
        String::new()
    } else {
        format!(" \"{text}\"")
    };
    let code = status.to_string();
    let why = format!("HTTP {status}{text}");
    match status {
        200..=299 if answer.is_page() => EndpointError::Garbled {
            why: answer.page_words(),
            maybe_written: writes,
        },
        300..=399 => EndpointError::Garbled {
            why: elsewhere(answer),
            maybe_written: false,
        },
        401 | 407 => EndpointError::SignIn {
            code,
            why,
            hint: "something before the service wants to know who you are: check url and network"
                .to_owned(),
        },
        413 => EndpointError::Refused {
            code,
            why: "the call is too large".to_owned(),
        },
        500.. => EndpointError::Unavailable {
            why,
            maybe_written: writes && status != 503,
        },
        _ => EndpointError::Garbled {
            why: format!("{why}: {reason}"),
            // A refusal of the client's side carries nothing out.
            maybe_written: writes && answer.is_success(),
        },
    }
}

/// A redirect is never followed: what it would take along is meant for one address alone.
fn elsewhere(answer: &HttpResponse) -> String {
    let status = answer.status;
    let place: String = answer
        .header("location")
        .map(|place| place.split(['?', '#']).next().unwrap_or_default())
        .unwrap_or_default()
        .chars()
        .take(120)
        .collect();
    format!("HTTP {status}: it wants to send us to `{place}`, which is not followed")
}
