//! What is shipped beside the program works with it.

use std::{fs, path::Path};

use armarius::ui::theme::{BUILT_IN, Theme};

use crate::support::{Desk, Library};

fn shipped(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_example_configuration_is_taken_by_the_program_itself() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library).variable("GALLERY_PASSWORD", "x");
    let example = shipped("config.example.toml");
    desk.file("config.toml", &example);
    let checked = desk
        .run(&["config", "check"])
        .ends(0)
        .shows("is well; 2 profiles");
    assert_eq!(checked.said, "", "not even a remark");
    // With every key that is only shown as a comment, too.
    let uncommented: Vec<&str> = example
        .lines()
        .filter(|line| !line.contains("# no default"))
        .map(|line| {
            let key = line.strip_prefix('#').filter(|rest| {
                rest.starts_with(|first: char| first.is_ascii_lowercase()) && rest.contains(" = ")
            });
            key.unwrap_or(line)
        })
        .collect();
    let uncommented = uncommented.join("\n");
    assert!(
        uncommented.contains("\ntheme = \"default\""),
        "{uncommented}"
    );
    desk.file("config.toml", &uncommented);
    desk.run(&["config", "check"])
        .ends(0)
        .shows("is well; 2 profiles");
    let shown = desk.run(&["config", "show"]).ends(0).out;
    for line in shown.lines().filter(|line| line.contains(" = ")) {
        let key = line.split(' ').next().unwrap();
        assert!(
            example.contains(&format!("{key} = ")),
            "{key} is not in the example"
        );
    }
}

#[test]
fn every_theme_of_the_folder_is_read_and_every_built_in_one_is_in_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes");
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Theme::parse(&name, &fs::read_to_string(&path).unwrap()).unwrap();
        names.push(name);
    }
    names.sort_unstable();
    let mut built_in: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    built_in.sort_unstable();
    assert_eq!(names, built_in);
}

#[test]
fn a_theme_of_ones_own_is_used_and_a_broken_one_is_located() {
    let library = Library::made_up(5);
    let desk = Desk::for_library(&library);
    let themes = desk.folder().join("themes");
    fs::create_dir(&themes).unwrap();
    fs::write(themes.join("mine.toml"), "no theme at all = = =").unwrap();
    let config = fs::read_to_string(desk.folder().join("config.toml")).unwrap();
    desk.file("config.toml", &format!("theme = \"mine\"\n{config}"));
    let mut terminal = crate::support::Terminal::start(&desk, &[], (80, 24));
    assert_eq!(terminal.ends(), 1);
    assert!(
        terminal.screen().contains("mine.toml"),
        "{}",
        terminal.screen()
    );
    terminal.is_clean();
}

#[test]
fn the_readme_names_the_two_commands() {
    let Ok(readme) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))
    else {
        return;
    };
    for command in ["cargo run --release -- demo", "cargo test"] {
        assert!(
            readme.contains(command),
            "README.md does not name `{command}`"
        );
    }
}
