//! Builds request bodies, and refuses text that XML 1.0 can't carry.

use std::borrow::Cow;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::endpoint::EndpointError;

/// An XML document being written. Failures are kept until [`Xml::finish`].
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
    failure: Option<String>,
}

impl Xml {
    /// A document with its declaration.
    pub(super) fn new() -> Self {
        let mut xml = Self {
            writer: Writer::new(Vec::with_capacity(4096)),
            failure: None,
        };
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// An element around what the closure writes.
    pub(super) fn node(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.event(Event::Start(BytesStart::new(name)));
        content(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// The same, declaring a namespace: `("xmlns", "http://…")`.
    pub(super) fn node_in(
        &mut self,
        name: &str,
        namespace: (&str, &str),
        content: impl FnOnce(&mut Self),
    ) {
        let start = BytesStart::new(name).with_attributes([namespace]);
        self.event(Event::Start(start));
        content(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with nothing but text.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        if let Some(reason) = unsendable(text) {
            self.failure.get_or_insert(reason);
        }
        self.event(Event::Start(BytesStart::new(name)));
        self.event(Event::Text(BytesText::from_escaped(escaped(text))));
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An array: one `items` for each text.
    pub(super) fn list<T: AsRef<str>>(&mut self, name: &str, texts: impl IntoIterator<Item = T>) {
        self.node(name, |xml| {
            for text in texts {
                xml.leaf("items", text.as_ref());
            }
        });
    }

    /// The bytes.
    ///
    /// # Errors
    ///
    /// [`EndpointError::NotSendable`] if some text has no place in XML.
    pub(super) fn finish(self) -> Result<Vec<u8>, EndpointError> {
        match self.failure {
            Some(why) => Err(EndpointError::NotSendable { why }),
            None => Ok(self.writer.into_inner()),
        }
    }

    fn event(&mut self, event: Event<'_>) {
        if let Err(error) = self.writer.write_event(event) {
            self.failure.get_or_insert(error.to_string());
        }
    }
}

/// Why a text can't be sent, naming the character; `None` if it can.
pub(super) fn unsendable(text: &str) -> Option<String> {
    let bad = text
        .chars()
        .find(|&c| matches!(c, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') && !is_space(c))?;
    Some(format!(
        "it holds the control character U+{:04X}, which this protocol can't carry",
        u32::from(bad)
    ))
}

fn is_space(character: char) -> bool {
    matches!(character, '\t' | '\r' | '\n')
}

/// Escapes markup, and carriage returns too, which a reader would turn into line feeds.
fn escaped(text: &str) -> Cow<'_, str> {
    let text = quick_xml::escape::partial_escape(text);
    if text.contains('\r') {
        Cow::Owned(text.replace('\r', "&#13;"))
    } else {
        text
    }
}
