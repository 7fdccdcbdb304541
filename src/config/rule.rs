//! The rule that stops a run, as it is written: `10`, `20%`, `10 or 20%`, `never`.

/// When a run stops by itself; never if both are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StopAfter {
    /// After so many errors.
    pub errors: Option<u32>,
    /// At such a share of errors, percent.
    pub percent: Option<u8>,
}

impl StopAfter {
    /// Reads a rule; `None` if it is none.
    pub fn read(text: &str) -> Option<Self> {
        let mut rule = Self::default();
        if text.trim() == "never" {
            return Some(rule);
        }
        for part in text.split(" or ") {
            let part = part.trim();
            if let Some(percent) = part.strip_suffix('%') {
                let percent: u8 = percent.trim().parse().ok()?;
                let twice = rule.percent.replace(percent).is_some();
                if twice || !(1..=100).contains(&percent) {
                    return None;
                }
            } else {
                let words = part.strip_suffix("errors").unwrap_or(part);
                let errors: u32 = words.trim().parse().ok()?;
                if rule.errors.replace(errors).is_some() || errors == 0 {
                    return None;
                }
            }
        }
        Some(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_rule_is_written_as_people_say_it() {
        for (text, errors, percent) in [
            ("10 or 20%", Some(10), Some(20)),
            ("20 % or 1", Some(1), Some(20)),
            ("10 errors", Some(10), None),
            ("3%", None, Some(3)),
            ("never", None, None),
        ] {
            assert_eq!(
                StopAfter::read(text),
                Some(StopAfter { errors, percent }),
                "{text}"
            );
        }
        for text in [
            "",
            "0",
            "101%",
            "0%",
            "ten",
            "10 or 20",
            "5% or 6%",
            "10 and 20%",
        ] {
            assert_eq!(StopAfter::read(text), None, "{text}");
        }
    }
}
