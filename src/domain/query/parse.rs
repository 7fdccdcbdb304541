//! Reads the text of a query.

use regex::RegexBuilder;

use super::{Pattern, Query, QueryError, STATES, Term, Test};
use crate::domain::{Schema, text};

impl Query {
    /// Reads a query. Whether its fields exist is asked separately, by [`Query::check`].
    ///
    /// # Errors
    ///
    /// [`QueryError`] with the place and what would be right.
    ///
    /// ```
    /// use armarius::domain::Query;
    /// let query = Query::parse("type:image season=AW26 -has:rights")?;
    /// assert_eq!(query.terms().len(), 3);
    /// assert_eq!(Query::parse("name:~\"jacket(\"").unwrap_err().position, 5);
    /// # Ok::<(), armarius::domain::query::QueryError>(())
    /// ```
    pub fn parse(source: &str) -> Result<Self, QueryError> {
        let mut reader = Reader {
            text: source.chars().collect(),
            at: 0,
        };
        let mut terms = Vec::new();
        while reader.skip_blanks() {
            terms.push(reader.term()?);
        }
        Ok(Self {
            text: source.to_owned(),
            terms,
        })
    }

    /// Checks that every field it names is one of the schema, the name, the type or the id.
    ///
    /// # Errors
    ///
    /// The first unknown field, with the nearest known one.
    pub fn check(&self, schema: &Schema) -> Result<(), QueryError> {
        for term in &self.terms {
            let (Test::Field { name, .. } | Test::Has(name)) = &term.test else {
                continue;
            };
            if super::evaluate::is_built_in(name) || schema.field(name).is_some() {
                continue;
            }
            let near = schema.nearest(name);
            let hint = near
                .map(|key| format!("; did you mean {key}?"))
                .unwrap_or_default();
            return Err(QueryError {
                position: term.span.0 + usize::from(term.negated),
                why: format!("there is no field `{name}`{hint}"),
            });
        }
        Ok(())
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
}

impl Reader {
    fn skip_blanks(&mut self) -> bool {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        self.peek().is_some()
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn error<T>(position: usize, why: impl Into<String>) -> Result<T, QueryError> {
        Err(QueryError {
            position,
            why: why.into(),
        })
    }

    fn term(&mut self) -> Result<Term, QueryError> {
        let start = self.at;
        let negated = self
            .text
            .get(self.at + 1)
            .is_some_and(|next| !next.is_whitespace())
            && self.take('-');
        let test = self.test()?;
        Ok(Term {
            negated,
            span: (start, self.at),
            test,
        })
    }

    fn test(&mut self) -> Result<Test, QueryError> {
        let start = self.at;
        if self.take('~') {
            return Ok(Test::Anywhere(self.regex(start)?));
        }
        let quoted = self.peek() == Some('"');
        let word = self.word(true)?;
        match self.peek() {
            Some(':') => {
                self.at += 1;
                self.after_colon(start, word)
            }
            Some('=') => {
                self.at += 1;
                let value = self.word(false)?;
                Ok(Test::Field {
                    name: word,
                    pattern: Pattern::Exactly(value),
                })
            }
            _ if word.is_empty() && !quoted => {
                Self::error(start, "a word or field:value is missing here")
            }
            _ => Ok(Test::Anywhere(Pattern::Contains(text::fold(&word)))),
        }
    }

    fn after_colon(&mut self, start: usize, word: String) -> Result<Test, QueryError> {
        match word.as_str() {
            "has" => {
                let name = self.word(false)?;
                if name.is_empty() {
                    return Self::error(self.at, "has: needs a field, as in has:rights");
                }
                Ok(Test::Has(name))
            }
            "is" => {
                let position = self.at;
                let name = self.word(false)?;
                let state = STATES.iter().find(|(word, _)| *word == name);
                let known = STATES.map(|(word, _)| word).join(", ");
                state.map_or_else(
                    || Self::error(position, format!("is: takes one of {known}")),
                    |(_, state)| Ok(Test::Is(*state)),
                )
            }
            "" => Self::error(start, "a field name is missing before the colon"),
            _ => Ok(Test::Field {
                name: word,
                pattern: self.pattern()?,
            }),
        }
    }

    fn pattern(&mut self) -> Result<Pattern, QueryError> {
        let start = self.at;
        if self.take('~') {
            return self.regex(start);
        }
        if self.take('(') {
            return self.any_of(start);
        }
        let quoted = self.peek() == Some('"');
        let value = self.word(false)?;
        if value.is_empty() && !quoted {
            return Self::error(
                start,
                "a value is missing here; has:field asks for any value",
            );
        }
        if let (false, Some((low, high))) = (quoted, value.split_once("..")) {
            let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            if low.is_empty() && high.is_empty() {
                return Self::error(start, "a range needs at least one end, as in 100..");
            }
            return Ok(Pattern::Between(end(low), end(high)));
        }
        Ok(Pattern::Contains(text::fold(&value)))
    }

    fn any_of(&mut self, start: usize) -> Result<Pattern, QueryError> {
        let mut values = Vec::new();
        loop {
            if !self.skip_blanks() {
                return Self::error(start, "this bracket is not closed");
            }
            if self.take(')') {
                break;
            }
            let value = self.word_until(|c| c.is_whitespace() || c == ')')?;
            values.push(text::fold(&value));
        }
        if values.is_empty() {
            return Self::error(start, "nothing stands between the brackets");
        }
        Ok(Pattern::AnyOf(values))
    }

    fn regex(&mut self, start: usize) -> Result<Pattern, QueryError> {
        let source = self.word(false)?;
        RegexBuilder::new(&source)
            .size_limit(1 << 22)
            .build()
            .map(Pattern::Matches)
            .or_else(|error| {
                let located = crate::domain::edit::located(&source, &error);
                Self::error(start, located.to_string())
            })
    }

    /// A quoted text, or characters up to a blank (and, in a term's head, up to `:` or `=`).
    fn word(&mut self, head: bool) -> Result<String, QueryError> {
        self.word_until(|c| c.is_whitespace() || (head && (c == ':' || c == '=')))
    }

    fn word_until(&mut self, ends: impl Fn(char) -> bool) -> Result<String, QueryError> {
        let start = self.at;
        let mut word = String::new();
        if !self.take('"') {
            while let Some(next) = self.peek().filter(|&next| !ends(next)) {
                word.push(next);
                self.at += 1;
            }
            return Ok(word);
        }
        loop {
            match self.peek() {
                None => return Self::error(start, "this quotation mark is not closed"),
                Some('"') => {
                    self.at += 1;
                    return Ok(word);
                }
                Some('\\') if self.text.get(self.at + 1) == Some(&'"') => {
                    word.push('"');
                    self.at += 2;
                }
                Some(other) => {
                    word.push(other);
                    self.at += 1;
                }
            }
        }
    }
}
