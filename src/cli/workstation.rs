//! The workstation itself: the screens over the runtime.

use std::sync::Arc;

use super::{
    args::Global,
    ending::{Ending, Stop},
    output::Output,
    wire::Setup,
};
use crate::{config::Profile, endpoint::Endpoint};

/// Opens the screens on a profile and stays until the person leaves.
///
/// # Errors
///
/// If this is no terminal, or the workspace can't be opened.
pub async fn open(
    _setup: &Setup,
    _profile: &Profile,
    _endpoint: Arc<dyn Endpoint>,
    _output: &mut Output<'_>,
) -> Result<Ending, Stop> {
    Err(Stop::usage("the screens are being wired"))
}

/// Opens the workstation on the chosen profile.
///
/// # Errors
///
/// What is wrong with configuration, secret or workspace.
pub async fn run(global: &Global, output: &mut Output<'_>) -> Result<Ending, Stop> {
    let setup = Setup::load(global)?;
    let profile = setup.profile(global)?;
    let endpoint = setup.endpoint(&profile)?;
    open(&setup, &profile, endpoint, output).await
}
