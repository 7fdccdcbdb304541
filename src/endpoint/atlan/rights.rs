//! Rights asked about without writing: `POST /api/meta/entity/evaluator`.
//!
//! Whether a tenant lets API tokens ask is not documented; one that does not answers 403, 404 or
//! 405, and then nothing is known.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::{
    domain::Item,
    endpoint::{EndpointError, Rights},
};

use super::{
    Atlan,
    ask::Ask,
    json,
    vocabulary::{Slot, Vocabulary},
};

/// Changes a request asks about.
pub(super) const CHUNK: usize = 100;

/// Which right a change needs: the action, and the set of custom metadata if it is about one.
type Need<'a> = (&'static str, &'a str);

fn need<'a>(item: &Item, vocabulary: &'a Vocabulary) -> Need<'a> {
    match vocabulary.slot(&item.field) {
        Some(Slot::Custom { set, .. }) => ("ENTITY_UPDATE_BUSINESS_METADATA", set),
        Some(_) | None => ("ENTITY_UPDATE", ""),
    }
}

/// One question for each asset and right.
fn ask(items: &[Item], vocabulary: &Vocabulary) -> Ask {
    let mut asked: Vec<(&str, Need<'_>)> = Vec::new();
    let mut questions = Vec::new();
    for item in items {
        let question = (item.asset.as_str(), need(item, vocabulary));
        if asked.contains(&question) {
            continue;
        }
        asked.push(question);
        let (guid, (action, set)) = question;
        let mut one = json!({"action": action, "entityGuid": guid, "typeName": item.kind});
        if !set.is_empty() {
            one["businessMetadata"] = json!(set);
        }
        questions.push(one);
    }
    Ask::post("/api/meta/entity/evaluator", &Json::Array(questions))
}

/// Why each change is not allowed, if it is not. Answers are matched by asset and right, because
/// the server leaves out what it does not know.
fn told(items: &[Item], answer: &Json, vocabulary: &Vocabulary) -> Vec<Option<String>> {
    let mut refused: HashMap<(&str, &str, &str), &str> = HashMap::new();
    for one in answer.as_array().into_iter().flatten() {
        let text = |name: &str| one[name].as_str().unwrap_or_default();
        if one["allowed"] == json!(false) {
            let key = (text("entityGuid"), text("action"), text("businessMetadata"));
            refused.insert(key, text("errorCode"));
        }
    }
    let why = |item: &Item| {
        let (action, set) = need(item, vocabulary);
        let code = refused.get(&(item.asset.as_str(), action, set))?;
        Some(if code.is_empty() {
            "the server says that it would not allow it".to_owned()
        } else {
            format!("the server says that it would not allow it ({code})")
        })
    };
    items.iter().map(why).collect()
}

impl Atlan {
    pub(super) async fn asked_for_rights(&self, items: &[Item]) -> Result<Rights, EndpointError> {
        let vocabulary = self.vocabulary().await?;
        let mut all = Vec::with_capacity(items.len());
        for chunk in items.chunks(CHUNK) {
            match self.read(&ask(chunk, &vocabulary), json).await {
                Ok(answer) => all.extend(told(chunk, &answer, &vocabulary)),
                Err(
                    EndpointError::Forbidden { why, .. }
                    | EndpointError::Refused { why, .. }
                    | EndpointError::Garbled { why, .. },
                ) => {
                    return Ok(Rights::NotOffered(format!(
                        "the tenant does not let us ask: {why}"
                    )));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Rights::Told(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Value, endpoint::atlan::typedefs::Typedefs};

    fn item(asset: &str, field: &str) -> Item {
        Item {
            row: 0,
            asset: asset.into(),
            name: String::new(),
            kind: "Table".into(),
            field: field.into(),
            value_kind: crate::domain::FieldKind::Text,
            before: Value::Absent,
            wanted: Value::text("x"),
            delta: None,
            facts: Vec::new(),
        }
    }

    #[test]
    fn each_asset_is_asked_about_once_and_answers_are_matched_by_asset_and_action() {
        let vocabulary = Vocabulary::new(&Typedefs::default(), &[]);
        let items = [
            item("g-1", "description"),
            item("g-1", "userDescription"),
            item("g-2", "description"),
        ];
        let body: Json = serde_json::from_str(&ask(&items, &vocabulary).body).unwrap();
        assert_eq!(
            body,
            json!([
                {"action": "ENTITY_UPDATE", "entityGuid": "g-1", "typeName": "Table"},
                {"action": "ENTITY_UPDATE", "entityGuid": "g-2", "typeName": "Table"},
            ])
        );
        let answer = json!([
            {"typeName": "Table", "entityGuid": "g-2", "action": "ENTITY_UPDATE",
             "allowed": false, "errorCode": "ATLAS-403-00-001"},
        ]);
        let told = told(&items, &answer, &vocabulary);
        assert_eq!(told[..2], [None, None]);
        assert!(told[2].as_deref().unwrap().contains("ATLAS-403-00-001"));
    }
}
