//! What people write into the file, and what they are told.

use std::{collections::BTreeSet, path::Path};

use super::*;

const GALLERY: &str = r#"
[profiles.gallery]
kind = "dynamic-media"
url = "https://s7sps1apissl.scene7.com/"
user = "librarian@example.com"
password = { env = "GALLERY_PASSWORD" }
"#;

fn load_with(
    text: &str,
    flags: &[(&str, &str)],
    environment: Environment,
) -> Result<Loaded, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(&config, text).unwrap();
    let mut flags: Vec<_> = flags
        .iter()
        .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()))
        .collect();
    if !flags.iter().any(|(key, _)| key == "data_dir") && !text.contains("data_dir") {
        flags.insert(0, ("data_dir".into(), "/data".into()));
    }
    Config::load(&Sources {
        config: Some(config),
        flags,
        environment,
    })
}

fn load(text: &str) -> Result<Loaded, ConfigError> {
    load_with(text, &[], Environment::fixed([]))
}

/// The problems without the folder's name.
fn problems(text: &str) -> Vec<String> {
    let problems = load(text).unwrap_err().problems();
    problems
        .into_iter()
        .map(|problem| problem.split_once("config.toml:").unwrap().1.to_owned())
        .collect()
}

#[test]
fn a_profile_is_found_by_its_name_by_default_or_by_being_the_only_one() {
    let loaded = load(GALLERY).unwrap();
    let profile = loaded.profile(None).unwrap();
    assert_eq!(profile.kind, Kind::DynamicMedia);
    assert_eq!(profile.url, "https://s7sps1apissl.scene7.com");
    assert_eq!(profile.timeout_s, 60);
    assert_eq!(profile.review, Review::Own);
    assert_eq!(loaded.profile(Some("gallery")).unwrap(), profile);
    let error = loaded.profile(Some("galery")).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no profile `galery`; did you mean `gallery`?"
    );

    let two = format!("{GALLERY}{}", GALLERY.replace("gallery", "other"));
    assert!(matches!(
        load(&two).unwrap().profile(None),
        Err(ConfigError::NoChoice(_))
    ));
    let chosen = load(&format!("default_profile = \"other\"\n{two}")).unwrap();
    assert_eq!(chosen.profile(None).unwrap().name, "other");
}

#[test]
fn every_mistake_is_told_at_once_with_its_place_and_the_nearest_right_word() {
    let text = "thme = \"dark\"\nimages = \"kity\"\nmouse = \"yes\"\nurl = \"x\"\n\n\
                [profiles.gallery]\nkind = \"dynamic-media\"\nurl = \"ftp://x\"\n\
                usr = \"me\"\npassword = { env = \"P\" }\ntimeout_s = 0\ntoken = { env = \"T\" }\n";
    assert_eq!(
        problems(text),
        [
            "1:1: `thme` is no key; did you mean `theme`?",
            "2:10: `images` can't be `kity`; did you mean `kitty`?",
            "3:9: `mouse` wants true or false, not text",
            "4:1: `url` is no key here; it belongs into a profile, below `[profiles.NAME]`",
            "6:11: profile `gallery` has no `user`",
            "8:7: `url` wants an address that begins with https:// or http://",
            "9:1: `usr` is no key; did you mean `user`?",
            "11:13: `timeout_s` wants a whole number from 1 to 3600",
            "12:1: `token` belongs to profiles of kind atlan",
        ]
    );
}

#[test]
fn broken_toml_is_located_and_its_line_is_not_repeated() {
    let problems = problems("theme = \"dark\"\n[profiles.x]\npassword = \"hunter2\nurl = 1\n");
    assert!(problems[0].starts_with("3:"), "{problems:?}");
    assert!(!problems.concat().contains("hunter2"));
}

#[test]
fn a_secret_in_plain_text_is_refused_with_what_to_write_instead() {
    for secret in ["\"hunter2\"", "[\"hunter2\"]", "{ value = \"hunter2\" }"] {
        let text = GALLERY.replace("{ env = \"GALLERY_PASSWORD\" }", secret);
        let problems = problems(&text).concat();
        assert!(problems.starts_with("6:12: `password`"), "{problems}");
        assert!(problems.contains("{ env = \""), "{problems}");
        assert!(problems.contains("{ command = ["), "{problems}");
        assert!(!problems.contains("hunter2"), "{problems}");
    }
    let text = GALLERY.replace("https://", "https://me:hunter2@");
    let problems = problems(&text).concat();
    assert!(problems.contains("a user name or a password"), "{problems}");
    assert!(!problems.contains("hunter2"), "{problems}");
}

#[test]
fn a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default() {
    let file = format!("borders = \"none\"\nimages = \"sixel\"\ntheme = \"dark\"\n{GALLERY}");
    let environment = Environment::fixed([
        ("ARMARIUS_IMAGES", "off"),
        ("ARMARIUS_THEME", "light"),
        ("NO_COLOR", "1"),
        ("ARMARIUS_TIMEOUT_S", "9"),
        ("USER", "akim"),
    ]);
    let loaded = load_with(&file, &[("theme", "paper")], environment).unwrap();
    let show = loaded.show();
    let seen = |key: &str| {
        let one = show.iter().find(|one| one.key == key).unwrap();
        format!("{} ({})", one.value.clone().unwrap_or_default(), one.origin)
    };
    assert_eq!(seen("theme"), "\"paper\" (flag --theme)");
    assert_eq!(seen("images"), "\"off\" (environment ARMARIUS_IMAGES)");
    assert_eq!(seen("colour"), "\"never\" (environment NO_COLOR)");
    assert_eq!(seen("borders"), "\"none\" (file, line 1)");
    assert_eq!(seen("mouse"), "true (default)");
    assert_eq!(seen("timeout_s"), "9 (environment ARMARIUS_TIMEOUT_S)");
    assert_eq!(seen("author"), "\"akim\" (environment USER)");
    assert_eq!(
        seen("password"),
        "{ env = \"GALLERY_PASSWORD\" } (file, line 9)"
    );
    assert_eq!(seen("data_dir"), "\"/data\" (flag --data-dir)");
    assert!(
        !show.iter().any(|one| one.key == "token"),
        "not of this kind"
    );
    assert_eq!(loaded.interface.images, Images::Off);
    assert_eq!(loaded.profile(None).unwrap().timeout_s, 9);
}

#[test]
fn a_wrong_word_in_a_variable_names_the_variable() {
    let environment = Environment::fixed([("ARMARIUS_BORDERS", "asci")]);
    let error = load_with(GALLERY, &[], environment)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "ARMARIUS_BORDERS: `borders` can't be `asci`; did you mean `ascii`?"
    );
}

#[test]
fn a_locale_without_utf8_means_ascii_borders_unless_somebody_says_otherwise() {
    let latin = || Environment::fixed([("LANG", "de_DE.ISO-8859-1")]);
    assert_eq!(
        load_with("", &[], latin()).unwrap().interface.borders,
        Borders::Ascii
    );
    let said = load_with("borders = \"line\"", &[], latin()).unwrap();
    assert_eq!(said.interface.borders, Borders::Line);
    assert_eq!(load("").unwrap().interface.borders, Borders::Line);
}

#[test]
fn a_missing_file_is_an_empty_one_unless_it_was_named() {
    let missing = Some("/no/such/folder/config.toml".into());
    let sources = Sources {
        config: missing,
        ..Sources::default()
    };
    let error = Config::load(&sources).unwrap_err().to_string();
    assert!(
        error.starts_with("can't read /no/such/folder/config.toml: "),
        "{error}"
    );
    assert!(matches!(
        load("").unwrap().profile(None),
        Err(ConfigError::Empty(_))
    ));
}

#[test]
fn folders_named_in_the_file_start_at_the_file() {
    let loaded = load("data_dir = \"shelves\"").unwrap();
    let beside = loaded.paths.config_file.parent().unwrap();
    assert_eq!(loaded.paths.data, beside.join("shelves"));
    assert_eq!(
        loaded.paths.workspace("gallery"),
        beside.join("shelves/gallery")
    );
    assert_eq!(loaded.paths.themes, beside.join("themes"));
}

#[test]
fn bound_keys_keep_their_place_for_those_who_know_the_actions() {
    let loaded = load("[keys]\nedit = \"e\"\nundo = [\"u\", \"ctrl-z\"]\nquit = []\n").unwrap();
    let undo = loaded.keys.iter().find(|key| key.action == "undo").unwrap();
    assert_eq!(undo.chords, ["u", "ctrl-z"]);
    let problem = loaded.key_problem(undo, "no such action").to_string();
    assert!(
        problem.ends_with("config.toml:3:1: no such action"),
        "{problem}"
    );
    assert_eq!(
        problems("[keys]\nedit = 3\n"),
        ["2:8: `edit` wants a key or a list of keys in quotes"]
    );
}

#[test]
fn a_default_profile_that_is_not_there_and_a_name_that_is_no_folder_are_told() {
    let text = format!("default_profile = \"galery\"\n{GALLERY}");
    assert_eq!(
        problems(&text),
        ["1:19: there is no profile `galery`; did you mean `gallery`?"]
    );
    let text = GALLERY.replace("profiles.gallery", "profiles.\"../x\"");
    assert!(problems(&text)[0].starts_with("2:11: `../x` names a folder too"));
}

#[test]
fn a_secret_that_is_not_set_and_an_open_line_are_worth_a_note() {
    let text = GALLERY.replace("https://s7sps1apissl.scene7.com/", "http://library.example");
    let notes = load(&text)
        .unwrap()
        .notes(&Environment::fixed([]))
        .join("\n");
    assert!(notes.contains("GALLERY_PASSWORD is not set"), "{notes}");
    assert!(notes.contains("unencrypted"), "{notes}");
    let local = GALLERY.replace("https://s7sps1apissl.scene7.com/", "http://127.0.0.1:8080");
    let set = Environment::fixed([("GALLERY_PASSWORD", "x")]);
    assert_eq!(load(&local).unwrap().notes(&set), [""; 0]);
}

#[test]
fn only_this_machine_gets_a_secret_unencrypted_without_a_word() {
    for (url, is_told) in [
        ("https://library.example", false),
        ("http://127.0.0.1", false),
        ("http://127.1.2.3:8080/x", false),
        ("http://localhost:8080", false),
        ("http://LocalHost", false),
        ("http://[::1]", false),
        ("http://[::1]:8080/x", false),
        ("http://library.example:80", true),
        ("http://127.example.com", true),
        ("http://127.0.0.1.example.com", true),
        ("http://localhost.example.com", true),
        ("http://[::2]:8080", true),
        ("http://192.168.1.7", true),
    ] {
        let text = GALLERY.replace("https://s7sps1apissl.scene7.com/", url);
        let loaded = load(&text).unwrap();
        let told = loaded.profile(None).unwrap().unencrypted();
        assert_eq!(told.is_some(), is_told, "{url}: {told:?}");
        assert!(told.is_none_or(|told| told.starts_with("the password goes to http://")));
    }
}

/// The lines of the example that show a key: its name, and the whole assignment with its remark.
fn example_lines(example: &str) -> Vec<(String, String)> {
    let lines = example
        .lines()
        .map(|line| line.strip_prefix('#').unwrap_or(line));
    lines
        .filter_map(|line| {
            let (name, _) = line.split_once(" = ")?;
            let is_key = name
                .chars()
                .all(|one| one.is_ascii_lowercase() || one == '_');
            is_key.then(|| (name.to_owned(), line.to_owned()))
        })
        .collect()
}

#[test]
fn the_example_holds_every_key_loads_and_tells_the_true_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let example = std::fs::read_to_string(path).unwrap();
    load(&example).unwrap();

    let lines = example_lines(&example);
    let named: BTreeSet<_> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let keys = || SETTINGS.iter().chain(PROFILE);
    assert_eq!(
        named,
        keys().map(|key| key.name).collect(),
        "the keys of the tables"
    );

    for key in keys() {
        let (_, line) = lines.iter().find(|(name, _)| name == key.name).unwrap();
        match key.default {
            Some(default) => assert!(
                line.starts_with(&format!("{} = {default} ", key.name)),
                "the default of `{}` is {default}: {line}",
                key.name
            ),
            None => assert!(
                !example.contains(&format!("#{line}")) || line.contains("# no default"),
                "`{}` has no default: {line}",
                key.name
            ),
        }
    }

    let all = example.replace("\n#", "\n").replace("\n ", "\n# ");
    let all: String = all
        .lines()
        .filter(|line| {
            line.starts_with('[')
                || line
                    .split_once(" = ")
                    .is_some_and(|(name, _)| named.contains(name))
        })
        .fold(String::new(), |text, line| text + line + "\n");
    let loaded = load(&all).unwrap();
    assert_eq!(
        loaded.profile(None).unwrap().company.as_deref(),
        Some("ExampleCo")
    );
    assert_eq!(loaded.interface, load("").unwrap().interface);
}
