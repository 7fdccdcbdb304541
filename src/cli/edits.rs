//! Reads the edits of `stage` in the order they were given.

use clap::ArgMatches;

use crate::domain::{
    CertificateStatus, Edit, FieldKey, FieldKind, Schema, Template, Value, edit::tags,
    text::pointed,
};

/// An edit of one field, as the command line asked for it.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedEdit {
    /// The field.
    pub field: FieldKey,
    /// What to do with it.
    pub edit: Edit,
}

/// The options that ask for an edit of a field, in the order the user wrote them.
const FLAGS: [&str; 7] = [
    "set",
    "append",
    "prepend",
    "replace",
    "clear",
    "add_tag",
    "remove_tag",
];

/// What a command line asks of its assets.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Edits of fields, in their order.
    pub edits: Vec<AskedEdit>,
    /// A status with a message, or none to take the certificate away.
    pub certificate: Option<(Option<CertificateStatus>, Template)>,
    /// An asset by name or id, a rule on the name, or `none`.
    pub thumbnail: Option<String>,
}

impl Asked {
    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.certificate.is_none() && self.thumbnail.is_none()
    }
}

/// The edits of a `stage` command line.
///
/// # Errors
///
/// What is wrong with one of them, in words.
pub fn read(matches: &ArgMatches, schema: &Schema) -> Result<Asked, String> {
    let mut given: Vec<(usize, &str, &String)> = Vec::new();
    for flag in FLAGS {
        let places = matches.indices_of(flag).into_iter().flatten();
        let values = matches.get_many::<String>(flag).into_iter().flatten();
        given.extend(
            places
                .zip(values)
                .map(|(place, value)| (place, flag, value)),
        );
    }
    given.sort_unstable_by_key(|(place, ..)| *place);
    let mut all = Asked {
        certificate: certificate(matches, schema)?,
        thumbnail: matches.get_one::<String>("thumbnail").cloned(),
        ..Asked::default()
    };
    let asked = &mut all.edits;
    for (_, flag, value) in given {
        let edit = one(flag, value, schema)?;
        match asked.last_mut() {
            // Several tags for one field in a row are one edit.
            Some(last) if last.field == edit.field => match (&mut last.edit, edit.edit) {
                (Edit::AddTags(tags), Edit::AddTags(more))
                | (Edit::RemoveTags(tags), Edit::RemoveTags(more)) => tags.extend(more),
                (_, other) => asked.push(AskedEdit {
                    field: edit.field,
                    edit: other,
                }),
            },
            _ => asked.push(edit),
        }
    }
    Ok(all)
}

fn one(flag: &str, value: &str, schema: &Schema) -> Result<AskedEdit, String> {
    if flag == "clear" {
        return Ok(AskedEdit {
            field: field(value, schema)?.0,
            edit: Edit::Clear,
        });
    }
    let (name, text) = value.split_once('=').ok_or_else(|| {
        format!(
            "--{} needs FIELD=VALUE, not `{value}`",
            flag.replace('_', "-")
        )
    })?;
    let (field, multiple) = field(name, schema)?;
    let text = text.to_owned();
    let edit = match flag {
        "set" if text.is_empty() => {
            return Err(format!(
                "--set {name}= is empty; to take the value away use --clear {name}"
            ));
        }
        "set" if multiple => Edit::Set(Value::list(tags(&text)?)),
        "set" => Edit::Set(Value::text(text)),
        "append" if multiple => Edit::AddTags(tags(&text)?),
        "append" => Edit::Append(text),
        "prepend" if multiple => match tags(&text)?.as_slice() {
            [tag] => Edit::Prepend(tag.clone()),
            _ => return Err(format!("--prepend {name}: one tag at a time")),
        },
        "prepend" => Edit::Prepend(text),
        "add_tag" => Edit::AddTags(tags(&text)?),
        "remove_tag" => Edit::RemoveTags(tags(&text)?),
        _ => replace(name, &text)?,
    };
    Ok(AskedEdit { field, edit })
}

fn field(name: &str, schema: &Schema) -> Result<(FieldKey, bool), String> {
    schema
        .field(name)
        .map(|field| (field.key.clone(), field.kind == FieldKind::Tags))
        .ok_or_else(|| {
            let near = schema.nearest(name);
            let hint = near
                .map(|key| format!("; did you mean {key}?"))
                .unwrap_or_default();
            format!("there is no field `{name}`{hint}")
        })
}

/// `/find/with/flags`; a mistake is shown at its place.
fn replace(name: &str, text: &str) -> Result<Edit, String> {
    Edit::replacing(text).map_err(|error| {
        format!(
            "--replace {name}: {error}\n{}",
            pointed(text, error.position)
        )
    })
}

/// The certificate asked for: its status, and its message with places for values.
fn certificate(
    matches: &ArgMatches,
    schema: &Schema,
) -> Result<Option<(Option<CertificateStatus>, Template)>, String> {
    let Some(word) = matches.get_one::<String>("certificate") else {
        return Ok(None);
    };
    let status = match word.as_str() {
        none if none.eq_ignore_ascii_case("none") => None,
        word => Some(word.parse().map_err(|error| format!("{error}"))?),
    };
    let message = matches
        .get_one::<String>("message")
        .map_or("", String::as_str);
    let message =
        Template::parse(message, schema).map_err(|error| format!("--message: {error}"))?;
    Ok(Some((status, message)))
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::{cli::args::Cli, domain::Field};

    fn edits(words: &[&str]) -> Result<Vec<AskedEdit>, String> {
        let words = ["armarius", "stage", "--query", "x"].iter().chain(words);
        let matches = Cli::command().try_get_matches_from(words).unwrap();
        Cli::from_arg_matches(&matches).unwrap();
        let fields = vec![
            Field::plain("Rights", FieldKind::Text),
            Field::plain("credit_line", FieldKind::Text),
            Field::plain("Keywords", FieldKind::Tags),
        ];
        let stage = matches.subcommand_matches("stage").unwrap();
        read(stage, &Schema { fields }).map(|asked| asked.edits)
    }

    #[test]
    fn edits_work_in_the_order_they_were_given() {
        let words = [
            "--append",
            "Rights=!",
            "--set",
            "Rights=Acme",
            "--append",
            "rights=?",
        ];
        let verbs: Vec<_> = edits(&words)
            .unwrap()
            .iter()
            .map(|one| one.edit.verb())
            .collect();
        assert_eq!(verbs, ["append", "set", "append"]);
    }

    #[test]
    fn a_slash_can_be_escaped_or_replaced_by_another_mark() {
        for text in [r"credit_line=/a\/b/c/", "credit_line=|a/b|c|"] {
            let asked = edits(&["--replace", text]).unwrap();
            let Edit::Replace {
                find,
                with,
                regex: true,
                case: true,
            } = &asked[0].edit
            else {
                panic!("{asked:?}")
            };
            assert_eq!((find.as_str(), with.as_str()), ("a/b", "c"));
        }
    }

    #[test]
    fn an_empty_value_is_never_taken_for_clearing() {
        let error = edits(&["--set", "Rights="]).unwrap_err();
        assert_eq!(
            error,
            "--set Rights= is empty; to take the value away use --clear Rights"
        );
    }

    #[test]
    fn a_mistyped_field_names_its_neighbour() {
        let error = edits(&["--set", "Rihgts=x"]).unwrap_err();
        assert_eq!(error, "there is no field `Rihgts`; did you mean Rights?");
    }

    #[test]
    fn several_tags_for_one_field_are_one_edit() {
        let asked = edits(&["--add-tag", "Keywords=a", "--add-tag", "Keywords=b"]).unwrap();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].edit, Edit::AddTags(vec!["a".into(), "b".into()]));
    }
}
