//! A part of many stacks, for pipelines that build on several machines at once.

use std::num::NonZeroUsize;
use std::str::FromStr;

/// One of several parts of equal size, as in `2/5`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Shard {
    /// Which one, counted from 0.
    index: usize,
    of: NonZeroUsize,
}

impl Shard {
    /// What falls to this part. All parts together are the whole, and none falls to two of them.
    pub(super) fn pick<T: Clone>(self, all: &[T]) -> Vec<T> {
        let part = all.iter().skip(self.index).step_by(self.of.get());
        part.cloned().collect()
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/');
        let parts = parts.and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((index, of)) if (1..=usize::from(of)).contains(&index) => Ok(Self {
                index: index - 1,
                of,
            }),
            _ => Err("write `2/5` for the second of five parts".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_the_whole() {
        let all: Vec<usize> = (0..23).collect();
        for of in 1..30 {
            let parts = (1..=of).map(|index| format!("{index}/{of}").parse::<Shard>().unwrap());
            let mut together: Vec<_> = parts.flat_map(|shard| shard.pick(&all)).collect();
            together.sort_unstable();
            assert_eq!(together, all);
        }
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for text in ["", "1", "0/2", "3/2", "1/0", "1/2/3", "a/b", "-1/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
