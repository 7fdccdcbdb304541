//! The words a specification may hold, for people.

/// How to write a specification; shown by `serve --help`.
pub const SPEC_HELP: &str = "\
A fault specification is a list of rules with commas between them. A rule is a name, then `=` and
its arguments with colons between them:

  The network
  slow=200ms               wait before working (also 2s)
  drop=every:7             close the connection before any work
  reset=every:7            the same, by a reset
  write-then-drop=every:5  write, then close the connection without an answer
  write-then-reset=nth:2   the same, by a reset
  silent-after-write=nth:3 write, then never answer
  truncate=every:11        cut the answer in the middle
  drip=20ms:nth:4          send the answer a byte at a time, so long apart

  The server in trouble
  throttle=every:10:retry-after=2   answer 429 with Retry-After
  rpm=400:block=60         more requests in a minute: 429 to everybody for so many seconds
  html-502, empty-500, json-500, unavailable-503   answer that instead of working
  html-200                 answer with a page for people, as a captive portal does
  write-then-500=nth:2     write, then answer an empty 500
  half=nth:2               write half of the batch, then answer an empty 500
  leave-out=nth:2          write all of a batch but its last asset, and do not mention that one
  silent-refuse=every:4    answer success, write nothing
  silent-refuse=asset:NAME the same for one asset alone
  count-mismatch=nth:2     SOAP batch: count one success too many

  Who may do what
  wrong-region             every SOAP sign-in fails with 10001, every REST one with 401
  signed-out=after:50      answer that nobody is signed in
  forbid=p:0.1             answer that it is not allowed
  refuse-folder=NAME       no write access to that folder and below
  poison=50                refuse each 50th asset; REST names it with the refusal
  poison-unnamed=50        the same without naming it
  max-batch=10             refuse writes of more assets with 413

  The listing
  dup-page=every:2         the page has its first asset twice
  miss-page=every:2        the page lacks its last asset
  short-pages=100          no page has more assets than this, whatever is asked for
  no-sort-values           REST: searches tell no sort values
  count-off=-5             the count told is so far off (also 5)
  window=1000              REST: no page beyond so many assets by offset
  dirty=3                  each third asset has hostile text in its title, once and for all

  Somebody else, and manners
  drift=FIELD/VALUE:nth:1:asset:NAME   somebody else writes VALUE just before the n-th write
  lenient                  SOAP: take children in any order
  partial-updates          REST: answer bulk updates as PARTIAL_UPDATE
  ranges-ignored           searches by moments (SOAP) and by ranges of guids or times (REST) find all
  ranges-refused           such searches are refused

Which calls: every:N, nth:N, first:N, after:N, counted since the start over the calls the rule
concerns; p:0.2 for a share of them by chance, the same chance each time (seed:7 for another); or
once in the life of the library. All of them when none is given. Which are concerned: soap or rest,
op:NAME (batchSetAssetMetadata, indexsearch, entity/bulk, ...), writes, and asset:NAME, which comes
last because it takes the rest of the rule.";

/// Every name a rule may have.
pub(super) const NAMES: &[&str] = &[
    "slow",
    "drop",
    "reset",
    "write-then-drop",
    "write-then-reset",
    "silent-after-write",
    "truncate",
    "drip",
    "throttle",
    "rpm",
    "html-502",
    "empty-500",
    "json-500",
    "unavailable-503",
    "html-200",
    "write-then-500",
    "half",
    "leave-out",
    "silent-refuse",
    "count-mismatch",
    "wrong-region",
    "signed-out",
    "forbid",
    "refuse-folder",
    "poison",
    "poison-unnamed",
    "max-batch",
    "dup-page",
    "miss-page",
    "short-pages",
    "no-sort-values",
    "count-off",
    "window",
    "dirty",
    "drift",
    "lenient",
    "ranges-ignored",
    "ranges-refused",
    "partial-updates",
];

/// The right name nearest to a wrong one.
pub(super) fn nearest(name: &str) -> &'static str {
    let like = |known: &&str| strsim::jaro_winkler(known, name);
    NAMES
        .iter()
        .copied()
        .max_by(|one, other| like(one).total_cmp(&like(other)))
        .unwrap_or_default()
}
