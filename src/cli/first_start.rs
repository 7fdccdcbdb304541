//! The first start without a profile: the demo, or a profile written by asking.

use std::{fs, io};

use super::{
    args::{DemoArgs, Global, Protocol},
    demo,
    ending::{Ending, Stop},
    output::Output,
    wire::Setup,
};
use crate::config;

/// Asks what to start with. Nothing is written before it was shown.
///
/// # Errors
///
/// If the answers stop, or the file can't be written.
pub async fn run(global: &Global, setup: &Setup, output: &mut Output<'_>) -> Result<Ending, Stop> {
    output.say(
        "Where are your assets?\n\
         \x20 1  Demo library: 12,480 made-up assets, works offline, safe to break\n\
         \x20 2  Adobe Dynamic Media Classic (Scene7 SOAP)\n\
         \x20 3  Atlan data catalogue (REST)\n\
         Number (empty leaves):",
    );
    let kind = match answer()?.unwrap_or_default().as_str() {
        "1" => {
            let args = DemoArgs {
                assets: None,
                protocol: Protocol::DynamicMedia,
                fresh: false,
                faults: None,
            };
            return demo::run(global, &args, output).await;
        }
        "2" => Protocol::DynamicMedia,
        "3" => Protocol::Atlan,
        _ => return Ok(Ending::Ok),
    };
    let text = ask(kind, output)?;
    let path = &setup.loaded.paths.config_file;
    output.say(&format!(
        "\nThis goes to {}:\n\n{text}\nWrite it? (yes)",
        path.display()
    ));
    // Enter takes what is offered; an input that has ended takes nothing.
    let agreed = answer()?.map(|given| given.to_lowercase());
    if !matches!(agreed.as_deref(), Some("" | "y" | "yes")) {
        output.say("Nothing was written.");
        return Ok(Ending::Ok);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut whole = fs::read_to_string(path).unwrap_or_default();
    whole.push_str(&text);
    fs::write(path, whole)?;
    output.say("Written. `armarius check` tries the sign-in; `armarius` opens the workstation.");
    Ok(Ending::Ok)
}

fn ask(kind: Protocol, output: &mut Output<'_>) -> Result<String, Stop> {
    let mut question = |key: &str, words: &str, default: &str| -> Result<String, Stop> {
        loop {
            output.say(&format!("{words} [{default}]:"));
            let given = answer()?.ok_or_else(|| Stop::usage("no answer; nothing was written"))?;
            let given = match given.as_str() {
                "" => default.to_owned(),
                // What people type into a browser.
                bare if key == "url" && !bare.contains("://") => format!("https://{bare}"),
                given => given.to_owned(),
            };
            match problem(key, &given) {
                None => return Ok(given),
                Some(why) => output.say(&format!("That can't be: {why}.")),
            }
        }
    };
    let name = question("name", "A name for the profile", "library")?;
    let (kind, url, sign_in) = match kind {
        Protocol::DynamicMedia => {
            let url = question(
                "url",
                "Address of the region",
                "https://s7sps1apissl.scene7.com",
            )?;
            let user = question("user", "User (an e-mail address)", "librarian@example.com")?;
            let variable = question(
                "variable",
                "Variable that holds the password",
                "ARMARIUS_PASSWORD",
            )?;
            let (user, variable) = (quoted(&user), quoted(&variable));
            let sign_in = format!("user = {user}\npassword = {{ env = {variable} }}\n");
            ("dynamic-media", url, sign_in)
        }
        Protocol::Atlan => {
            let url = question("url", "Address of the tenant", "https://tenant.atlan.com")?;
            let variable = question(
                "variable",
                "Variable that holds the API token",
                "ATLAN_API_KEY",
            )?;
            let variable = quoted(&variable);
            ("atlan", url, format!("token = {{ env = {variable} }}\n"))
        }
    };
    let (name, url) = (quoted(&name), quoted(&url));
    Ok(format!(
        "[profiles.{name}]\nkind = \"{kind}\"\nurl = {url}\n{sign_in}"
    ))
}

/// A string of TOML; the JSON form is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Why an answer can't be written: what the next start would refuse.
fn problem(key: &str, given: &str) -> Option<String> {
    if key == "variable" {
        let wrong = "a variable has letters, digits and `_`";
        return (!config::is_variable(given)).then(|| wrong.to_owned());
    }
    config::profile_problem(key, given)
}

/// A line somebody typed; `None` once the input has ended.
fn answer() -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}
