//! The first start without a profile: the demo, or a profile written by asking.

use std::{fs, io};

use super::{
    args::{DemoArgs, Global, Protocol},
    demo,
    ending::{Ending, Stop},
    output::Output,
    wire::Setup,
};

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
    let kind = match answer()?.as_str() {
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
    if !matches!(answer()?.to_lowercase().as_str(), "y" | "yes") {
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
    let mut question = |words: &str, default: &str| -> Result<String, Stop> {
        output.say(&format!("{words} [{default}]:"));
        let given = answer()?;
        Ok(quoted(if given.is_empty() { default } else { &given }))
    };
    let name = question("A name for the profile", "library")?;
    let (kind, url, sign_in) = match kind {
        Protocol::DynamicMedia => {
            let url = question("Address of the region", "https://s7sps1apissl.scene7.com")?;
            let user = question("User (an e-mail address)", "librarian@example.com")?;
            let variable = question("Variable that holds the password", "ARMARIUS_PASSWORD")?;
            let sign_in = format!("user = {user}\npassword = {{ env = {variable} }}\n");
            ("dynamic-media", url, sign_in)
        }
        Protocol::Atlan => {
            let url = question("Address of the tenant", "https://tenant.atlan.com")?;
            let variable = question("Variable that holds the API token", "ATLAN_API_KEY")?;
            ("atlan", url, format!("token = {{ env = {variable} }}\n"))
        }
    };
    Ok(format!(
        "[profiles.{name}]\nkind = \"{kind}\"\nurl = {url}\n{sign_in}"
    ))
}

/// A string of TOML; the JSON form is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn answer() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
