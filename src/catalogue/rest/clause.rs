//! The search language: an Elasticsearch query read into a condition on the library.
//!
//! The operators are those our client or the official SDK sends. Anything else is refused in
//! words rather than ignored: a filter that is dropped silently would list too much.

use serde_json::Value;

use super::analysis::{Analysis, words};
use super::error::ApiError;
use super::field::{Field, Source};
use super::syntax::{among, field_value, folds, minimum_of, refuse, single, text, within};
use crate::catalogue::query::{Condition, Operand, Test};
use crate::catalogue::schema::Schema;

/// Reads queries against what the library knows about its own shape.
pub(super) struct Reader<'a> {
    /// Gives custom metadata and tags their meaning.
    pub(super) schema: &'a Schema,
    /// The guid of the glossary of this qualified name.
    pub(super) glossary: &'a dyn Fn(&str) -> Option<String>,
}

impl Reader<'_> {
    /// Reads `query`, an object with one operator.
    ///
    /// # Errors
    ///
    /// An operator that is not known, or one that is not written as it should be.
    pub(super) fn read(&self, query: &Value) -> Result<Condition, ApiError> {
        let (operator, body) = single(query, "query")?;
        match operator {
            "match_all" => Ok(Condition::Always),
            "match_none" => Ok(Condition::Never),
            "term" => self.term(body),
            "terms" => self.terms(body),
            "prefix" => self.prefix(body),
            "wildcard" => self.wildcard(body),
            "match" => self.words(body, false),
            "match_phrase" => self.words(body, true),
            "range" => self.range(body),
            "exists" => match body.get("field").and_then(Value::as_str) {
                Some(name) => Ok(self.on(&self.field(name), Test::Exists, false)),
                None => Err(refuse("[exists] must be provided with a [field]")),
            },
            "bool" => self.bool(body),
            "constant_score" => match body.get("filter") {
                Some(filter) => self.read(filter),
                None => Err(refuse("[constant_score] requires a 'filter' element")),
            },
            unknown => Err(refuse(&format!("unknown query [{unknown}]"))),
        }
    }

    fn field(&self, name: &str) -> Field {
        Field::named(name, self.schema)
    }

    /// `test` on whatever `field` was filled from.
    fn on(&self, field: &Field, test: Test, fold: bool) -> Condition {
        match &field.source {
            Source::Of(on) => Condition::Is {
                on: on.clone(),
                test,
                fold,
            },
            Source::Hierarchy => below(test),
            Source::TagText => self.tagged(&test),
            Source::Glossary => {
                let test = if let Test::Is(names) = test {
                    Test::Is(
                        names
                            .iter()
                            .filter_map(|name| (self.glossary)(name))
                            .collect(),
                    )
                } else {
                    test
                };
                Condition::exact(Operand::Glossary, test)
            }
            Source::Nothing => Condition::Never,
        }
    }

    /// Assets with a tag whose human name passes `test`.
    fn tagged(&self, wanted: &Test) -> Condition {
        let wanted = match wanted {
            Test::Exists => return Condition::exists(Operand::Tags),
            Test::Is(texts) => texts.iter().flat_map(|text| words(text)).collect(),
            Test::Words { words, .. } => words.clone(),
            Test::StartsWith(text)
            | Test::EndsWith(text)
            | Test::Contains(text)
            | Test::Wildcard(text) => words(text),
            Test::Range { .. } | Test::Among(..) => Vec::new(),
        };
        let tags = self.schema.tags.iter().filter(|tag| {
            words(&tag.display_name)
                .iter()
                .any(|word| wanted.contains(word))
        });
        Condition::exact(
            Operand::Tags,
            Test::Is(tags.map(|tag| tag.id.clone()).collect()),
        )
    }

    /// One of `values` as the index has it: whole, or as a word of the text.
    fn equal(&self, field: &Field, values: Vec<String>, fold: bool) -> Condition {
        match field.analysis {
            Analysis::Keyword => self.on(field, Test::Is(values), fold),
            Analysis::Folded => self.on(field, Test::Is(values), true),
            Analysis::Words => {
                let words = values.iter().map(|value| value.to_lowercase()).collect();
                self.on(field, Test::Words { words, all: false }, true)
            }
        }
    }

    fn term(&self, body: &Value) -> Result<Condition, ApiError> {
        let (name, value, options) = field_value("term", body)?;
        Ok(self.equal(&self.field(name), vec![text(value)?], folds(options)))
    }

    fn terms(&self, body: &Value) -> Result<Condition, ApiError> {
        let (name, value) = single(body, "terms")?;
        let values = value
            .as_array()
            .ok_or_else(|| refuse("[terms] query requires an array"))?;
        let values = values.iter().map(text).collect::<Result<Vec<_>, _>>()?;
        if values.is_empty() {
            return Ok(Condition::Never);
        }
        Ok(self.equal(&self.field(name), values, false))
    }

    fn prefix(&self, body: &Value) -> Result<Condition, ApiError> {
        let (name, value, options) = field_value("prefix", body)?;
        let (field, start) = (self.field(name), text(value)?);
        Ok(match field.analysis {
            Analysis::Keyword => self.on(&field, Test::StartsWith(start), folds(options)),
            Analysis::Folded => self.on(&field, Test::StartsWith(start), true),
            Analysis::Words => Condition::Or(vec![
                self.on(&field, Test::StartsWith(start.clone()), true),
                self.on(&field, Test::Contains(format!(" {start}")), true),
            ]),
        })
    }

    fn wildcard(&self, body: &Value) -> Result<Condition, ApiError> {
        let (name, value, options) = field_value("wildcard", body)?;
        let field = self.field(name);
        let fold = folds(options) || field.analysis != Analysis::Keyword;
        Ok(self.on(&field, Test::Wildcard(text(value)?), fold))
    }

    fn words(&self, body: &Value, phrase: bool) -> Result<Condition, ApiError> {
        let (name, value, options) = field_value("match", body)?;
        let (field, wanted) = (self.field(name), text(value)?);
        if field.analysis != Analysis::Words {
            return Ok(self.equal(&field, vec![wanted], false));
        }
        if phrase {
            return Ok(self.on(&field, Test::Contains(wanted), true));
        }
        let all = options
            .and_then(|options| options.get("operator"))
            .and_then(Value::as_str)
            .is_some_and(|operator| operator.eq_ignore_ascii_case("and"));
        Ok(match words(&wanted) {
            words if words.is_empty() => Condition::Never,
            words => self.on(&field, Test::Words { words, all }, true),
        })
    }

    fn range(&self, body: &Value) -> Result<Condition, ApiError> {
        let (name, ends) = single(body, "range")?;
        let ends = ends
            .as_object()
            .ok_or_else(|| refuse("[range] query has no ends"))?;
        let field = self.field(name);
        let is_text = matches!(field.operand(), Some(Operand::Guid));
        let test = if is_text { among(ends) } else { within(ends) };
        Ok(self.on(&field, test?, false))
    }

    fn bool(&self, body: &Value) -> Result<Condition, ApiError> {
        let map = body
            .as_object()
            .ok_or_else(|| refuse("[bool] is not an object"))?;
        let mut all = Vec::new();
        let mut should = Vec::new();
        let mut minimum = None;
        let mut required = false;
        for (key, value) in map {
            match key.as_str() {
                "must" | "filter" => {
                    let clauses = self.list(value)?;
                    required |= !clauses.is_empty();
                    all.extend(clauses);
                }
                "must_not" => all.extend(self.list(value)?.into_iter().map(Condition::negated)),
                "should" => should = self.list(value)?,
                "minimum_should_match" => minimum = Some(value),
                "boost" | "_name" | "adjust_pure_negative" => {}
                unknown => {
                    return Err(refuse(&format!(
                        "[bool] query does not support [{unknown}]"
                    )));
                }
            }
        }
        let minimum = match minimum {
            Some(value) => minimum_of(value, should.len())?,
            None => usize::from(!required && !should.is_empty()),
        };
        match minimum {
            0 => {}
            1 => all.push(Condition::Or(should)),
            more => all.push(Condition::AtLeast(more, should)),
        }
        Ok(match all.len() {
            0 => Condition::Always,
            _ => Condition::And(all),
        })
    }

    /// One clause or a list of them; null and absent are the same.
    fn list(&self, value: &Value) -> Result<Vec<Condition>, ApiError> {
        match value {
            Value::Array(list) => list.iter().map(|clause| self.read(clause)).collect(),
            Value::Null => Ok(Vec::new()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                Ok(vec![self.read(value)?])
            }
        }
    }
}

/// Assets whose qualified name lies below what `test` names.
fn below(wanted: Test) -> Condition {
    let start = |parent: &str| {
        let start = Test::StartsWith(format!("{}/", parent.trim_end_matches('/')));
        Condition::exact(Operand::QualifiedName, start)
    };
    match wanted {
        Test::Is(parents) => Condition::Or(parents.iter().map(|parent| start(parent)).collect()),
        Test::StartsWith(text) => Condition::exact(Operand::QualifiedName, Test::StartsWith(text)),
        Test::Exists => Condition::exact(Operand::QualifiedName, Test::Contains("/".to_owned())),
        Test::EndsWith(_)
        | Test::Contains(_)
        | Test::Wildcard(_)
        | Test::Words { .. }
        | Test::Among(..)
        | Test::Range { .. } => Condition::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::query::Bound;
    use crate::catalogue::rest::error::BAD_QUERY;
    use serde_json::json;

    fn read(query: &Value) -> Result<Condition, ApiError> {
        Reader {
            schema: &Schema::default(),
            glossary: &|_| None,
        }
        .read(query)
    }

    fn is(on: Operand, values: &[&str]) -> Condition {
        Condition::exact(
            on,
            Test::Is(values.iter().map(|text| (*text).to_owned()).collect()),
        )
    }

    #[test]
    fn a_term_may_be_written_short_or_long() {
        let short = read(&json!({"term": {"__state": "ACTIVE"}})).unwrap();
        let long = json!({"term": {"__state": {"value": "ACTIVE", "case_insensitive": false}}});
        assert_eq!(short, is(Operand::Status, &["ACTIVE"]));
        assert_eq!(read(&long).unwrap(), short);
        let folded = json!({"term": {"qualifiedName": {"value": "a", "case_insensitive": true}}});
        let expected = Condition::folded(Operand::QualifiedName, Test::Is(vec!["a".into()]));
        assert_eq!(read(&folded).unwrap(), expected);
    }

    #[test]
    fn filters_count_as_musts_and_leave_should_optional() {
        let query = json!({"bool": {
            "filter": [{"term": {"__state": "ACTIVE"}}],
            "must": {"exists": {"field": "certificateStatus"}},
            "must_not": [{"term": {"__guid": "x"}}],
            "should": [{"match_all": {}}],
        }});
        let expected = Condition::And(vec![
            is(Operand::Status, &["ACTIVE"]),
            Condition::exists(Operand::Attribute("certificateStatus".into())),
            is(Operand::Guid, &["x"]).negated(),
        ]);
        assert_eq!(read(&query).unwrap(), expected);
    }

    #[test]
    fn should_alone_needs_one_unless_a_minimum_says_otherwise() {
        let three = || vec![Condition::Always; 3];
        let minimum = |extra: Value| {
            let all = json!({"match_all": {}});
            let mut query = json!({"should": [all, all, all]});
            if !extra.is_null() {
                query["minimum_should_match"] = extra;
            }
            let read = read(&json!({ "bool": query })).unwrap();
            let Condition::And(mut only) = read else {
                panic!("{read:?}");
            };
            only.remove(0)
        };
        assert_eq!(minimum(Value::Null), Condition::Or(three()));
        assert_eq!(minimum(json!(2)), Condition::AtLeast(2, three()));
        assert_eq!(minimum(json!("67%")), Condition::AtLeast(2, three()));
        assert_eq!(minimum(json!(-1)), Condition::AtLeast(2, three()));
    }

    #[test]
    fn an_unknown_operator_is_refused_with_its_name() {
        let error = read(&json!({"bool": {"must": [{"script": {}}]}})).unwrap_err();
        assert_eq!(error, BAD_QUERY.with(&["unknown query [script]"]));
    }

    #[test]
    fn no_terms_match_nothing() {
        assert_eq!(
            read(&json!({"terms": {"__guid": []}})).unwrap(),
            Condition::Never
        );
    }

    #[test]
    fn a_range_knows_which_ends_belong_to_it() {
        let range = read(&json!({"range": {"__timestamp": {"gte": 5, "lt": 9}}})).unwrap();
        let min = Some(Bound {
            value: 5.0,
            inclusive: true,
        });
        let max = Some(Bound {
            value: 9.0,
            inclusive: false,
        });
        assert_eq!(
            range,
            Condition::exact(Operand::Created, Test::Range { min, max })
        );
    }

    #[test]
    fn names_are_matched_by_words_and_their_keyword_without_case() {
        let words = read(&json!({"match": {"name": "Winter Jacket"}})).unwrap();
        let test = Test::Words {
            words: vec!["winter".into(), "jacket".into()],
            all: false,
        };
        assert_eq!(words, Condition::folded(Operand::Name, test));
        let keyword = read(&json!({"term": {"name.keyword": "Winter"}})).unwrap();
        assert_eq!(
            keyword,
            Condition::folded(Operand::Name, Test::Is(vec!["Winter".into()]))
        );
    }

    #[test]
    fn what_lies_below_a_container_begins_with_its_name() {
        let below = read(&json!({"term": {"__qualifiedNameHierarchy": "default/db"}})).unwrap();
        let start = Test::StartsWith("default/db/".into());
        assert_eq!(
            below,
            Condition::Or(vec![Condition::exact(Operand::QualifiedName, start)])
        );
    }
}
