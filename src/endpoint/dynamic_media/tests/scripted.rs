//! A small scripted service: canned answers by operation, on loopback.

use std::sync::Mutex;

use crate::endpoint::{
    dynamic_media::{DynamicMedia, Settings},
    http::{
        Http, HttpSettings,
        stub::{Stub, answer},
    },
};

use super::{XSD, enveloped, fields_answer};

/// A service that answers each operation from its list in turn, the last one for ever.
pub(super) struct Service {
    pub(super) stub: Stub,
    pub(super) endpoint: DynamicMedia,
}

/// The return of an operation in its envelope.
pub(super) fn returned(operation: &str, content: &str) -> String {
    enveloped(&format!(
        "<{operation}Return xmlns=\"{XSD}\">{content}</{operation}Return>"
    ))
}

/// The five children of a batch.
pub(super) fn counted(success: u32, error: u32, errors: &str) -> String {
    format!(
        "<successCount>{success}</successCount><warningCount>0</warningCount>\
         <errorCount>{error}</errorCount><errorDetailArray>{errors}</errorDetailArray>"
    )
}

/// The name in a request's `SOAPAction`.
pub(super) fn operation(request: &str) -> String {
    let head = request.to_lowercase();
    let Some(at) = head.find("soapaction: \"") else {
        return "GET".to_owned();
    };
    let name = &request[at + 13..];
    name[..name.find('"').unwrap()].to_owned()
}

impl Service {
    /// Starts it with answers by operation: the inside of the return, or a whole document.
    pub(super) fn start(script: &[(&str, &str)], change: impl FnOnce(&mut Settings)) -> Self {
        let mut answers: Vec<(String, String)> = script
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        answers.push((
            "getCompanyMembership".to_owned(),
            "<membershipArray><items><company><companyHandle>c|301</companyHandle>\
             <name>ExampleCo</name><rootPath>ExampleCo/</rootPath></company><role>IpsUser</role>\
             <isActive>true</isActive></items></membershipArray>"
                .to_owned(),
        ));
        answers.push(("getAssetMetadataFields".to_owned(), fields_answer()));
        answers.push(("getTagFieldValues".to_owned(), "<fieldArray/>".to_owned()));
        let answers = Mutex::new(answers);
        let stub = Stub::start(move |request| {
            let name = operation(request);
            let mut answers = answers.lock().unwrap();
            let places: Vec<usize> = (0..answers.len())
                .filter(|&place| answers[place].0 == name)
                .collect();
            let Some(&first) = places.first() else {
                return answer(404, "", "nothing here");
            };
            let text = if places.len() > 1 {
                answers.remove(first).1
            } else {
                answers[first].1.clone()
            };
            if text.is_empty() {
                return Vec::new();
            }
            if text.contains("Envelope") || name == "GET" {
                return answer(200, "", &text);
            }
            answer(200, "", &returned(&name, &text))
        });
        let mut settings =
            Settings::new(&stub.url, "editor@example.com", "hunter2".to_owned().into());
        settings.certificate_status_field = Some("Certificate".to_owned());
        settings.certificate_message_field = Some("Certificate note".to_owned());
        change(&mut settings);
        let http = Http::new(HttpSettings {
            timeout_s: 5,
            first_retry_ms: 1,
            ..HttpSettings::default()
        });
        let endpoint = DynamicMedia::new(settings, http.unwrap());
        Self { stub, endpoint }
    }

    /// The operations that were called, in order.
    pub(super) fn called(&self) -> Vec<String> {
        self.stub.seen().iter().map(|one| operation(one)).collect()
    }
}
