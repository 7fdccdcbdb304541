//! Reads the text of a query.

use regex::RegexBuilder;

use super::{Bound, Pattern, Query, QueryError, STATES, Term, Test};
use crate::domain::text;

/// How deep brackets may stand in one another.
const DEPTH: usize = 64;

impl Query {
    /// Reads a query. Whether its fields exist is asked separately, by [`Query::check`].
    ///
    /// # Errors
    ///
    /// [`QueryError`] with the place and what would be right.
    ///
    /// ```
    /// use armarius::domain::Query;
    /// let query = Query::parse("type:image (season=AW26 or season=SS24) -has:rights")?;
    /// assert_eq!(query.terms().len(), 3);
    /// assert_eq!(Query::parse("name:~\"jacket(\"").unwrap_err().position, 6);
    /// # Ok::<(), armarius::domain::query::QueryError>(())
    /// ```
    pub fn parse(source: &str) -> Result<Self, QueryError> {
        let mut reader = Reader {
            text: source.chars().collect(),
            at: 0,
            depth: 0,
        };
        let mut sides = if reader.skip_blanks() {
            reader.sides()?
        } else {
            Vec::new()
        };
        let terms = if sides.len() > 1 {
            let first = sides.first().and_then(|side| side.first());
            let start = first.map_or(0, |term| term.span.0);
            vec![Term {
                negated: false,
                span: (start, reader.end_of_text()),
                head: start,
                test: Test::AnyOf { sides, bare: true },
            }]
        } else {
            sides.pop().unwrap_or_default()
        };
        Ok(Self {
            text: source.to_owned(),
            terms,
        })
    }
}

/// Words between terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Not,
}

/// What stands between a field and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Contains,
    Equal,
    Unequal,
    Matches,
    Differs,
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// What a word is, for where it ends without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// Begins a term: a sign ends it, too.
    Head,
    /// Stands behind a sign.
    Value,
    /// Is a pattern: what stands behind a backslash is no bracket.
    Regex,
}

/// Longer ones first. `==`, `=~`, `<>` and `:>` are what other tools write.
const SIGNS: [(&str, Sign); 19] = [
    (":>=", Sign::AtLeast),
    (":<=", Sign::AtMost),
    (":!=", Sign::Unequal),
    (":>", Sign::Above),
    (":<", Sign::Below),
    (":~", Sign::Matches),
    (":=", Sign::Equal),
    (":", Sign::Contains),
    ("==", Sign::Equal),
    ("=~", Sign::Matches),
    ("=", Sign::Equal),
    ("!=", Sign::Unequal),
    ("!~", Sign::Differs),
    ("<>", Sign::Unequal),
    (">=", Sign::AtLeast),
    ("<=", Sign::AtMost),
    (">", Sign::Above),
    ("<", Sign::Below),
    ("~", Sign::Matches),
];

struct Reader {
    text: Vec<char>,
    at: usize,
    /// How many brackets are open.
    depth: usize,
}

fn error<T>(position: usize, why: impl Into<String>) -> Result<T, QueryError> {
    Err(QueryError {
        position,
        why: why.into(),
    })
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

    fn take_all(&mut self, wanted: &str) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut pairs = wanted.chars().zip(rest.iter());
        let found = rest.len() >= wanted.chars().count() && pairs.all(|(one, &other)| one == other);
        if found {
            self.at += wanted.chars().count();
        }
        found
    }

    /// The end of the text without the blanks at its end.
    fn end_of_text(&self) -> usize {
        let last = self.text.iter().rposition(|c| !c.is_whitespace());
        last.map_or(0, |last| last + 1)
    }

    /// What was written from a place to here.
    fn written(&self, from: usize) -> String {
        self.text[from..self.at].iter().collect()
    }

    /// The operator that begins here, and how long it is. A word with a sign behind it is a field.
    fn operator(&self) -> Option<(Operator, usize)> {
        let rest = self.text.get(self.at..)?;
        let ends = |c: &char| c.is_whitespace() || *c == '(' || *c == ')';
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let word: String = rest[..length].iter().collect();
        let operator = match word.to_ascii_lowercase().as_str() {
            "or" => Operator::Or,
            "and" => Operator::And,
            "not" => Operator::Not,
            _ => return None,
        };
        Some((operator, length))
    }

    /// Terms between `or`s, up to the end or the closing bracket. Something stands here.
    fn sides(&mut self) -> Result<Vec<Vec<Term>>, QueryError> {
        let mut sides = Vec::new();
        let mut side = Vec::new();
        // The operator that waits for a term, with its place.
        let mut waiting: Option<(Operator, usize)> = None;
        while self.skip_blanks() && !(self.depth > 0 && self.peek() == Some(')')) {
            match self.operator() {
                Some((operator @ (Operator::Or | Operator::And), length)) => {
                    let start = self.at;
                    self.at += length;
                    if side.is_empty() || waiting.is_some() {
                        return lonely(operator, start);
                    }
                    waiting = Some((operator, start));
                    if operator == Operator::Or {
                        sides.push(std::mem::take(&mut side));
                    }
                }
                Some((Operator::Not, _)) | None => {
                    let before = side.last();
                    side.push(self.term(before)?);
                    waiting = None;
                }
            }
        }
        if let Some((operator, start)) = waiting {
            return lonely(operator, start);
        }
        sides.push(side);
        Ok(sides)
    }

    /// A term; the one before it helps to say what is wrong.
    fn term(&mut self, before: Option<&Term>) -> Result<Term, QueryError> {
        let start = self.at;
        let mut negated = false;
        loop {
            if let Some((Operator::Not, length)) = self.operator() {
                let not = self.at;
                self.at += length;
                if !self.skip_blanks() || self.peek() == Some(')') {
                    return lonely(Operator::Not, not);
                }
                if let Some((operator, _)) = self.operator()
                    && operator != Operator::Not
                {
                    return lonely(Operator::Not, not);
                }
                negated = !negated;
                continue;
            }
            let next = self.text.get(self.at + 1);
            let begins = |next: &char| !next.is_whitespace() && *next != ')';
            if self.peek() == Some('-') && next.is_some_and(begins) {
                self.at += 1;
                negated = !negated;
                continue;
            }
            break;
        }
        let head = self.at;
        let (test, differs) = if self.peek() == Some('(') {
            (self.group()?, false)
        } else {
            self.test(before)?
        };
        self.must_end(head)?;
        Ok(Term {
            negated: negated != differs,
            span: (start, self.at),
            head,
            test,
        })
    }

    /// A term ends with a blank, a bracket or the text.
    fn must_end(&self, head: usize) -> Result<(), QueryError> {
        match self.peek() {
            None => Ok(()),
            Some(next) if next.is_whitespace() => Ok(()),
            Some(')') if self.depth > 0 => Ok(()),
            Some(')') => error(
                self.at,
                "this bracket was never opened; text with a bracket in it goes in quotes",
            ),
            Some(next) => {
                let (so_far, rest) = (self.written(head), &self.text[self.at..]);
                let rest: String = rest.iter().take_while(|c| !c.is_whitespace()).collect();
                let why = if next == '"' {
                    format!(
                        "put the whole text in quotes, as in \"{so_far}{}\"",
                        strip(&rest)
                    )
                } else {
                    format!("a blank is missing here, as in {so_far} {rest}")
                };
                error(self.at, why)
            }
        }
    }

    fn group(&mut self) -> Result<Test, QueryError> {
        let start = self.at;
        if self.take_all("(empty)") {
            return error(
                start,
                "of which field? as in rights:(empty); the word empty goes in quotes",
            );
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH {
            return error(
                start,
                format!("more than {DEPTH} brackets stand in one another"),
            );
        }
        if !self.skip_blanks() {
            return error(start, "this bracket is not closed");
        }
        if self.peek() == Some(')') {
            return error(start, "nothing stands between the brackets");
        }
        let sides = self.sides()?;
        if !self.take(')') {
            return error(start, "this bracket is not closed");
        }
        self.depth -= 1;
        Ok(Test::AnyOf { sides, bare: false })
    }

    /// A test, and whether its sign says the opposite.
    fn test(&mut self, before: Option<&Term>) -> Result<(Test, bool), QueryError> {
        let start = self.at;
        if self.take('~') {
            let pattern = self.regex()?;
            return Ok((
                Test::Anywhere {
                    pattern,
                    word: None,
                },
                false,
            ));
        }
        let is_quoted = self.peek() == Some('"');
        let word = self.word(Word::Head)?;
        let place = self.at;
        let sign = SIGNS.iter().find(|(text, _)| self.take_all(text));
        let Some(&(text, sign)) = sign else {
            return self
                .anywhere(start, word, is_quoted)
                .map(|test| (test, false));
        };
        if word.is_empty() {
            return self.headless(start, text, before);
        }
        if let Some(name) = word.strip_prefix('!').filter(|_| !is_quoted) {
            return error(start, format!("write -{name}{text} for what must not hold"));
        }
        match (word.to_lowercase().as_str(), sign) {
            ("has", Sign::Contains) if !is_quoted => {
                let name = self.word(Word::Value)?;
                if name.is_empty() {
                    return error(self.at, "has: needs a field, as in has:rights");
                }
                Ok((Test::Has(name), false))
            }
            ("is", Sign::Contains) if !is_quoted => {
                let position = self.at;
                let name = text::fold(&self.word(Word::Value)?);
                let state = STATES.iter().find(|(word, _)| *word == name);
                let known = STATES.map(|(word, _)| word).join(", ");
                state.map_or_else(
                    || error(position, format!("is: takes one of {known}")),
                    |(_, state)| Ok((Test::Is(*state), false)),
                )
            }
            ("has" | "is", _) if !is_quoted => error(
                place,
                format!("write {word}: with a colon, as in has:rights or is:marked"),
            ),
            _ => {
                let differs = matches!(sign, Sign::Unequal | Sign::Differs);
                self.field(word, sign).map(|test| (test, differs))
            }
        }
    }

    /// A sign without a field before it.
    fn headless<T>(
        &self,
        start: usize,
        sign: &str,
        before: Option<&Term>,
    ) -> Result<T, QueryError> {
        if let Some(Term {
            test: Test::Anywhere {
                word: Some(word), ..
            },
            ..
        }) = before
        {
            let rest = self.text[self.at..]
                .iter()
                .skip_while(|c| c.is_whitespace());
            let value: String = rest.take_while(|c| !c.is_whitespace()).collect();
            return error(
                start,
                format!("write it without blanks, as in {word}{sign}{value}"),
            );
        }
        error(
            start,
            format!("a field is missing before {sign}; text with {sign} in it goes in quotes"),
        )
    }

    /// A word that any field may have.
    fn anywhere(&self, start: usize, word: String, is_quoted: bool) -> Result<Test, QueryError> {
        if is_quoted && word.is_empty() {
            return error(start, "nothing stands between the quotation marks");
        }
        if !is_quoted {
            match word.as_str() {
                "" => return error(start, "a word or field:value is missing here"),
                "|" | "||" => return error(start, "write `or`; the sign itself goes in quotes"),
                "&&" => return error(start, "write `and`, or a blank; the sign goes in quotes"),
                _ => {}
            }
            if let Some(rest) = word.strip_prefix('!') {
                let right = if rest.is_empty() { "rights:acme" } else { rest };
                return error(
                    start,
                    format!("write `not {right}`, or -{right}; text with ! goes in quotes"),
                );
            }
            if let Some(rest) = word.strip_prefix('+').filter(|rest| {
                rest.starts_with(|c: char| c.is_alphabetic() || c == '"' || c == '(')
            }) {
                return error(
                    start,
                    format!("write {rest}: every term must hold; text with + goes in quotes"),
                );
            }
            self.plain(start, &word, "")?;
        }
        Ok(Test::Anywhere {
            pattern: Pattern::Contains(text::fold(&word)),
            word: (!is_quoted).then_some(word),
        })
    }

    /// What a field is asked for behind a sign.
    fn field(&mut self, name: String, sign: Sign) -> Result<Test, QueryError> {
        let place = self.at;
        if matches!(sign, Sign::Matches | Sign::Differs) {
            let pattern = self.regex()?;
            return Ok(Test::Field { name, pattern });
        }
        if matches!(sign, Sign::Contains | Sign::Equal | Sign::Unequal) {
            if self.take_all("(empty)") {
                let pattern = Pattern::Empty;
                return Ok(Test::Field { name, pattern });
            }
            if sign == Sign::Contains && self.take('(') {
                return self.any_of(place, &name);
            }
        }
        let is_quoted = self.peek() == Some('"');
        let value = self.word(Word::Value)?;
        if value.is_empty() {
            return self.no_value(place, &name, is_quoted);
        }
        if !is_quoted {
            self.plain(place, &value, &format!("{name}:"))?;
            no_operator(place, &name, &value)?;
        }
        let bound = |included| {
            Some(Bound {
                text: value.clone(),
                included,
            })
        };
        let (low, high) = match sign {
            Sign::Above => (bound(false), None),
            Sign::AtLeast => (bound(true), None),
            Sign::Below => (None, bound(false)),
            Sign::AtMost => (None, bound(true)),
            Sign::Equal | Sign::Unequal => {
                let pattern = Pattern::Exactly(value);
                return Ok(Test::Field { name, pattern });
            }
            Sign::Contains | Sign::Matches | Sign::Differs => {
                let pattern = match value.split_once("..") {
                    Some((low, high)) if !is_quoted => between(place, &name, low, high)?,
                    _ => Pattern::Contains(text::fold(&value)),
                };
                return Ok(Test::Field { name, pattern });
            }
        };
        if value.contains("..") && !is_quoted {
            return error(place, "a range stands behind a colon, as in width:100..500");
        }
        let pattern = Pattern::Between { low, high };
        Ok(Test::Field { name, pattern })
    }

    fn no_value<T>(&self, place: usize, name: &str, is_quoted: bool) -> Result<T, QueryError> {
        let name = quoted(name);
        if is_quoted {
            return error(
                place,
                format!(
                    "no text is asked for: -has:{name} finds the empty ones, has:{name} the others"
                ),
            );
        }
        let rest = self.text[self.at..]
            .iter()
            .skip_while(|c| c.is_whitespace());
        let next: String = rest.take_while(|c| !c.is_whitespace()).collect();
        if next.is_empty() || next.contains([':', '=']) || self.peek() == Some(')') {
            return error(
                place,
                format!("a value is missing here; has:{name} asks for any value"),
            );
        }
        let sign = &self.text[..place];
        let sign = sign.iter().rev().take_while(|c| ":=<>!".contains(**c));
        let sign: String = sign.collect::<Vec<_>>().into_iter().rev().collect();
        error(place, format!("no blank belongs here: {name}{sign}{next}"))
    }

    /// Signs other query languages have for something else than text.
    fn plain(&self, place: usize, value: &str, head: &str) -> Result<(), QueryError> {
        if value.starts_with(['“', '”', '„']) {
            return error(place, "use straight quotation marks: \"two words\"");
        }
        if value.starts_with('\'') && value.chars().count() > 1 {
            let rest = &self.text[place + 1..];
            let closes = rest.iter().enumerate().any(|(at, c)| {
                let next = rest.get(at + 1);
                *c == '\'' && next.is_none_or(|next| next.is_whitespace() || *next == ')')
            });
            if closes {
                return error(place, "use double quotation marks: \"two words\"");
            }
        }
        let is_name = |part: &str| part.starts_with(char::is_alphabetic);
        // A handle may hold one: `id:a|10`.
        if let Some(at) = value.find('|').filter(|at| is_name(&value[at + 1..])) {
            return error(
                place + value[..at].chars().count(),
                format!("write {head}a or {head}b; the sign itself goes in quotes"),
            );
        }
        if let Some((one, other)) = value.split_once(',').filter(|_| !head.is_empty())
            && is_name(one)
            && is_name(other)
        {
            return error(
                place,
                format!("write {head}({one} {other}) for any of them; a comma goes in quotes"),
            );
        }
        if value.len() > 1 && value.ends_with('?') && !head.is_empty() {
            return error(
                place,
                format!("? stands for nothing here; in quotes it is the sign, {head}\"{value}\""),
            );
        }
        if let Some(at) = value.find('*') {
            let near = if at > 0 {
                &value[..at]
            } else {
                value.trim_matches('*')
            };
            let near = near.split('*').next().unwrap_or_default();
            let right = match (head, near) {
                ("", "") => "has:rights asks for any value".to_owned(),
                (_, "") => format!("has:{} asks for any value", head.trim_end_matches(':')),
                _ => format!("{head}{near} finds it anywhere in the text"),
            };
            let position = place + value[..at].chars().count();
            return error(
                position,
                format!("* stands for nothing here: {right}; the sign itself goes in quotes"),
            );
        }
        Ok(())
    }

    /// Values in brackets behind a colon.
    fn any_of(&mut self, start: usize, name: &str) -> Result<Test, QueryError> {
        let (mut values, mut empty) = (Vec::new(), false);
        loop {
            if !self.skip_blanks() {
                return error(start, "this bracket is not closed");
            }
            if self.take(')') {
                break;
            }
            let place = self.at;
            if self.take_all("(empty)") {
                empty = true;
                continue;
            }
            let is_quoted = self.peek() == Some('"');
            self.depth += 1;
            let value = self.word(Word::Value)?;
            self.depth -= 1;
            if is_quoted {
                let ends = |c: char| c.is_whitespace() || c == ')';
                if !self.peek().is_none_or(ends) {
                    return error(
                        self.at,
                        "a blank is missing here; values stand apart by blanks",
                    );
                }
                values.push(text::fold(&value));
                continue;
            }
            match value.to_ascii_lowercase().as_str() {
                "or" | "|" | "||" => continue,
                "and" | "not" | "&&" => {
                    let name = quoted(name);
                    return error(
                        place,
                        format!(
                            "any one of the values is asked for; write {name}:a {name}:b for all"
                        ),
                    );
                }
                _ => {}
            }
            if value.contains(',') {
                let apart: Vec<_> = value.split(',').filter(|one| !one.is_empty()).collect();
                let apart = apart.join(" ");
                return error(
                    place,
                    format!("values stand apart by blanks: ({apart}); a comma goes in quotes"),
                );
            }
            self.plain(place, &value, &format!("{name}:"))?;
            if value.starts_with('-') && !value[1..].starts_with(|c: char| c.is_ascii_digit()) {
                return error(place, "write the - before the field's name");
            }
            values.push(text::fold(&value));
        }
        if values.is_empty() && !empty {
            return error(start, "nothing stands between the brackets");
        }
        if values.iter().any(String::is_empty) {
            return error(start, "nothing stands between the quotation marks");
        }
        let field = |pattern| Test::Field {
            name: name.to_owned(),
            pattern,
        };
        Ok(match (values.is_empty(), empty) {
            (true, _) => field(Pattern::Empty),
            (false, false) => field(Pattern::AnyOf(values)),
            (false, true) => {
                let sides = [Pattern::AnyOf(values), Pattern::Empty].map(|pattern| {
                    vec![Term {
                        negated: false,
                        span: (start, self.at),
                        head: start,
                        test: field(pattern),
                    }]
                });
                Test::AnyOf {
                    sides: sides.into(),
                    bare: false,
                }
            }
        })
    }

    fn regex(&mut self) -> Result<Pattern, QueryError> {
        let start = self.at;
        let source = self.word(Word::Regex)?;
        RegexBuilder::new(&text::canonical(&source))
            .size_limit(1 << 22)
            .build()
            .map(Pattern::Matches)
            .or_else(|mistake| {
                let located = crate::domain::edit::located(&source, &mistake);
                error(start, located.to_string())
            })
    }

    /// A quoted text, or characters up to a blank or a bracket that closes what it did not open.
    fn word(&mut self, kind: Word) -> Result<String, QueryError> {
        let start = self.at;
        let mut word = String::new();
        if !self.take('"') {
            let mut open = 0usize;
            while let Some(next) = self.peek().filter(|next| !next.is_whitespace()) {
                let is_sign = matches!(next, ':' | '=' | '<' | '>' | '~')
                    || (next == '!' && matches!(self.text.get(self.at + 1), Some('=' | '~')));
                let closes = next == ')' && open == 0;
                if (kind == Word::Head && is_sign) || closes {
                    break;
                }
                open = match next {
                    '(' => open + 1,
                    ')' => open.saturating_sub(1),
                    _ => open,
                };
                if next == '\\' && kind == Word::Regex {
                    // What is escaped neither opens nor closes.
                    word.push(next);
                    self.at += 1;
                    word.extend(self.peek());
                    self.at += usize::from(self.peek().is_some());
                    continue;
                }
                word.push(next);
                self.at += 1;
            }
            if open > 0 {
                return error(
                    start,
                    "a bracket is not closed here; text with a bracket in it goes in quotes",
                );
            }
            return Ok(word);
        }
        loop {
            match self.peek() {
                None => return error(start, "this quotation mark is not closed"),
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

fn lonely<T>(operator: Operator, at: usize) -> Result<T, QueryError> {
    let (word, right) = match operator {
        Operator::Or => ("or", "`or` stands between two terms"),
        Operator::And => ("and", "`and` stands between two terms"),
        Operator::Not => ("not", "`not` stands before a term"),
    };
    error(at, format!("{right}; the word goes in quotes: \"{word}\""))
}

/// Words and signs that would negate or join elsewhere, where a value should be.
fn no_operator(place: usize, name: &str, value: &str) -> Result<(), QueryError> {
    let name = quoted(name);
    if matches!(value.to_ascii_lowercase().as_str(), "and" | "or" | "not") {
        return error(
            place,
            format!("write -{name}:acme for not; the word goes in quotes, {name}:\"{value}\""),
        );
    }
    let negates = |rest: &str| rest.starts_with(|c: char| c.is_alphabetic() || c == '(');
    if let Some(rest) = value.strip_prefix(['-', '!']).filter(|rest| negates(rest)) {
        return error(
            place,
            format!("write -{name}:{rest}; the sign itself goes in quotes"),
        );
    }
    Ok(())
}

/// A range; its ends are in order.
fn between(place: usize, name: &str, low: &str, high: &str) -> Result<Pattern, QueryError> {
    if low.is_empty() && high.is_empty() {
        return error(place, "a range needs at least one end, as in 100..");
    }
    if high.starts_with('.') || high.contains("..") {
        return error(place, "a range has two dots, as in 100..500");
    }
    let numbers = super::probe::number(low).zip(super::probe::number(high));
    let is_backward = if let Some((low, high)) = numbers {
        low > high
    } else {
        let (low, high) = (text::fold(low), text::fold(high));
        !low.is_empty() && !high.is_empty() && low > high && !low.starts_with(&high)
    };
    if is_backward {
        let name = quoted(name);
        return error(
            place,
            format!("the range runs backward; write {name}:{high}..{low}"),
        );
    }
    let end = |text: &str| {
        (!text.is_empty()).then(|| Bound {
            text: text.to_owned(),
            included: true,
        })
    };
    Ok(Pattern::Between {
        low: end(low),
        high: end(high),
    })
}

/// A field's name as a query writes it.
pub fn quoted(name: &str) -> String {
    if name.contains(|c: char| c.is_whitespace() || ":=<>~!()\"".contains(c)) {
        format!("\"{}\"", name.replace('"', "\\\""))
    } else {
        name.to_owned()
    }
}

/// A text without quotation marks.
fn strip(text: &str) -> String {
    text.chars().filter(|c| *c != '"').collect()
}
