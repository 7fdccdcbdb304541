//! Single values: checking one against the shape of its key.

use toml::de::DeValue;

use super::{
    SecretSource, StopAfter,
    keys::{Key, Shape, nearest},
    problem::shown,
};

/// A checked value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// Text, an address or a word.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(u32),
    /// The way to a secret.
    Secret(SecretSource),
}

/// Checks a value of the file.
pub(super) fn read(key: &Key, value: &DeValue<'_>) -> Result<Raw, String> {
    match (key.shape, value) {
        (Shape::Secret, value) => secret(key, value),
        (Shape::Flag, DeValue::Boolean(flag)) => Ok(Raw::Flag(*flag)),
        (Shape::Number { .. }, DeValue::Integer(number)) if number.radix() == 10 => {
            word(key, &number.as_str().replace('_', ""))
        }
        (Shape::Text | Shape::Address | Shape::Choice(_) | Shape::Rule, DeValue::String(text)) => {
            word(key, text)
        }
        (Shape::Rule, DeValue::Integer(number)) => word(key, number.as_str()),
        (shape, other) => Err(format!(
            "`{}` wants {}, not {}",
            key.name,
            wants(shape),
            kind(other)
        )),
    }
}

/// Checks a value written as a word: in a flag, a variable, or a string of the file.
pub(super) fn word(key: &Key, text: &str) -> Result<Raw, String> {
    let name = key.name;
    match key.shape {
        Shape::Text if text.trim().is_empty() => Err(format!("`{name}` is empty")),
        Shape::Rule if StopAfter::read(text).is_none() => {
            Err(format!("`{name}` wants {}", wants(key.shape)))
        }
        Shape::Text | Shape::Rule => Ok(Raw::Text(text.to_owned())),
        Shape::Address => address(name, text).map(Raw::Text),
        Shape::Choice(words) if words.contains(&text) => Ok(Raw::Text(text.to_owned())),
        // Never accepted without being kept to.
        Shape::Choice(_) if name == "review" && text == "two-person" => Err(
            "`review` can't be `two-person` yet: nothing would keep one person from submitting \
             alone; write `self` or `off`"
                .to_owned(),
        ),
        Shape::Choice(words) => Err(match nearest(text, words.iter().copied()) {
            Some(near) => format!(
                "`{name}` can't be `{}`; did you mean `{near}`?",
                shown(text)
            ),
            None => format!(
                "`{name}` can't be `{}`; it can be {}",
                shown(text),
                words.join(", ")
            ),
        }),
        Shape::Flag => match text {
            "true" | "1" | "yes" | "on" => Ok(Raw::Flag(true)),
            "false" | "0" | "no" | "off" => Ok(Raw::Flag(false)),
            _ => Err(format!("`{name}` wants true or false")),
        },
        Shape::Number { least, most } => text
            .parse()
            .ok()
            .filter(|number| (least..=most).contains(number))
            .map(Raw::Number)
            .ok_or_else(|| format!("`{name}` wants {}", wants(key.shape))),
        Shape::Secret => Err(plain_text(name)),
    }
}

fn address(name: &str, text: &str) -> Result<String, String> {
    let text = text.trim();
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let Some(rest) = rest else {
        return Err(format!(
            "`{name}` wants an address that begins with https:// or http://"
        ));
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    if host.contains('@') {
        return Err(format!(
            "`{name}` holds a user name or a password; leave only the address"
        ));
    }
    if host.is_empty() || host.starts_with(':') || text.contains(char::is_whitespace) {
        return Err(format!("`{name}` is not an address"));
    }
    if rest.contains(['?', '#']) {
        return Err(format!("`{name}` wants an address without `?` and `#`"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn secret(key: &Key, value: &DeValue<'_>) -> Result<Raw, String> {
    let table = match value {
        DeValue::Table(table) => table,
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_) => return Err(plain_text(key.name)),
    };
    let one = (table.len() == 1).then(|| table.iter().next()).flatten();
    let source = one.and_then(
        |(way, value)| match (way.get_ref().as_ref(), value.get_ref()) {
            ("env", DeValue::String(name)) if is_variable(name) => {
                Some(SecretSource::Environment(name.to_string()))
            }
            ("command", DeValue::Array(words)) if !words.is_empty() => words
                .iter()
                .map(|word| word.get_ref().as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map(SecretSource::Command),
            _ => None,
        },
    );
    source.map(Raw::Secret).ok_or_else(|| {
        format!(
            "`{0}` wants {{ env = \"NAME\" }} or {{ command = [\"PROGRAM\", \"ARGUMENT\"] }}",
            key.name
        )
    })
}

fn plain_text(name: &str) -> String {
    let variable = format!("MY_{}", name.to_uppercase());
    format!(
        "`{name}` is not written in plain text; write {{ env = \"{variable}\" }} and set that \
         variable, or {{ command = [\"pass\", \"show\", \"library\"] }}"
    )
}

pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0', ' ', '$'])
}

fn wants(shape: Shape) -> String {
    match shape {
        Shape::Text => "text in quotes".to_owned(),
        Shape::Address => "an address in quotes".to_owned(),
        Shape::Flag => "true or false".to_owned(),
        Shape::Number { least, most } => format!("a whole number from {least} to {most}"),
        Shape::Choice(words) => format!("one of \"{}\"", words.join("\", \"")),
        Shape::Rule => "`10`, `20%`, `10 or 20%` or `never`".to_owned(),
        Shape::Secret => "the way to a secret".to_owned(),
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
