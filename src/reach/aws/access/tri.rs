//! What is so, what is not, and what nobody can tell.

/// A truth of three values (Kleene's): what depends on something that is not understood is [`Tri::Maybe`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Tri {
    /// It is not so.
    No,
    /// Nobody can tell.
    Maybe,
    /// It is so.
    Yes,
}

impl Tri {
    /// Both.
    pub(super) fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one.
    pub(super) fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The opposite.
    pub(super) fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }

    /// At least one of many.
    pub(super) fn any(of: impl IntoIterator<Item = Self>) -> Self {
        of.into_iter().fold(Self::No, Self::or)
    }

    /// All of many.
    pub(super) fn all(of: impl IntoIterator<Item = Self>) -> Self {
        of.into_iter().fold(Self::Yes, Self::and)
    }

    /// Whether it may be so.
    pub(super) fn possible(self) -> bool {
        self != Self::No
    }
}

impl From<bool> for Tri {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}
