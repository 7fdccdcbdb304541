//! Writing answers: direct pushes into one text, with the response filter checked on the way.

use super::element::is_xml_char;
use super::envelope::SoapVersion;
use super::filter::View;

/// An answer being written.
pub(super) struct Xml {
    out: String,
}

impl Xml {
    /// Begins an envelope and its body.
    pub(super) fn envelope(version: SoapVersion) -> Self {
        let mut xml = Self {
            out: String::with_capacity(1024),
        };
        xml.out.push_str("<?xml version='1.0' encoding='UTF-8'?>");
        xml.open_with("soapenv:Envelope", "xmlns:soapenv", version.namespace());
        xml.open("soapenv:Body");
        xml
    }

    /// Makes room for so many bytes more.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// Ends the body and the envelope.
    pub(super) fn finish(mut self) -> String {
        self.out.push_str("</soapenv:Body></soapenv:Envelope>");
        self.out
    }

    /// Writes a start tag.
    pub(super) fn open(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Writes a start tag with one attribute.
    pub(super) fn open_with(&mut self, name: &str, attribute: &str, value: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push(' ');
        self.out.push_str(attribute);
        self.out.push_str("=\"");
        self.text(value);
        self.out.push_str("\">");
    }

    /// Writes an end tag.
    pub(super) fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Writes an element that holds text.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close(name);
    }

    /// Writes an element that holds text, if the filter wants it.
    pub(super) fn field(&mut self, view: View<'_>, name: &str, text: &str) {
        if view.child(name).is_some() {
            self.leaf(name, text);
        }
    }

    /// Writes an element with children, if the filter wants it.
    pub(super) fn nest(
        &mut self,
        view: View<'_>,
        name: &str,
        inside: impl FnOnce(&mut Self, View<'_>),
    ) {
        if let Some(inner) = view.child(name) {
            self.open(name);
            inside(self, inner);
            self.close(name);
        }
    }

    /// Writes an array of texts, if the filter wants it.
    pub(super) fn texts<'t>(
        &mut self,
        view: View<'_>,
        name: &str,
        texts: impl IntoIterator<Item = &'t str>,
    ) {
        self.nest(view, name, |xml, inner| {
            for text in texts {
                xml.field(inner, "items", text);
            }
        });
    }

    /// Writes text, escaped.
    ///
    /// A character that XML 1.0 cannot carry is written as U+FFFD, so that an asset holding one
    /// can still be listed; a carriage return is a reference, or a reader would change it.
    pub(super) fn text(&mut self, text: &str) {
        let mut from = 0;
        for (at, found) in text.char_indices() {
            let instead = match found {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\r' => "&#13;",
                _ if is_xml_char(found) => continue,
                _ => "\u{fffd}",
            };
            self.out.push_str(&text[from..at]);
            self.out.push_str(instead);
            from = at + found.len_utf8();
        }
        self.out.push_str(&text[from..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_leaves_as_well_formed_xml() {
        let mut xml = Xml::envelope(SoapVersion::V11);
        xml.leaf("value", "a\u{1b}[2J & <b> \"q\"\r\n\u{202e}\u{0}\u{1f600}");
        let document = xml.finish();
        assert!(document.contains(
            "<value>a\u{fffd}[2J &amp; &lt;b&gt; &quot;q&quot;&#13;\n\u{202e}\u{fffd}\u{1f600}</value>"
        ));
        assert!(crate::catalogue::soap::element::parse(document.as_bytes()).is_ok());
    }
}
