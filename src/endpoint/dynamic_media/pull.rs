//! Walks through an answer once, element by element, without building a tree.

use std::borrow::Cow;

use quick_xml::{Reader, events::Event};

/// Elements within elements; no answer of this protocol comes near.
const DEEPEST: usize = 64;

/// Why an answer can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    /// No well-formed XML, or none that is accepted.
    #[error("{0}")]
    Xml(String),
    /// It ends in the middle.
    #[error("the answer ends in the middle")]
    CutShort,
}

/// A reader that stands inside one element at a time. Names are local names: namespaces and
/// prefixes differ between versions and mean nothing here.
pub(super) struct Pull<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    /// Whether bytes that were no UTF-8 became U+FFFD before it was read.
    is_broken: bool,
    damaged: usize,
}

impl<'a> Pull<'a> {
    /// Stands before the root.
    pub(super) fn new(xml: &'a str) -> Self {
        let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}').trim_start());
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            depth: 0,
            is_broken: false,
            damaged: 0,
        }
    }

    /// The same for a text that had to be repaired to be one.
    pub(super) fn broken(mut self, is_broken: bool) -> Self {
        self.is_broken = is_broken;
        self
    }

    /// How many texts so far have characters that can't be sent back as they are.
    pub(super) fn damaged(&self) -> usize {
        self.damaged
    }

    /// Goes through the children of the element it stands in, up to its end. The closure gets each
    /// child's name and must use it up: with [`each`](Self::each), [`text`](Self::text) or
    /// [`skip`](Self::skip).
    pub(super) fn each<E: From<Unreadable>>(
        &mut self,
        mut child: impl FnMut(&mut Self, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            match self.next()? {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        let text = format!("elements are nested deeper than {DEEPEST}");
                        return Err(Unreadable::Xml(text).into());
                    }
                    child(self, start.local_name().into_inner())?;
                }
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(());
                }
                Event::Eof if self.depth == 0 => return Ok(()),
                Event::Eof => return Err(Unreadable::CutShort.into()),
                Event::Empty(_)
                | Event::Text(_)
                | Event::CData(_)
                | Event::GeneralRef(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => {}
            }
        }
    }

    /// The text of the element it stands in, up to its end, exactly; elements inside are skipped.
    pub(super) fn text(&mut self) -> Result<Cow<'a, str>, Unreadable> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.next()? {
                Event::Text(more) => append(&mut text, more.xml10_content()),
                Event::CData(more) => append(&mut text, more.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = resolved(&reference)?;
                    self.damaged += usize::from(character.is_none());
                    append(&mut text, character.unwrap_or(Cow::Borrowed("\u{fffd}")));
                }
                Event::Start(_) => {
                    self.depth += 1;
                    self.skip()?;
                }
                Event::End(_) => {
                    self.depth -= 1;
                    self.damaged += usize::from(self.is_broken && text.contains('\u{fffd}'));
                    return Ok(text);
                }
                Event::Eof => return Err(Unreadable::CutShort),
                Event::Empty(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => {}
            }
        }
    }

    /// The text without the space around it.
    pub(super) fn token(&mut self) -> Result<String, Unreadable> {
        Ok(self.text()?.trim().to_owned())
    }

    /// The text as a number, leniently; `None` if it is none.
    pub(super) fn number(&mut self) -> Result<Option<i64>, Unreadable> {
        let text = self.text()?;
        let digits = text.trim();
        let whole = digits.strip_suffix(".0").unwrap_or(digits);
        Ok(whole.trim_start_matches('+').parse().ok())
    }

    /// The texts of an array's `items`.
    pub(super) fn texts(&mut self) -> Result<Vec<String>, Unreadable> {
        let mut texts = Vec::new();
        self.each(|pull, _| {
            texts.push(pull.text()?.into_owned());
            Ok::<_, Unreadable>(())
        })?;
        Ok(texts)
    }

    /// Leaves the element it stands in.
    pub(super) fn skip(&mut self) -> Result<(), Unreadable> {
        self.each(|pull, _| pull.skip())
    }

    fn next(&mut self) -> Result<Event<'a>, Unreadable> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(Unreadable::Xml(
                "it declares a document type, which is refused".to_owned(),
            )),
            Ok(event) => Ok(event),
            Err(quick_xml::Error::Syntax(_)) => Err(Unreadable::CutShort),
            Err(error) => Err(Unreadable::Xml(error.to_string())),
        }
    }
}

fn append<'a>(text: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if text.is_empty() {
        *text = more;
    } else {
        text.to_mut().push_str(&more);
    }
}

/// One of the five references of XML, or a character by number; nothing else is known, so nothing
/// can be expanded without end. `None` for a number that stands for no character, which Java
/// servers write where their own text is broken.
fn resolved(
    reference: &quick_xml::events::BytesRef<'_>,
) -> Result<Option<Cow<'static, str>>, Unreadable> {
    if reference.is_char_ref() {
        let character = reference.resolve_char_ref().ok().flatten();
        return Ok(character.map(|one| Cow::Owned(one.to_string())));
    }
    quick_xml::escape::resolve_predefined_entity(reference)
        .map(|text| Some(Cow::Borrowed(text)))
        .ok_or_else(|| Unreadable::Xml(format!("unknown entity `{}`", &**reference)))
}
