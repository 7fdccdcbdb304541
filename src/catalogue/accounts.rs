//! Who may sign in, as what, and which company they belong to.

use std::fmt;

/// A caller of either face.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The SOAP face's user.
    pub email: String,
    /// The REST face's user name.
    pub user_name: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// SOAP role, such as `IpsCompanyAdmin`.
    pub role: String,
    /// Password of the SOAP face; `None` cannot sign in there.
    pub password: Option<String>,
    /// Bearer token of the REST face; `None` cannot sign in there.
    pub token: Option<String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Account")
            .field("email", &self.email)
            .field("user_name", &self.user_name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// The company the library belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// The number in its handle and in field handles.
    pub number: i64,
    /// Its name; the root of every folder and of picture addresses.
    pub name: String,
}

impl Company {
    /// Its SOAP handle.
    pub fn handle(&self) -> String {
        format!("c|{}", self.number)
    }

    /// Its root folder, with a trailing slash.
    pub fn root_path(&self) -> String {
        format!("{}/", self.name)
    }
}

impl Default for Company {
    fn default() -> Self {
        Self {
            number: 301,
            name: "ExampleCo".to_owned(),
        }
    }
}

/// Everybody who may sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    accounts: Vec<Account>,
}

/// The user of the demo.
pub const DEMO_USER: &str = "librarian@example.com";
/// The password of the demo; never valid off loopback.
pub const DEMO_PASSWORD: &str = "demo";
/// The token of the demo; never valid off loopback.
pub const DEMO_TOKEN: &str = "demo-token";

impl Accounts {
    /// One librarian with this sign-in, and colleagues who cannot sign in but are known by name.
    pub fn new(email: &str, password: Option<String>, token: Option<String>) -> Self {
        let mut accounts = vec![Account {
            email: email.to_owned(),
            user_name: email.split('@').next().unwrap_or(email).to_owned(),
            first_name: "Ada".to_owned(),
            last_name: "Librarian".to_owned(),
            role: "IpsCompanyAdmin".to_owned(),
            password,
            token,
        }];
        for (name, first, last) in [
            ("mlee", "Min", "Lee"),
            ("rlopez", "Rosa", "Lopez"),
            ("akim", "Ara", "Kim"),
            ("jruiz", "Juan", "Ruiz"),
        ] {
            accounts.push(Account {
                email: format!("{name}@example.com"),
                user_name: name.to_owned(),
                first_name: first.to_owned(),
                last_name: last.to_owned(),
                role: "IpsUser".to_owned(),
                password: None,
                token: None,
            });
        }
        Self { accounts }
    }

    /// The demo's sign-in.
    pub fn demo() -> Self {
        Self::new(
            DEMO_USER,
            Some(DEMO_PASSWORD.to_owned()),
            Some(DEMO_TOKEN.to_owned()),
        )
    }

    /// Add or replace an account, by its e-mail address.
    pub fn add(&mut self, account: Account) {
        self.accounts.retain(|known| known.email != account.email);
        self.accounts.push(account);
    }

    /// Everybody.
    pub fn all(&self) -> &[Account] {
        &self.accounts
    }

    /// Sign in on the SOAP face.
    pub fn sign_in(&self, email: &str, password: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| {
            account.email == email
                && account
                    .password
                    .as_deref()
                    .is_some_and(|known| same(known, password))
        })
    }

    /// Sign in on the REST face.
    pub fn by_token(&self, token: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| {
            account
                .token
                .as_deref()
                .is_some_and(|known| same(known, token))
        })
    }

    /// A sentence for each face that lets nobody in because no secret was given for it.
    pub fn closed_faces(&self) -> Vec<String> {
        let has = |secret: fn(&Account) -> bool| self.accounts.iter().any(secret);
        let faces = [
            ("SOAP", "password", has(|one| one.password.is_some())),
            ("REST", "token", has(|one| one.token.is_some())),
        ];
        let closed = faces.into_iter().filter(|(_, _, is_open)| !is_open);
        closed
            .map(|(face, secret, _)| {
                format!("nobody can sign in over {face}: no {secret} was given (--{secret}-env)")
            })
            .collect()
    }

    /// Whether the demo's password or token would let anybody in.
    pub fn has_demo_secret(&self) -> bool {
        self.accounts.iter().any(|account| {
            account.password.as_deref() == Some(DEMO_PASSWORD)
                || account.token.as_deref() == Some(DEMO_TOKEN)
        })
    }
}

/// Compare two secrets without stopping at the first difference.
fn same(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left
            .bytes()
            .zip(right.bytes())
            .fold(0, |differs, (one, other)| differs | (one ^ other))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_signs_in_and_is_never_shown() {
        let accounts = Accounts::demo();
        assert!(accounts.sign_in(DEMO_USER, "demo").is_some());
        assert!(accounts.sign_in(DEMO_USER, "demO").is_none());
        assert!(accounts.sign_in("mlee@example.com", "").is_none());
        assert!(accounts.by_token(DEMO_TOKEN).is_some());
        assert!(!format!("{accounts:?}").contains("demo-token"));
    }
}
