//! A request as a tree of elements: namespaces resolved, text decoded, nothing interpreted.
//!
//! Document types are refused, so no entity can be declared, and nesting is capped.

use std::sync::Arc;

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

/// Deepest nesting accepted; the deepest real request has nine levels.
pub(super) const DEEPEST: usize = 64;

/// One element of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// Local name, without a prefix.
    pub(super) name: String,
    /// Namespace, empty where there is none.
    pub(super) namespace: Arc<str>,
    /// All character data directly inside, exactly as sent.
    pub(super) text: String,
    /// Child elements in document order.
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The first child with this local name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of a child, `None` where the child is absent.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// The `items` of an array child; none where the child is absent.
    pub(super) fn items<'e>(&'e self, name: &str) -> impl Iterator<Item = &'e Element> {
        self.child(name)
            .into_iter()
            .flat_map(|array| array.children.iter().filter(|item| item.name == "items"))
    }

    /// The texts of the `items` of an array child.
    pub(super) fn texts<'e>(&'e self, name: &str) -> impl Iterator<Item = &'e str> {
        self.items(name).map(|item| item.text.as_str())
    }

    /// A truth value of a child; `None` where it is absent or not a truth value.
    pub(super) fn truth_of(&self, name: &str) -> Option<bool> {
        self.text_of(name).and_then(truth)
    }
}

/// Reads an `xsd:boolean`.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Reads a document into its root element.
///
/// # Errors
///
/// What is wrong with the document, in words.
pub(super) fn parse(bytes: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the request is not UTF-8".to_owned())?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut builder = Builder::default();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                let (resolved, _) = reader.resolver().resolve_element(start.name());
                builder.open(&start, &resolved)?;
            }
            Event::End(_) => builder.close(),
            Event::Text(part) => builder.text(&part.xml10_content())?,
            Event::CData(part) => builder.text(&part.xml10_content())?,
            Event::GeneralRef(reference) => builder.text(&character(&reference)?)?,
            Event::DocType(_) => return Err("document types are not accepted".to_owned()),
            Event::Eof => return builder.finish(),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// What a character or predefined entity reference stands for.
fn character(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(found) = reference
        .resolve_char_ref()
        .map_err(|error| error.to_string())?
    {
        return Ok(found.to_string());
    }
    match &**reference {
        "amp" => Ok("&".to_owned()),
        "lt" => Ok("<".to_owned()),
        "gt" => Ok(">".to_owned()),
        "quot" => Ok("\"".to_owned()),
        "apos" => Ok("'".to_owned()),
        name => Err(format!("unknown entity `{name}`")),
    }
}

/// The elements still open, and the root once it is closed.
#[derive(Default)]
struct Builder {
    open: Vec<Element>,
    root: Option<Element>,
    namespaces: Vec<Arc<str>>,
}

impl Builder {
    fn open(&mut self, start: &BytesStart<'_>, found: &ResolveResult<'_>) -> Result<(), String> {
        if self.root.is_some() {
            return Err("there is more than one root element".to_owned());
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("elements are nested more than {DEEPEST} deep"));
        }
        let namespace = match found {
            ResolveResult::Bound(namespace) => self.shared(namespace.as_ref()),
            ResolveResult::Unbound => self.shared(""),
            ResolveResult::Unknown(prefix) => {
                return Err(format!("the prefix `{prefix}` has no namespace"));
            }
        };
        self.open.push(Element {
            name: start.local_name().as_ref().to_owned(),
            namespace,
            text: String::new(),
            children: Vec::new(),
        });
        Ok(())
    }

    /// One copy of each namespace, however many elements are in it.
    fn shared(&mut self, namespace: &str) -> Arc<str> {
        if let Some(known) = self
            .namespaces
            .iter()
            .find(|known| known.as_ref() == namespace)
        {
            return Arc::clone(known);
        }
        let fresh: Arc<str> = Arc::from(namespace);
        self.namespaces.push(Arc::clone(&fresh));
        fresh
    }

    fn close(&mut self) {
        let Some(done) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => self.root = Some(done),
        }
    }

    fn text(&mut self, part: &str) -> Result<(), String> {
        if let Some(bad) = part.chars().find(|&found| !is_xml_char(found)) {
            return Err(format!(
                "the character U+{:04X} is not XML 1.0",
                u32::from(bad)
            ));
        }
        match self.open.last_mut() {
            Some(parent) => parent.text.push_str(part),
            None if part.trim().is_empty() => {}
            None => return Err("there is text outside the root element".to_owned()),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, String> {
        match (self.open.last(), self.root) {
            (Some(open), _) => Err(format!("the document ends inside `{}`", open.name)),
            (None, Some(root)) => Ok(root),
            (None, None) => Err("the document is empty".to_owned()),
        }
    }
}

/// Whether XML 1.0 can carry the character at all.
pub(super) fn is_xml_char(found: char) -> bool {
    matches!(found, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'
        | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_put_together_from_all_its_parts() {
        let read = parse(b"<a xmlns='urn:x'>M&amp;S &#233;<![CDATA[<b>]]> &lt;</a>").unwrap();
        assert_eq!(read.text, "M&S \u{e9}<b> <");
        assert_eq!(read.namespace.as_ref(), "urn:x");
    }

    #[test]
    fn a_document_type_is_refused() {
        let bomb = b"<!DOCTYPE a [<!ENTITY b 'boom'>]><a>&b;</a>";
        assert!(parse(bomb).unwrap_err().contains("document types"));
        assert!(parse(b"<a>&b;</a>").unwrap_err().contains("unknown entity"));
    }

    #[test]
    fn nesting_stops_at_the_cap() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(parse(nested(DEEPEST).as_bytes()).is_ok());
        assert!(
            parse(nested(DEEPEST + 1).as_bytes())
                .unwrap_err()
                .contains("nested")
        );
    }

    #[test]
    fn broken_documents_are_refused_in_words() {
        let wrong: [&[u8]; 8] = [
            b"",
            b"<a>",
            b"<a></b>",
            b"<a/><b/>",
            b"x<a/>",
            b"<p:a/>",
            b"\xff<a/>",
            b"<a>\x01</a>",
        ];
        for document in wrong {
            assert!(
                parse(document).is_err(),
                "{}",
                String::from_utf8_lossy(document)
            );
        }
    }
}
