//! What fate has for a request: when it is carried out, how much of it, and what is told of it.

use std::time::Duration;

use armarius::endpoint::EndpointError;

use super::dice::Dice;

/// What becomes of a call.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    pub(super) name: &'static str,
    /// When it is carried out, after its arrival; never if `None`.
    pub(super) at: Option<Duration>,
    /// How it is carried out.
    pub(super) how: How,
    /// When it is answered, after its arrival; never if `None`.
    pub(super) told: Option<Duration>,
    /// What is told instead of the truth.
    pub(super) instead: Option<EndpointError>,
}

/// How a call is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct How {
    /// Only the first half of it.
    pub(super) half: bool,
    /// Nothing is written, and success is told: of everything, or of one change.
    pub(super) pretends: Option<Which>,
    /// Values are stored otherwise than they were sent.
    pub(super) otherwise: bool,
    /// Counts without details: nobody knows which change they are about.
    pub(super) vague: bool,
    /// One change is not mentioned in the answer.
    pub(super) omits: bool,
    /// One change is written and said to be refused.
    pub(super) denies: bool,
    /// One change, or the call if it is all or nothing, is refused this once.
    pub(super) refuses: bool,
    /// One change is written with a remark.
    pub(super) remarks: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    All,
    One,
}

/// What becomes of a read.
pub(super) struct ReadFate {
    /// When the values are taken, and when they are told, after its arrival; never if `None`.
    pub(super) times: Option<(Duration, Duration)>,
    pub(super) instead: Option<EndpointError>,
}

impl Fate {
    /// The ordinary.
    pub(super) fn plain(dice: &mut Dice) -> Self {
        let at = swift(dice);
        Self {
            name: "plain",
            at: Some(at),
            how: How::default(),
            told: Some(at + swift(dice)),
            instead: None,
        }
    }

    pub(super) fn drawn(dice: &mut Dice, limit: Duration) -> Self {
        let plain = Self::plain(dice);
        match dice.below(20) {
            0..4 => Self::not_done(dice),
            4 | 5 => Self {
                name: "expired",
                at: None,
                instead: Some(signed_out()),
                ..plain
            },
            6..9 => Self::carried(dice, limit, ("lost", Some(lost()))),
            9..11 => Self::carried(dice, limit, ("hung", None)),
            11 => Self::carried(dice, limit, ("maybe written", Some(away(true)))),
            12 => Self::carried(dice, limit, ("garbled, maybe written", Some(garbled(true)))),
            13 => {
                let at = during(dice, limit);
                let told = Some(at + (limit - at) / 2);
                Self {
                    name: "slow",
                    at: Some(at),
                    told,
                    ..plain
                }
            }
            _ => {
                let (name, how) = Self::odd(dice);
                Self { name, how, ..plain }
            }
        }
    }

    /// It is known that nothing was done.
    fn not_done(dice: &mut Dice) -> Self {
        let (name, error) = match dice.below(7) {
            0 | 1 => ("throttled", throttled(dice)),
            2 | 3 => ("unreachable", unreachable()),
            4 | 5 => ("away", away(false)),
            _ => ("garbled, not written", garbled(false)),
        };
        Self {
            name,
            at: None,
            how: How::default(),
            told: Some(swift(dice)),
            instead: Some(error),
        }
    }

    /// Nobody is told whether it was carried out.
    fn carried(
        dice: &mut Dice,
        limit: Duration,
        (name, instead): (&'static str, Option<EndpointError>),
    ) -> Self {
        let at = match dice.below(4) {
            0 => None,
            1 | 2 => Some(swift(dice)),
            _ => Some(during(dice, limit)),
        };
        let told = instead.is_some().then(|| match dice.below(2) {
            0 => swift(dice),
            _ => during(dice, limit),
        });
        let how = How {
            half: dice.permille(250),
            otherwise: dice.permille(50),
            ..How::default()
        };
        Self {
            name,
            at,
            how,
            told,
            instead,
        }
    }

    fn odd(dice: &mut Dice) -> (&'static str, How) {
        let which = |dice: &mut Dice| Some(dice.of(&[Which::All, Which::One]));
        let mut how = How::default();
        let name = match dice.below(8) {
            0 => {
                how.pretends = which(dice);
                "pretends"
            }
            1 => {
                how.otherwise = true;
                "stored otherwise"
            }
            2 | 3 => {
                how.vague = true;
                how.pretends = dice.permille(500).then_some(Which::One);
                "counts without details"
            }
            4 => {
                how.omits = true;
                "one not mentioned"
            }
            5 => {
                how.denies = true;
                "one denied and written"
            }
            6 => {
                how.refuses = true;
                "refused this once"
            }
            _ => {
                how.remarks = true;
                "a remark"
            }
        };
        (name, how)
    }
}

impl ReadFate {
    pub(super) fn plain(dice: &mut Dice) -> Self {
        let at = swift(dice);
        Self {
            times: Some((at, at + swift(dice))),
            instead: None,
        }
    }

    pub(super) fn drawn(dice: &mut Dice, limit: Duration) -> Self {
        let plain = Self::plain(dice);
        let failing = |error| Self {
            instead: Some(error),
            ..Self::plain(&mut Dice::new(7, 7))
        };
        match dice.below(14) {
            0 | 1 => failing(throttled(dice)),
            2 => failing(unreachable()),
            3 | 4 => failing(lost()),
            5 => failing(away(true)),
            6 => failing(away(false)),
            7 => failing(garbled(false)),
            8 => failing(EndpointError::Forbidden {
                code: "403".into(),
                why: "not now".into(),
            }),
            9 => failing(signed_out()),
            10 => Self {
                times: None,
                ..plain
            },
            _ => {
                let at = during(dice, limit);
                Self {
                    times: Some((at, at + (limit - at) / 2)),
                    ..plain
                }
            }
        }
    }
}

fn swift(dice: &mut Dice) -> Duration {
    match dice.below(3) {
        0 => Duration::ZERO,
        1 => dice.millis(1, 30),
        _ => dice.millis(20, 400),
    }
}

/// Any time before the request counts as over.
fn during(dice: &mut Dice, limit: Duration) -> Duration {
    let most = usize::try_from(limit.as_millis()).unwrap();
    dice.millis(0, most)
}

pub(super) fn lost() -> EndpointError {
    EndpointError::NoAnswer {
        why: "the connection was closed".into(),
    }
}

fn unreachable() -> EndpointError {
    EndpointError::Unreachable {
        address: "https://example.com".into(),
        why: "connection refused".into(),
    }
}

fn away(maybe_written: bool) -> EndpointError {
    EndpointError::Unavailable {
        why: "502 Bad Gateway".into(),
        maybe_written,
    }
}

fn garbled(maybe_written: bool) -> EndpointError {
    EndpointError::Garbled {
        why: "this is a page of a hotel".into(),
        maybe_written,
    }
}

pub(super) fn signed_out() -> EndpointError {
    EndpointError::SignIn {
        code: "401".into(),
        why: "the token has expired".into(),
        hint: "sign in again".into(),
    }
}

fn throttled(dice: &mut Dice) -> EndpointError {
    let retry_after_ms = match dice.below(6) {
        0 | 1 => None,
        2 => Some(0),
        3 | 4 => Some(dice.between(1, 90_000) as u64),
        _ => Some(dice.between(290_000, 86_400_000) as u64),
    };
    EndpointError::Throttled { retry_after_ms }
}
