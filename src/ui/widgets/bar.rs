//! A bar of progress in plain characters, so that it reads without colour.

/// `[#####-----]`, as wide as asked, brackets included.
pub fn bar(done: u64, of: u64, width: u16) -> String {
    let room = u64::from(width.saturating_sub(2));
    let filled = (done.min(of) * room).checked_div(of).unwrap_or(room);
    let count = |number: u64| usize::try_from(number).unwrap_or(0);
    format!(
        "[{}{}]",
        "#".repeat(count(filled)),
        "-".repeat(count(room - filled))
    )
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_fills_with_what_is_done() {
        assert_eq!(bar(0, 10, 12), "[----------]");
        assert_eq!(bar(5, 10, 12), "[#####-----]");
        assert_eq!(bar(10, 10, 12), "[##########]");
        assert_eq!(bar(0, 0, 12), "[##########]");
    }
}
