//! The house rules, read from the source: who may name whom, who owns which crate, and the shape
//! of files. A cycle between modules can't even be written down here.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each module, and every module it may name. A row names only rows above it.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("table", &[]),
    ("flow", &["domain"]),
    ("endpoint", &["domain"]),
    ("submit", &["domain", "endpoint"]),
    ("store", &["domain"]),
    ("exchange", &["domain", "table"]),
    (
        "runtime",
        &["domain", "flow", "endpoint", "submit", "store", "exchange"],
    ),
    ("ui", &["domain", "flow"]),
    ("config", &[]),
    ("catalogue", &["table"]),
    (
        "cli",
        &[
            "domain",
            "table",
            "flow",
            "endpoint",
            "submit",
            "store",
            "exchange",
            "runtime",
            "ui",
            "config",
            "catalogue",
        ],
    ),
];

/// Outside crates that have a home, and the modules that are it.
const OWNED: &[(&str, &[&str])] = &[
    ("reqwest", &["endpoint"]),
    ("backon", &["endpoint"]),
    ("quick_xml", &["endpoint", "catalogue"]),
    ("rusqlite", &["store", "catalogue"]),
    ("csv", &["exchange", "table"]),
    ("encoding_rs", &["table"]),
    ("chardetng", &["table"]),
    (
        "tokio",
        &["endpoint", "submit", "runtime", "catalogue", "cli"],
    ),
    ("ratatui", &["ui"]),
    ("ratatui_textarea", &["ui"]),
    ("ratatui_image", &["ui"]),
    ("crossterm", &["ui"]),
    ("image", &["ui", "catalogue"]),
    ("toml", &["config", "ui"]),
    ("directories", &["config"]),
    ("secrecy", &["config", "endpoint", "cli"]),
    ("clap", &["cli"]),
    ("axum", &["catalogue"]),
    ("flate2", &["table", "catalogue", "store", "endpoint"]),
];

/// Lines a file may have, its tests apart: far beyond what one idea needs, so it is a net and no quota.
const LONGEST: usize = 1000;

struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&root).unwrap();
            let first = inside
                .components()
                .next()
                .unwrap()
                .as_os_str()
                .to_string_lossy();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path, module, text });
        }
    }
    found
}

/// Whether a file holds unit tests and nothing else.
fn is_tests(source: &Source) -> bool {
    source.path.file_stem().is_some_and(|stem| stem == "tests")
        || source
            .path
            .components()
            .any(|part| part.as_os_str() == "tests")
}

/// The text without its unit tests, which may name what they like and take the room they need.
fn without_tests(text: &str) -> String {
    let Some(start) = text.find("#[cfg(test)]\nmod tests {") else {
        return text.to_owned();
    };
    let end = text[start..]
        .find("\n}\n")
        .map_or(text.len(), |length| start + length + 3);
    format!("{}{}", &text[..start], &text[end..])
}

/// The text without unit tests and comments.
fn product(text: &str) -> String {
    let text = without_tests(text);
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The first segments behind `prefix` in `text`, with groups (`crate::{a, b}`) taken apart.
fn named_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => named.extend(group_heads(group)),
            None => named.extend([head(rest)]),
        }
    }
    named
}

fn head(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut start) = (0, Vec::new(), 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(head(group[start..at].trim()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(head(group[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

#[test]
fn the_table_of_layers_admits_no_cycle() {
    for (place, (module, may)) in MAY_NAME.iter().enumerate() {
        for other in *may {
            let above = MAY_NAME[..place].iter().any(|(name, _)| name == other);
            assert!(
                above,
                "`{module}` names `{other}`, which does not stand above it"
            );
        }
    }
}

#[test]
fn a_module_names_only_what_the_table_allows() {
    let mut broken = Vec::new();
    for source in sources() {
        let Some((_, may)) = MAY_NAME.iter().find(|(module, _)| *module == source.module) else {
            assert!(
                matches!(source.module.as_str(), "main" | "lib"),
                "{} is in no layer",
                source.path.display()
            );
            continue;
        };
        for named in named_after(&product(&source.text), "crate::") {
            let is_module = MAY_NAME.iter().any(|(module, _)| *module == named);
            if is_module && named != source.module && !may.contains(&named.as_str()) {
                let (path, module) = (source.path.display(), &source.module);
                broken.push(format!("{path}: `{module}` names `{named}`"));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "layers are broken:\n{}",
        broken.join("\n")
    );
}

#[test]
fn an_outside_crate_with_a_home_is_named_only_there() {
    let mut broken = Vec::new();
    for source in sources().into_iter().filter(|source| !is_tests(source)) {
        let text = product(&source.text);
        for (name, homes) in OWNED {
            if !homes.contains(&source.module.as_str())
                && !named_after(&text, &format!("{name}::")).is_empty()
            {
                broken.push(format!(
                    "{}: `{name}` belongs to {homes:?}",
                    source.path.display()
                ));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "crates are used outside their home:\n{}",
        broken.join("\n")
    );
}

#[test]
fn every_file_says_what_it_is_and_stays_small() {
    let mut broken = Vec::new();
    for source in sources() {
        let path = source.path.display();
        if !source.text.starts_with("//!") {
            broken.push(format!("{path}: does not begin with a module comment"));
        }
        if source.text.contains(&["super", "super"].join("::")) {
            broken.push(format!("{path}: reaches over its parent"));
        }
        let lines = without_tests(&source.text).lines().count();
        if lines > LONGEST && !is_tests(&source) {
            broken.push(format!("{path}: {lines} lines, {LONGEST} are allowed"));
        }
    }
    assert!(broken.is_empty(), "shape is broken:\n{}", broken.join("\n"));
}

#[test]
fn no_file_is_called_after_nothing() {
    for source in sources() {
        let name = source
            .path
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let vague = ["utils", "util", "helpers", "common", "manager", "misc"];
        assert!(
            !vague.contains(&name.as_str()),
            "{} says nothing",
            source.path.display()
        );
    }
}
