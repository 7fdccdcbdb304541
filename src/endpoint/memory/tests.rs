//! What the script can make happen.

use crate::{
    domain::Item,
    endpoint::{CallKind, Verdict},
};

use super::*;

fn asset(id: &str) -> Asset {
    Asset {
        id: id.into(),
        name: id.to_owned(),
        kind: "Image".to_owned(),
        fields: vec![("Title".into(), Value::text("old"))],
        locked: None,
    }
}

fn titles(ids: &[&str]) -> Call {
    let item = |id: &&str| Item {
        row: 0,
        asset: (*id).into(),
        name: (*id).to_owned(),
        kind: "Image".to_owned(),
        field: "Title".into(),
        value_kind: crate::domain::FieldKind::Text,
        before: Value::text("old"),
        wanted: Value::text("new"),
        delta: None,
        facts: Vec::new(),
    };
    Call {
        kind: CallKind::Metadata,
        items: ids.iter().map(item).collect(),
    }
}

fn no_answer() -> EndpointError {
    EndpointError::NoAnswer {
        why: "connection closed".to_owned(),
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_the_change_written() {
    let memory = Memory::new([asset("a")]);
    memory.on(Operation::Submit, 1, Happening::DoThenFail(no_answer()));
    let error = memory.submit(&titles(&["a"])).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::ReadBack);
    assert_eq!(
        memory.value(&"a".into(), &"Title".into()),
        Value::text("new")
    );
}

#[tokio::test]
async fn half_a_call_is_written_when_the_script_says_so() {
    let memory = Memory::new([asset("a"), asset("b")]);
    let happening = Happening::DoSomeThenFail(1, no_answer());
    memory.on(Operation::Submit, 1, happening);
    memory.submit(&titles(&["a", "b"])).await.unwrap_err();
    assert_eq!(
        memory.value(&"a".into(), &"Title".into()),
        Value::text("new")
    );
    assert_eq!(
        memory.value(&"b".into(), &"Title".into()),
        Value::text("old")
    );
    memory.submit(&titles(&["b"])).await.unwrap();
    assert_eq!(memory.calls().len(), 2);
}

#[tokio::test]
async fn pretending_says_applied_and_writes_nothing() {
    let memory = Memory::new([asset("a")]);
    memory.treat(&"a".into(), Treatment::Pretend);
    let answer = memory.submit(&titles(&["a"])).await.unwrap();
    assert!(answer.said[0].outcome.is_written());
    assert_eq!(
        memory.value(&"a".into(), &"Title".into()),
        Value::text("old")
    );
}

#[tokio::test]
async fn all_or_nothing_names_the_culprit_and_writes_nothing() {
    let capabilities = Capabilities {
        all_or_nothing: true,
        ..plain_capabilities()
    };
    let memory = Memory::new([asset("a"), asset("b")]).with_capabilities(capabilities);
    let refuse = Treatment::Refuse("403".to_owned(), "read only".to_owned());
    memory.treat(&"b".into(), refuse);
    assert_eq!(
        memory.submit(&titles(&["a", "b"])).await,
        Err(EndpointError::PoisonedBy {
            items: vec![1],
            code: "403".to_owned(),
            why: "read only".to_owned(),
        })
    );
    assert_eq!(
        memory.value(&"a".into(), &"Title".into()),
        Value::text("old")
    );
}

#[tokio::test]
async fn the_library_can_change_behind_our_back() {
    let memory = Memory::new([asset("a")]);
    memory.change(&"a".into(), &"Title".into(), Value::text("theirs"));
    let fresh = memory.fetch(&["a".into(), "gone".into()]).await.unwrap();
    assert_eq!(fresh.len(), 1);
    assert_eq!(fresh[0].value(&"Title".into()), &Value::text("theirs"));
}
