//! Rows 65 to 69: what the machine, its limits and its other users do to the program and its files.

use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, symlink},
        process::ExitStatusExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Desk, Library, Moment, Relay, Terminal};

const STAGE: [&str; 5] = ["stage", "--query", "season:SS26", "--set", "Title=Mine"];

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn row_65_a_data_folder_deleted_in_the_middle_of_a_run_ends_the_sending() {
    for (profile, word) in [
        ("soap", "batchSetAssetMetadataParam"),
        ("rest", "POST /api/meta/entity/bulk"),
    ] {
        let library = Library::made_up(60);
        let relay = Relay::holding(library.address(), word, 2, Moment::Done);
        let desk = Desk::at(&relay.address, "batch_size = 1\nconcurrency = 1");
        desk.on(profile, &STAGE).ends(0);
        let mut run = desk.start(&["-p", profile, "submit", "--yes"]);
        relay.wait_or_end(&mut run);
        fs::remove_dir_all(desk.folder().join("data")).unwrap();
        relay.release();
        let ended = run.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_ne!(ended.status.code(), Some(0), "{said}");
        assert!(said.contains("was deleted or replaced"), "{said}");
        assert_eq!(relay.seen(), 2, "{profile}: nothing more is sent");
        assert!(
            !desk.folder().join("data").exists(),
            "nothing is left where it was"
        );
    }
}

#[test]
fn row_66_a_file_that_may_not_grow_is_told_and_the_terminal_is_given_back() {
    let library = Library::made_up(400);
    let desk = Desk::for_library(&library);
    desk.run(&["list"]).ends(0);
    // Blocks of 512 bytes: less than a listing of this library needs.
    let words = desk.words().join(" ");
    let program = env!("CARGO_BIN_EXE_armarius");
    let line = format!("ulimit -f 40; exec {program} {words} list");
    let ran = Command::new("sh")
        .args(["-c", &line])
        .env_clear()
        .envs(desk.environment())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.code().is_some(), "ended by a signal: {said}");

    let mut terminal = Terminal::shell(&desk, (100, 30));
    terminal.shows("ready>");
    terminal.types(&format!(
        "ulimit -f 40; {program} {words}; echo ended-$((1+1))\r"
    ));
    terminal.shows("1 Browse").types("q").shows("ended-2");
    terminal.is_clean();
}

#[test]
fn row_67_a_configuration_others_may_write_runs_no_command() {
    let library = Library::made_up(3);
    let desk = Desk::for_library(&library);
    let ran = desk.folder().join("ran");
    let config = desk.folder().join("config.toml");
    let text = fs::read_to_string(&config).unwrap();
    let command = format!(
        "{{ command = [\"sh\", \"-c\", \"touch {}; echo demo\"] }}",
        ran.display()
    );
    let text = text.replace("{ env = \"LIBRARY_PASSWORD\" }", &command);
    fs::write(&config, text).unwrap();
    for (folder_mode, file_mode) in [
        (0o700, 0o666),
        (0o700, 0o660),
        (0o777, 0o600),
        (0o770, 0o600),
    ] {
        set_mode(&config, file_mode);
        set_mode(desk.folder(), folder_mode);
        for words in [&["list"][..], &["config", "check"]] {
            desk.run(words)
                .ends(1)
                .says("the file names a command to run, and")
                .says("chmod go-w");
        }
        assert!(!ran.exists());
    }
    set_mode(desk.folder(), 0o700);
    set_mode(&config, 0o644);
    desk.run(&["list"]).ends(0);
    assert!(ran.exists());
}

#[test]
fn row_67_what_is_kept_is_for_its_user_alone_whatever_the_files_were_before() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    desk.run(&["list"]).ends(0);
    let workspace = desk.folder().join("data/soap");
    set_mode(&workspace, 0o777);
    set_mode(&workspace.join("workspace.sqlite"), 0o666);
    desk.run(&STAGE).ends(0);
    desk.run(&["submit", "--yes"]).ends(0);
    let mut folders = vec![desk.folder().join("data")];
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
            }
        }
    }
    assert!(workspace.join("reports/R-0001.csv").exists());
}

#[test]
fn row_67_a_lock_that_leads_elsewhere_is_told_and_what_it_leads_to_stays() {
    let library = Library::made_up(60);
    let desk = Desk::for_library(&library);
    desk.run(&["list"]).ends(0);
    let thesis = desk.file("thesis.txt", "my thesis");
    let lock = desk.folder().join("data/soap/lock");
    fs::remove_file(&lock).unwrap();
    symlink(&thesis, &lock).unwrap();
    desk.run(&STAGE)
        .ends(1)
        .says("is a link, which is not followed");
    assert_eq!(fs::read_to_string(&thesis).unwrap(), "my thesis");
}

#[test]
fn row_68_a_program_that_crashes_leaves_no_memory_behind() {
    let library = Library::made_up(60);
    let relay = Relay::holding(library.address(), "/api/meta", 1, Moment::Done);
    let desk = Desk::at(&relay.address, "");
    let program = desk.command(&["-p", "rest", "list"]);
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -c unlimited; exec \"$@\"", "sh"])
        .arg(program.get_program())
        .args(program.get_args())
        .env_clear()
        .envs(desk.environment())
        .current_dir(desk.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    relay.wait_or_end(&mut child);
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.unwrap(), Signal::ABORT).unwrap();
    let ended = child.wait().unwrap();
    drop(relay);
    assert_eq!(ended.signal(), Some(Signal::ABORT.as_raw()));
    assert!(!ended.core_dumped());
}
