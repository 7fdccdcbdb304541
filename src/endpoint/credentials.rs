//! A secret that can be fetched anew: tokens expire in the middle of long runs.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use secrecy::{ExposeSecret, SecretString};

/// Fetches a secret again; may wait for a command. Says why not in words without the secret.
type Fetch = dyn Fn() -> Result<SecretString, String> + Send + Sync;

/// A secret, and the way to it. Clones share what was fetched last.
#[derive(Clone)]
pub struct Credentials {
    now: Arc<RwLock<SecretString>>,
    fetch: Option<Arc<Fetch>>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

impl From<SecretString> for Credentials {
    fn from(secret: SecretString) -> Self {
        Self {
            now: Arc::new(RwLock::new(secret)),
            fetch: None,
        }
    }
}

impl From<String> for Credentials {
    fn from(secret: String) -> Self {
        SecretString::from(secret).into()
    }
}

impl Credentials {
    /// The same secret, which can be fetched again this way.
    #[must_use]
    pub fn fetched_by(
        mut self,
        fetch: impl Fn() -> Result<SecretString, String> + Send + Sync + 'static,
    ) -> Self {
        self.fetch = Some(Arc::new(fetch));
        self
    }

    /// The secret as it was fetched last.
    pub(super) fn now(&self) -> SecretString {
        self.now
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Fetches it again. Returns whether it is another one; what can't be fetched stays as it is.
    pub(super) async fn renewed(&self) -> bool {
        let Some(fetch) = self.fetch.clone() else {
            return false;
        };
        // A command may take its time, and must not keep the others waiting.
        let Ok(Ok(fresh)) = tokio::task::spawn_blocking(move || fetch()).await else {
            return false;
        };
        let is_new = fresh.expose_secret() != self.now().expose_secret();
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_is_fetched_anew_and_shows_nowhere() {
        let credentials = Credentials::from("old-secret".to_owned())
            .fetched_by(|| Ok("new-secret".to_owned().into()));
        let other = credentials.clone();
        assert!(credentials.renewed().await);
        assert!(!credentials.renewed().await, "it is the same again");
        assert_eq!(other.now().expose_secret(), "new-secret");
        assert!(!format!("{credentials:?}").contains("secret"));
    }

    #[tokio::test]
    async fn what_cannot_be_fetched_stays() {
        let fixed = Credentials::from("kept".to_owned());
        assert!(!fixed.renewed().await);
        let broken = fixed
            .clone()
            .fetched_by(|| Err("no such command".to_owned()));
        assert!(!broken.renewed().await);
        assert_eq!(broken.now().expose_secret(), "kept");
    }
}
