//! What edits make of values.

use super::*;

fn apply(kind: FieldKind, edit: &Edit, value: &Value) -> Value {
    edit.prepare(&Field::plain("F", kind))
        .unwrap()
        .apply(0, value)
}

fn replace(find: &str, with: &str, regex: bool) -> Edit {
    Edit::Replace {
        find: find.into(),
        with: with.into(),
        regex,
        case: true,
    }
}

#[test]
fn a_value_that_means_the_same_is_left_as_it_is_spelled() {
    let made = |kind, before: &str, set: &str| {
        let edit = Edit::Set(Value::text(set));
        let field = Field::plain("field", kind);
        let made = edit.prepare(&field).unwrap().apply(0, &Value::text(before));
        made.display().into_owned()
    };
    assert_eq!(made(FieldKind::Number, "10.0", "10"), "10.0");
    assert_eq!(made(FieldKind::Boolean, "true", "TRUE"), "true");
    assert_eq!(made(FieldKind::Boolean, "false", "TRUE"), "true");
    assert_eq!(made(FieldKind::Integer, "1", " 1999 "), "1999");
    assert_eq!(made(FieldKind::Text, "10.0", "10"), "10");
}

#[test]
fn what_is_no_number_is_refused_by_a_number() {
    for wrong in ["NaN", "inf", "-Infinity", "1e999", "ten"] {
        let field = Field::plain("width", FieldKind::Number);
        let why = check(&field, &Value::text(wrong)).unwrap_err().to_string();
        assert!(why.contains("is not a number"), "{why}");
    }
}

#[test]
fn a_regex_replaces_every_match_with_its_groups() {
    let edit = replace(r"(\w+) jacket\b", "$1 coat", true);
    let value = Value::text("Long jacket, short jacket");
    assert_eq!(
        apply(FieldKind::Text, &edit, &value),
        Value::text("Long coat, short coat")
    );
}

#[test]
fn plain_text_is_not_read_as_a_pattern() {
    let edit = replace("a.b", "$1", false);
    assert_eq!(
        apply(FieldKind::Text, &edit, &Value::text("a.b axb")),
        Value::text("$1 axb")
    );
}

#[test]
fn a_bad_pattern_names_its_place() {
    let edit = replace("jacket(", "x", true);
    let error = edit
        .prepare(&Field::plain("F", FieldKind::Text))
        .unwrap_err();
    let EditError::Pattern { position, why } = error else {
        panic!("{error}")
    };
    assert_eq!((position, why.as_str()), (7, "unclosed group"));
}

#[test]
fn adding_a_tag_keeps_the_others() {
    let edit = Edit::AddTags(vec!["outerwear".into()]);
    assert_eq!(
        apply(FieldKind::Tags, &edit, &Value::list(["blue"])),
        Value::list(["blue", "outerwear"])
    );
}

#[test]
fn empty_text_never_means_clear_unless_it_was_asked() {
    assert_eq!(
        apply(
            FieldKind::Text,
            &Edit::Append(String::new()),
            &Value::text("a")
        ),
        Value::text("a")
    );
    assert_eq!(
        apply(FieldKind::Text, &Edit::Clear, &Value::text("a")),
        Value::Absent
    );
}

#[test]
fn a_locked_field_is_refused_with_its_reason() {
    let error = Edit::Clear
        .prepare(&Field::locked("SKU", FieldKind::Text, "read-only"))
        .unwrap_err();
    assert_eq!(error.to_string(), "SKU can't be edited: read-only");
}
