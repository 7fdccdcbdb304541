//! The composition root: from a profile to a signed-in endpoint.

use std::sync::Arc;

use super::{args::Global, ending::Stop};
use crate::{
    config::{Config, Environment, Kind, Loaded, Profile, Sources},
    endpoint::{
        Credentials, Endpoint,
        atlan::{self, Atlan},
        dynamic_media::{self, DynamicMedia},
        http::{Http, HttpSettings},
    },
};

/// The configuration in force, and the environment it was read with.
pub struct Setup {
    /// The configuration.
    pub loaded: Loaded,
    /// Where secrets in variables come from.
    pub environment: Environment,
}

impl Setup {
    /// Reads the configuration with the options of the command line over it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, with its place.
    pub fn load(global: &Global) -> Result<Self, Stop> {
        let sources = sources(global);
        let loaded = Config::load(&sources)?;
        Ok(Self {
            loaded,
            environment: sources.environment,
        })
    }

    /// The profile chosen by flag, variable or file.
    ///
    /// # Errors
    ///
    /// If there is none of that name, or none chosen.
    pub fn profile(&self, global: &Global) -> Result<Profile, Stop> {
        Ok(self.loaded.profile(global.profile.as_deref())?.clone())
    }

    /// The endpoint of a profile. Fetches the secret; does not sign in yet.
    ///
    /// # Errors
    ///
    /// If the secret can't be had.
    pub fn endpoint(&self, profile: &Profile) -> Result<Arc<dyn Endpoint>, Stop> {
        let secret = profile
            .secret(&self.environment)
            .map_err(|error| Stop::usage(format!("profile {}: {error}", profile.name)))?;
        let (again, environment) = (profile.clone(), self.environment.clone());
        let fetch = move || {
            again
                .secret(&environment)
                .map_err(|error| error.to_string())
        };
        endpoint(profile, Credentials::from(secret).fetched_by(fetch))
    }
}

/// Where settings come from, for this command line.
pub fn sources(global: &Global) -> Sources {
    let mut flags = global.keys.clone();
    if let Some(profile) = &global.profile {
        flags.push(("default_profile".to_owned(), profile.clone()));
    }
    if let Some(folder) = &global.data_dir {
        flags.push(("data_dir".to_owned(), folder.display().to_string()));
    }
    if global.colour == Some(super::args::Colour::Never) {
        flags.push(("colour".to_owned(), "never".to_owned()));
    }
    Sources {
        config: global.config.clone(),
        flags,
        environment: Environment::Process,
    }
}

/// An adapter for a profile with its secret.
///
/// # Errors
///
/// If the transport can't be set up.
pub fn endpoint(profile: &Profile, secret: Credentials) -> Result<Arc<dyn Endpoint>, Stop> {
    let settings = HttpSettings {
        timeout_s: profile.timeout_s.into(),
        ..HttpSettings::default()
    };
    let http = Http::new(settings)
        .map_err(|error| Stop::from(error.failure("can't set up the network")))?;
    let page_size = profile.page_size.map(|size| size as usize);
    Ok(match profile.kind {
        Kind::DynamicMedia => {
            let mut settings = dynamic_media::Settings::new(&profile.url, &profile.user, secret);
            settings.company.clone_from(&profile.company);
            settings
                .certificate_status_field
                .clone_from(&profile.certificate_status_field);
            settings
                .certificate_message_field
                .clone_from(&profile.certificate_message_field);
            settings.image_server.clone_from(&profile.image_server);
            settings.unversioned_header = profile.unversioned_header;
            settings.page_size = page_size.unwrap_or(settings.page_size);
            Arc::new(DynamicMedia::new(settings, http))
        }
        Kind::Atlan => {
            let settings = atlan::Settings {
                url: profile.url.clone(),
                token: secret,
                page_size: page_size.unwrap_or(0),
            };
            Arc::new(Atlan::new(settings, http))
        }
    })
}
