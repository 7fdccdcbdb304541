//! The contract over the endpoint in memory: settled change by change, and all or nothing.

use std::future::{Ready, ready};

use armarius::{
    domain::{Asset, Capabilities, Value},
    endpoint::memory::{Memory, plain_capabilities},
};

use super::{Subject, contract};

const ASSETS: usize = 25;

fn asset(number: usize) -> Asset {
    Asset {
        id: format!("a-{number:03}").as_str().into(),
        name: format!("Asset {number}"),
        kind: "Image".to_owned(),
        fields: vec![
            ("Title".into(), Value::text(format!("Title {number}"))),
            ("Season".into(), Value::text("AW26")),
        ],
        locked: None,
    }
}

fn subject(capabilities: &Capabilities) -> Subject {
    let library = || {
        Memory::new((0..ASSETS).map(asset))
            .with_page_size(10)
            .with_capabilities(capabilities.clone())
    };
    let stranger = library();
    stranger.sign_out(true);
    Subject {
        endpoint: Box::new(library()),
        stranger: Box::new(stranger),
        assets: ASSETS,
        text: "Title".into(),
        tags: ("Keywords".into(), ["outer", "winter", "sale"]),
        refused: ("Rights".into(), Value::text("Claered")),
        thumbnail: Some(("a-001".into(), "a-002".into())),
        _keep: Box::new(()),
    }
}

mod settling_each_change {
    use super::*;

    fn fresh() -> Ready<Subject> {
        ready(subject(&plain_capabilities()))
    }

    contract!(fresh());
}

mod all_or_nothing {
    use super::*;

    fn fresh() -> Ready<Subject> {
        ready(subject(&Capabilities {
            all_or_nothing: true,
            lazy_thumbnails: true,
            address_fields: vec!["Season".into()],
            ..plain_capabilities()
        }))
    }

    contract!(fresh());
}
