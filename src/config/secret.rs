//! Secrets: where they are kept, and fetching them when they are needed.
//!
//! The file never holds a secret, only the way to it. Nothing here prints one: the source may be
//! shown, the secret itself is a [`SecretString`].

use std::{
    fmt,
    io::Read,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use secrecy::SecretString;

use super::{Environment, problem::shown};

/// How long a command may take, seconds.
const LIMIT_S: u64 = 30;
/// How much of a command's output is read, bytes.
const OUTPUT_LIMIT: u64 = 64 * 1024;

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In an environment variable.
    Environment(String),
    /// In the first line a command prints; program and arguments, run without a shell.
    Command(Vec<String>),
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "{{ env = {name:?} }}"),
            Self::Command(words) => write!(f, "{{ command = {words:?} }}"),
        }
    }
}

/// Why a secret can't be had. Never holds what a command printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set, or empty.
    #[error("the environment variable {0} is not set; the profile takes its secret from it")]
    NotSet(String),
    /// The program can't be started.
    #[error("can't run `{program}` for the secret: {why}")]
    NotRun {
        /// The program.
        program: String,
        /// The system's reason.
        why: String,
    },
    /// It ended with an error.
    #[error("`{program}` gave no secret, {status}{}{stderr}", if stderr.is_empty() { "" } else { ": " })]
    Ended {
        /// The program.
        program: String,
        /// Its exit status in words.
        status: String,
        /// What it wrote to standard error, shortened and made safe to show.
        stderr: String,
    },
    /// It ended well and printed nothing.
    #[error("`{0}` printed nothing; it should print the secret")]
    Nothing(String),
    /// What it printed is not text of one line.
    #[error("`{0}` printed something that is not one line of UTF-8 text")]
    NotText(String),
    /// It took too long.
    #[error("`{program}` gave no secret within {limit_s} s")]
    TooSlow {
        /// The program.
        program: String,
        /// The limit, seconds.
        limit_s: u64,
    },
}

impl SecretSource {
    /// Fetches the secret. Waits for the command, at most 30 s.
    ///
    /// # Errors
    ///
    /// A [`SecretError`] that says what to put right.
    pub fn resolve(&self, environment: &Environment) -> Result<SecretString, SecretError> {
        match self {
            Self::Environment(name) => environment
                .get(name)
                .map(SecretString::from)
                .ok_or_else(|| SecretError::NotSet(name.clone())),
            Self::Command(words) => run(words, Duration::from_secs(LIMIT_S)),
        }
    }
}

fn run(words: &[String], limit: Duration) -> Result<SecretString, SecretError> {
    let [program, arguments @ ..] = words else {
        return Err(SecretError::Nothing(String::new()));
    };
    let name = shown(program);
    let not_run = |why: std::io::Error| SecretError::NotRun {
        program: name.clone(),
        why: why.to_string(),
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(not_run)?;
    let output = collect(child.stdout.take());
    let complaint = collect(child.stderr.take());
    let too_slow = || SecretError::TooSlow {
        program: name.clone(),
        limit_s: limit.as_secs(),
    };
    let Some(status) = wait(&mut child, limit) else {
        // It may have ended meanwhile; either way it must not stay behind.
        let _ = child.kill();
        let _ = child.wait();
        return Err(too_slow());
    };
    let status = status.map_err(not_run)?;
    // A grandchild may still hold the pipes; the program itself has ended, so a second is plenty.
    let grace = Duration::from_secs(1);
    let output = output.recv_timeout(grace).map_err(|_| too_slow())?;
    if !status.success() {
        let complaint = complaint.recv_timeout(grace).unwrap_or_default();
        return Err(SecretError::Ended {
            program: name.clone(),
            status: status.to_string(),
            stderr: complaint_shown(&complaint, &output),
        });
    }
    let text = String::from_utf8(output).map_err(|_| SecretError::NotText(name.clone()))?;
    let secret = text.trim_end_matches(['\n', '\r']);
    match secret {
        "" => Err(SecretError::Nothing(name)),
        lines if lines.contains(['\n', '\r', '\0']) => Err(SecretError::NotText(name)),
        secret => Ok(SecretString::from(secret)),
    }
}

/// Reads a pipe to its end on a thread of its own; reading on empties it, so nobody blocks.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A broken pipe reads as its end: what came before it counts.
            let _ = (&mut pipe).take(OUTPUT_LIMIT).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        // Nobody listens any more once the limit is over.
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits in small steps; `None` when the limit is over.
fn wait(child: &mut Child, limit: Duration) -> Option<std::io::Result<std::process::ExitStatus>> {
    let step = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(Ok(status)),
            Ok(None) if waited >= limit => return None,
            Ok(None) => {
                thread::sleep(step);
                waited += step;
            }
            Err(why) => return Some(Err(why)),
        }
    }
}

/// The first line of standard error, safe to show, without anything the command printed.
fn complaint_shown(complaint: &[u8], output: &[u8]) -> String {
    let complaint = String::from_utf8_lossy(complaint);
    let output = String::from_utf8_lossy(output);
    let mut line = complaint
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("")
        .to_owned();
    for word in output
        .lines()
        .map(str::trim)
        .filter(|word| !word.is_empty())
    {
        line = line.replace(word, "[redacted]");
    }
    shown(line.trim()).chars().take(200).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn shell(script: &str) -> SecretSource {
        SecretSource::Command(vec!["/bin/sh".into(), "-c".into(), script.into()])
    }

    fn none() -> Environment {
        Environment::fixed([])
    }

    #[test]
    fn a_secret_comes_from_the_variable_and_its_debug_shows_nothing() {
        let environment = Environment::fixed([("GALLERY", "hunter2")]);
        let secret = SecretSource::Environment("GALLERY".into())
            .resolve(&environment)
            .unwrap();
        assert_eq!(secret.expose_secret(), "hunter2");
        assert!(!format!("{secret:?} {environment:?}").contains("hunter2"));
    }

    #[test]
    fn a_variable_that_is_missing_or_empty_is_named() {
        for environment in [none(), Environment::fixed([("GALLERY", "")])] {
            let error = SecretSource::Environment("GALLERY".into()).resolve(&environment);
            assert_eq!(error.unwrap_err(), SecretError::NotSet("GALLERY".into()));
        }
    }

    #[test]
    fn a_command_gives_its_line_without_the_line_end_and_without_a_shell() {
        let echo = SecretSource::Command(vec!["echo".into(), "a $HOME b".into()]);
        assert_eq!(echo.resolve(&none()).unwrap().expose_secret(), "a $HOME b");
        let windows = shell("printf 'pass word\\r\\n'").resolve(&none()).unwrap();
        assert_eq!(windows.expose_secret(), "pass word");
    }

    #[test]
    fn a_failing_command_says_why_but_never_what_it_printed() {
        let error = shell("echo hunter2; echo 'bad hunter2 key\u{1b}[2J' >&2; exit 3")
            .resolve(&none())
            .unwrap_err()
            .to_string();
        assert!(error.contains("bad [redacted] key"), "{error}");
        assert!(error.contains('3'), "{error}");
        assert!(
            !error.contains("hunter2") && !error.contains('\u{1b}'),
            "{error}"
        );
    }

    #[test]
    fn a_command_that_prints_nothing_or_too_much_is_no_secret() {
        assert!(matches!(
            shell("true").resolve(&none()),
            Err(SecretError::Nothing(_))
        ));
        assert!(matches!(
            shell("echo a; echo b").resolve(&none()),
            Err(SecretError::NotText(_))
        ));
        let missing = SecretSource::Command(vec!["/no/such/program".into()]).resolve(&none());
        assert!(matches!(missing, Err(SecretError::NotRun { .. })));
    }

    #[test]
    fn a_command_that_never_answers_is_given_up() {
        let words: Vec<String> = ["sleep", "60"].map(String::from).into();
        let error = run(&words, Duration::from_millis(30)).unwrap_err();
        assert!(matches!(error, SecretError::TooSlow { .. }));
    }
}
