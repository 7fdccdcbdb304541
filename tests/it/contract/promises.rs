//! The promises, one function each.

use std::collections::HashSet;

use armarius::{
    domain::{AssetId, Certificate, CertificateStatus, FieldKey, Outcome, Value, run::same},
    endpoint::{EndpointError, Verdict},
};

use super::Session;

pub(crate) async fn the_listing_reaches_every_asset_once(session: &Session) {
    let all = session.list().await;
    let ids: HashSet<&AssetId> = all.iter().map(|asset| &asset.id).collect();
    assert_eq!(all.len(), session.subject.assets);
    assert_eq!(ids.len(), all.len());
    assert!(all.iter().all(|asset| !asset.name.is_empty()));
    assert!(all.iter().all(|asset| !asset.kind.is_empty()));
}

pub(crate) async fn the_schema_names_what_the_listing_shows(session: &Session) {
    let mut names = HashSet::new();
    for field in &session.connection.schema.fields {
        let unique = names.insert(field.key.as_str().to_lowercase());
        assert!(unique, "{} is there twice", field.key);
    }
    for asset in session.list().await {
        for (key, _) in &asset.fields {
            assert_eq!(&session.field(key).key, key);
        }
        for key in &session.connection.capabilities.address_fields {
            session.field(key);
        }
    }
}

pub(crate) async fn a_written_value_is_read_back(session: &Session) {
    let text = &session.subject.text;
    let wanted = Value::text("Seen from the pier, “left”; 3 < 4 & 5 > 4");
    for asset in session.some(3).await {
        let change = session.change(&asset, text, wanted.clone());
        session.write(vec![change]).await;
        assert_eq!(session.fresh(&asset.id).await.value(text), &wanted);
    }
}

pub(crate) async fn hostile_text_comes_back_as_it_went(session: &Session) {
    let text = &session.subject.text;
    let asset = session.some(1).await.remove(0);
    let hostile =
        "東京 🎨 e\u{301} \u{202e}right\u{202c} ]]> <a href='x'>&amp;</a> \"\\ \t two\nlines";
    let long = "x".repeat(2_000);
    for wanted in [hostile, long.as_str()] {
        let change = session.change(&asset, text, Value::text(wanted));
        session.write(vec![change]).await;
        let fresh = session.fresh(&asset.id).await;
        assert_eq!(fresh.value(text), &Value::text(wanted));
    }
}

pub(crate) async fn a_cleared_value_is_absent(session: &Session) {
    let text = &session.subject.text;
    let asset = session.some(1).await.remove(0);
    let change = session.change(&asset, text, Value::text("soon gone"));
    session.write(vec![change]).await;
    let asset = session.fresh(&asset.id).await;
    session
        .write(vec![session.change(&asset, text, Value::Absent)])
        .await;
    let fresh = session.fresh(&asset.id).await;
    assert_eq!(fresh.value(text), &Value::Absent);
}

pub(crate) async fn several_fields_of_one_asset_go_in_one_call(session: &Session) {
    let (tags, known) = &session.subject.tags;
    let text = &session.subject.text;
    let assets = session.some(3).await;
    let mut items = Vec::new();
    for asset in &assets {
        items.push(session.change(asset, text, Value::text(asset.id.as_str())));
        items.push(session.change(asset, tags, Value::list([known[0]])));
    }
    session.write(items).await;
    for asset in &assets {
        let fresh = session.fresh(&asset.id).await;
        assert_eq!(fresh.value(text), &Value::text(asset.id.as_str()));
        assert_eq!(fresh.value(tags), &Value::list([known[0]]));
    }
}

pub(crate) async fn the_same_again_is_written_too(session: &Session) {
    let text = &session.subject.text;
    let asset = session.some(1).await.remove(0);
    let change = || vec![session.change(&asset, text, Value::text("twice"))];
    session.write(change()).await;
    let answer = session.submit(change()).await.unwrap();
    // A server that does not mention it leaves it to reading back.
    let outcome = answer.said[0].outcome;
    assert!(
        outcome.is_written() || outcome == Outcome::Unknown,
        "{answer:?}"
    );
    let fresh = session.fresh(&asset.id).await;
    assert_eq!(fresh.value(text), &Value::text("twice"));
}

pub(crate) async fn tags_one_by_one_leave_the_others(session: &Session) {
    let (field, [theirs, ours, old]) = &session.subject.tags;
    let listed = session.some(1).await.remove(0);
    let set = session.change(&listed, field, Value::list([*old]));
    session.write(vec![set]).await;
    let before = session.fresh(&listed.id).await;
    // Somebody else adds a tag after we looked.
    session
        .write(vec![session.delta(&before, &[theirs], &[])])
        .await;
    session
        .write(vec![session.delta(&before, &[ours], &[old])])
        .await;
    let fresh = session.fresh(&listed.id).await;
    let wanted = Value::list([*theirs, *ours]);
    assert!(same(fresh.value(field), &wanted), "{fresh:?}");
}

pub(crate) async fn tags_can_be_set_and_cleared_whole(session: &Session) {
    let (field, [one, two, three]) = &session.subject.tags;
    let mut asset = session.some(1).await.remove(0);
    let wishes = [
        Value::list([*one, *two]),
        Value::list([*two, *three]),
        Value::Absent,
    ];
    for wanted in wishes {
        let change = session.change(&asset, field, wanted.clone());
        session.write(vec![change]).await;
        asset = session.fresh(&asset.id).await;
        assert!(same(asset.value(field), &wanted), "{asset:?}");
    }
}

pub(crate) async fn a_certificate_is_set_changed_and_cleared(session: &Session) {
    let key = FieldKey::certificate();
    let mut asset = session.some(1).await.remove(0);
    let certificate = |status, message: &str| {
        let message = message.to_owned();
        Value::Certificate(Certificate { status, message })
    };
    if let Some(reason) = session.connection.capabilities.certificates.refusal() {
        assert!(!reason.is_empty());
        return;
    }
    let wishes = [
        certificate(CertificateStatus::Draft, "being checked"),
        certificate(CertificateStatus::Verified, "being checked"),
        certificate(CertificateStatus::Deprecated, "use another"),
        certificate(CertificateStatus::Deprecated, ""),
        Value::Absent,
        certificate(CertificateStatus::Verified, ""),
    ];
    for wanted in wishes {
        let change = session.change(&asset, &key, wanted.clone());
        session.write(vec![change]).await;
        asset = session.fresh(&asset.id).await;
        assert_eq!(asset.value(&key), &wanted);
    }
}

pub(crate) async fn a_thumbnail_is_set_or_the_reason_told(session: &Session) {
    let key = FieldKey::thumbnail();
    let Some((target, source)) = &session.subject.thumbnail else {
        let offer = &session.connection.capabilities.thumbnails;
        let reason = offer.refusal().expect("offered, so it should be tried");
        assert!(reason.contains(' '), "a reason is a sentence: {reason}");
        return;
    };
    let asset = session.fresh(target).await;
    let wanted = Value::Asset {
        id: source.clone(),
        name: session.fresh(source).await.name,
    };
    let change = session.change(&asset, &key, wanted.clone());
    session.write(vec![change]).await;
    let endpoint = &session.subject.endpoint;
    let read = endpoint.thumbnails(std::slice::from_ref(target)).await;
    let (id, value) = read.unwrap().remove(0);
    assert_eq!(&id, target);
    assert!(same(&value, &wanted), "{value:?}");
}

pub(crate) async fn a_refused_value_stays_unwritten_and_is_named(session: &Session) {
    let (field, bad) = &session.subject.refused;
    let text = &session.subject.text;
    let assets = session.some(2).await;
    let items = vec![
        session.change(&assets[0], text, Value::text("good")),
        session.change(&assets[1], field, bad.clone()),
    ];
    let all_or_nothing = session.connection.capabilities.all_or_nothing;
    match session.submit(items).await {
        Ok(answer) => {
            let outcome = |place| {
                let said = answer.said.iter().find(|said| said.item == place);
                said.expect("every change is settled").outcome
            };
            assert_eq!(outcome(1), Outcome::Refused);
            assert!(outcome(0).is_written());
            let said = answer.said.iter().find(|said| said.item == 1).unwrap();
            assert!(!said.reason.is_empty());
        }
        Err(EndpointError::PoisonedBy { items, why, .. }) => {
            assert!(all_or_nothing);
            assert_eq!(items, [1]);
            assert!(!why.is_empty());
        }
        Err(error) => {
            assert!(all_or_nothing);
            assert_eq!(error.verdict(), Verdict::SomeItem, "{error:?}");
        }
    }
    let fresh = session.fresh(&assets[1].id).await;
    assert_eq!(fresh.value(field), assets[1].value(field));
    let neighbour = session.fresh(&assets[0].id).await;
    assert_eq!(
        neighbour.value(text) == &Value::text("good"),
        !all_or_nothing
    );
}

pub(crate) async fn an_asset_that_is_gone_is_missing_from_fresh_values(session: &Session) {
    let known = session.some(2).await;
    let gone = AssetId::new("00000000-0000-4000-8000-00000000dead");
    let ids = [known[0].id.clone(), gone, known[1].id.clone()];
    let fresh = session.subject.endpoint.fetch(&ids).await.unwrap();
    let found: HashSet<&AssetId> = fresh.iter().map(|asset| &asset.id).collect();
    assert_eq!(found, HashSet::from([&ids[0], &ids[2]]));
}

pub(crate) async fn wrong_credentials_ask_to_sign_in(session: &Session) {
    let error = session.subject.stranger.connect().await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::SignInAgain, "{error:?}");
    assert!(!error.hint().is_empty());
}

pub(crate) async fn checking_says_how_each_step_went(session: &Session) {
    let steps = session.subject.endpoint.check().await;
    assert!(!steps.is_empty());
    for step in steps {
        assert!(step.result.is_ok(), "{step:?}");
    }
    let steps = session.subject.stranger.check().await;
    assert!(steps.iter().any(|step| step.result.is_err()));
}
