//! Tries each step of signing in, and never writes.

use tokio::time::Instant;

use crate::{
    domain::Offer,
    endpoint::{CheckStep, EndpointError, http::HttpRequest},
};

use super::{DynamicMedia, account, assets};

impl DynamicMedia {
    /// Address, sign-in, company, fields, one asset. Ends at the first step that fails.
    pub(super) async fn check_steps(&self) -> Vec<CheckStep> {
        let mut steps = Vec::new();
        // The last step's failure is in the list, which is what the caller wants.
        let _ = self.try_steps(&mut steps).await;
        steps
    }

    async fn try_steps(&self, steps: &mut Vec<CheckStep>) -> Option<()> {
        step(steps, "address", self.address()).await?;
        let memberships = step(steps, "sign-in", async {
            let memberships = self.memberships().await?;
            let said = format!("signed in as {}", self.settings.user);
            Ok((memberships, said))
        })
        .await?;
        let company = step(steps, "company", async {
            let wanted = self.settings.company.as_deref();
            let company = account::chosen(&memberships, wanted)?;
            let mut said = format!("{}, role {}", company.name, company.role);
            if let Offer::No(reason) = account::may_write(&company.role) {
                said = format!("{said}: {reason}");
            }
            Ok((company, said))
        })
        .await?;
        let fields = step(steps, "fields", async {
            let fields = self.fields(&company.handle).await?;
            let editable = fields
                .schema
                .fields
                .iter()
                .filter(|one| one.locked.is_none());
            let mut said = format!("{} fields to edit", editable.count());
            if let Offer::No(reason) = &fields.certificates {
                said = format!("{said}; no certificates: {reason}");
            }
            Ok((fields, said))
        })
        .await?;
        step(steps, "list one asset", async {
            let (total, listed) = self
                .read(
                    "searchAssets",
                    |xml| assets::search(xml, &company.handle, 1, 1),
                    |pull| assets::read(pull, &fields),
                )
                .await?;
            let total = total.unwrap_or(listed.len() as u64);
            let said = match listed.first() {
                Some(first) => format!("{total} assets, the oldest is {}", first.name),
                None => format!("{total} assets, none of them to be seen"),
            };
            Ok(((), said))
        })
        .await
    }

    /// Whether anything answers there; without credentials.
    async fn address(&self) -> Result<((), String), EndpointError> {
        let request = HttpRequest::get(&self.sender.service);
        let answer = self.http.send(&request).await?;
        let said = format!("{} answers HTTP {}", self.sender.service, answer.status);
        Ok(((), said))
    }
}

/// Tries one step, and notes how it went and how long it took.
async fn step<T>(
    steps: &mut Vec<CheckStep>,
    name: &str,
    trial: impl Future<Output = Result<(T, String), EndpointError>>,
) -> Option<T> {
    let started = Instant::now();
    let (got, result) = match trial.await {
        Ok((got, said)) => (Some(got), Ok(said)),
        Err(error) => {
            let why = format!("{error}; {}", error.hint_for_reading());
            (None, Err(why))
        }
    };
    steps.push(CheckStep {
        name: name.to_owned(),
        result,
        took_ms: u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX),
    });
    got
}
