//! The contract over Dynamic Media, against the embedded catalogue.

use armarius::{
    catalogue::server::{Contents, ServeOptions, serve},
    domain::{Asset, Value},
    endpoint::{
        Endpoint,
        dynamic_media::{DynamicMedia, Settings},
        http::{Http, HttpSettings},
    },
};

use super::{Subject, contract};

const ASSETS: usize = 25;

fn endpoint(address: &str, password: &str) -> DynamicMedia {
    let mut settings = Settings::new(address, "librarian@example.com", password.to_owned().into());
    settings.certificate_status_field = Some("Certificate".to_owned());
    settings.certificate_message_field = Some("Certificate note".to_owned());
    settings.image_server = Some(address.to_owned());
    settings.page_size = 10;
    DynamicMedia::new(settings, Http::new(HttpSettings::default()).unwrap())
}

async fn fresh() -> Subject {
    let server = serve(ServeOptions {
        contents: Contents::Generated(ASSETS as u64),
        ..ServeOptions::default()
    });
    let server = server.await.unwrap();
    let known = endpoint(server.address(), "demo");
    let page = known.page(None).await.unwrap();
    let is_image = |asset: &&Asset| asset.kind == "Image";
    let mut images = page
        .assets
        .iter()
        .filter(is_image)
        .map(|one| one.id.clone());
    Subject {
        stranger: Box::new(endpoint(server.address(), "guess")),
        assets: ASSETS,
        text: "Title".into(),
        tags: ("Keywords".into(), ["outer", "winter", "sale"]),
        refused: ("Season".into(), Value::text("no such season")),
        thumbnail: Some((images.next().unwrap(), images.next().unwrap())),
        endpoint: Box::new(known),
        _keep: Box::new(server),
    }
}

contract!(fresh());
