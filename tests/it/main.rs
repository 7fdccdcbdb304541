//! The tests of the whole program, in one binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should fail where it stands"
)]

mod architecture;
mod cli_config;
mod cli_list;
mod cli_older;
mod cli_report;
mod cli_results;
mod cli_revert;
mod cli_serve;
mod cli_stage;
mod cli_submit;
mod contract;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod crash;
mod earlier_workspaces;
mod faults;
mod hostile;
mod incomplete;
mod journeys;
mod recovery;
mod schedule;
mod shipped;
mod streams;
mod submitting;
mod support;
mod terminal;
