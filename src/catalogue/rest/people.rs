//! The people service: who am I, users and groups, with the filters the official SDK sends.

use axum::extract::{RawQuery, State};
use serde_json::{Value, json};

use super::answers::Json;
use super::request::Query;
use crate::catalogue::accounts::Account;
use crate::catalogue::identity;
use crate::catalogue::state::ServerState;

use super::session::Session;

/// `GET /users/current` and `GET /whoami`.
pub(super) async fn current(session: Session) -> Json<Value> {
    let mut body = user(&session.account);
    body["userId"] = body["id"].clone();
    for key in ["disableableCredentialTypes", "requiredActions"] {
        body[key] = json!([]);
    }
    Json(body)
}

/// `GET /users`.
pub(super) async fn users(
    _session: Session,
    State(state): State<ServerState>,
    RawQuery(query): RawQuery,
) -> Json<Value> {
    let mut records: Vec<Value> = state.accounts.all().iter().map(user).collect();
    records.sort_by_key(|record| record["username"].as_str().unwrap_or_default().to_owned());
    Json(page(records, &Query::read(&query.unwrap_or_default())))
}

/// `GET /v2/groups`.
pub(super) async fn groups(
    _session: Session,
    State(state): State<ServerState>,
    RawQuery(query): RawQuery,
) -> Json<Value> {
    let group = |name: &str, alias: &str, count: usize| {
        json!({
            "id": identity::guid_of(&format!("group:{name}")).to_string(),
            "name": name,
            "alias": alias,
            "path": format!("/{name}"),
            "userCount": count,
            "attributes": { "alias": [alias] },
        })
    };
    let everybody = state.accounts.all().len();
    let records = vec![
        group("data_stewards", "Data Stewards", everybody.min(2)),
        group("librarians", "Librarians", everybody),
    ];
    Json(page(records, &Query::read(&query.unwrap_or_default())))
}

fn user(account: &Account) -> Value {
    let role = if account.role.ends_with("Admin") {
        "$admin"
    } else {
        "$member"
    };
    json!({
        "id": identity::guid_of(&format!("user:{}", account.user_name)).to_string(),
        "username": account.user_name,
        "email": account.email,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "enabled": true,
        "emailVerified": true,
        "createdTimestamp": 1_700_000_000_000_i64,
        "workspaceRole": role,
        "attributes": { "designation": [account.role] },
        "groupCount": 1,
        "roles": [],
        "personas": [],
    })
}

/// The records the query asks for: filtered, then cut. A page past the end is empty.
fn page(records: Vec<Value>, query: &Query) -> Value {
    let total = records.len();
    let filter: Value = query
        .get("filter")
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Value::Null);
    let found: Vec<Value> = records
        .into_iter()
        .filter(|record| fulfils(record, &filter))
        .collect();
    let matching = found.len();
    let records: Vec<Value> = found
        .into_iter()
        .skip(query.number("offset", 0))
        .take(query.number("limit", 20))
        .collect();
    json!({ "totalRecord": total, "filterRecord": matching, "records": records })
}

/// Whether `record` fulfils a filter such as `{"$and":[{"email":{"$ilike":"%ann%"}}]}`.
fn fulfils(record: &Value, filter: &Value) -> bool {
    let Some(conditions) = filter.as_object() else {
        return true;
    };
    conditions
        .iter()
        .all(|(key, wanted)| match (key.as_str(), wanted) {
            ("$and", Value::Array(list)) => list.iter().all(|one| fulfils(record, one)),
            ("$or", Value::Array(list)) => list.iter().any(|one| fulfils(record, one)),
            (_, wanted) => holds(record.get(key).unwrap_or(&Value::Null), wanted),
        })
}

fn holds(value: &Value, wanted: &Value) -> bool {
    let Some(operators) = wanted.as_object() else {
        return value == wanted;
    };
    operators
        .iter()
        .all(|(operator, operand)| match operator.as_str() {
            "$in" => operand.as_array().is_some_and(|list| list.contains(value)),
            "$eq" => value == operand,
            "$ne" => value != operand,
            "$like" | "$ilike" => {
                let fold = operator == "$ilike";
                let text = |value: &Value| {
                    let text = value.as_str().unwrap_or_default();
                    if fold {
                        text.to_lowercase()
                    } else {
                        text.to_owned()
                    }
                };
                like(&text(operand), &text(value))
            }
            _ => false,
        })
}

/// Whether `text` is of the form `pattern`, where `%` is any run of letters.
fn like(pattern: &str, text: &str) -> bool {
    let pieces: Vec<&str> = pattern.split('%').collect();
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return false;
    };
    if pieces.len() == 1 {
        return text == *first;
    }
    let Some(mut rest) = text
        .strip_prefix(first)
        .and_then(|rest| rest.strip_suffix(last))
    else {
        return false;
    };
    pieces[1..pieces.len() - 1]
        .iter()
        .all(|piece| match rest.split_once(piece) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => piece.is_empty(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Value> {
        vec![
            json!({"username": "jdoe", "email": "jdoe@example.com"}),
            json!({"username": "ann", "email": "Ann@example.com"}),
        ]
    }

    fn names(filter: &Value) -> Vec<String> {
        let query = format!("limit=20&offset=0&filter={filter}").replace('%', "%25");
        let found = page(people(), &Query::read(&query));
        let records = found["records"].as_array().unwrap();
        records
            .iter()
            .map(|one| one["username"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn people_are_found_by_part_of_their_address_by_name_and_by_a_list_of_names() {
        assert_eq!(names(&json!({"email": {"$ilike": "%ANN%"}})), ["ann"]);
        assert_eq!(names(&json!({"username": "jdoe"})), ["jdoe"]);
        assert_eq!(
            names(&json!({"$and": [{"username": {"$in": ["jdoe", "x"]}}]})),
            ["jdoe"]
        );
        assert_eq!(names(&Value::Null).len(), 2);
    }

    #[test]
    fn a_page_past_the_end_is_empty_and_still_counts_everybody() {
        let answer = page(people(), &Query::read("offset=100&limit=100"));
        assert_eq!(
            answer,
            json!({"totalRecord": 2, "filterRecord": 2, "records": []})
        );
    }

    #[test]
    fn a_percent_sign_stands_for_any_letters() {
        assert!(like("%stew%", "data stewards"));
        assert!(like("a%c", "abc"));
        assert!(!like("a%c", "abcd"));
        assert!(!like("abc", "abcd"));
    }
}
