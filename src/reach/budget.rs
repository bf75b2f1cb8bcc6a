//! How much is compared at most, so that no template makes the answer take for ever.

/// Why it is not known what passes where there is more.
pub(super) const TOO_MANY: &str = "it has too many rules to compare";

/// What is left to be spent on comparisons.
///
/// Rules about overlapping addresses cut each other into pieces, of which there may be as many as pairs of rules, and everybody
/// may be told to reach everybody. What the clouds take is far below; a text that was made to be slow is not.
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(20_000_000)
    }
}

impl Budget {
    /// What one passage costs in time and memory, in comparisons of two rules.
    pub(super) const PASSAGE: usize = 400;

    /// Spends some comparisons. Where there are not as many left, all are spent: nothing that comes later is compared.
    pub(super) fn allows(&mut self, comparisons: usize) -> bool {
        let left = self.0.checked_sub(comparisons);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }
}
