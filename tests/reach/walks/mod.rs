//! What walks say of many packets at once: of every machine of a kind, and of every choice that nobody knows.

mod aws;
mod azure;
mod azure_corners;
mod corners;
mod picked;

pub(crate) use aws::Walks;
pub(crate) use azure::AzureWalks;
pub(crate) use azure_corners::AzureCorners;
pub(crate) use corners::Corners;
pub(crate) use picked::picked;

/// What walks say for every choice that nobody knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    /// Whether it passes for one.
    pub(crate) some: bool,
    /// Whether it passes for every one, of which there is one at least.
    pub(crate) every: bool,
}

impl Answer {
    pub(crate) fn of(walks: impl Iterator<Item = bool>) -> Self {
        let (mut some, mut every) = (false, true);
        for passes in walks {
            some |= passes;
            every &= passes;
            if some && !every {
                break;
            }
        }
        // Where there is nobody, nothing is certain.
        Self {
            some,
            every: some && every,
        }
    }
}
