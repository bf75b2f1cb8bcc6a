//! Looks for bytes eight at a time: most texts of a file are so short that to set up anything quicker takes longer.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;

/// Where the first of some bytes stands.
pub(crate) fn find<const N: usize>(bytes: &[u8], marks: [u8; N]) -> Option<usize> {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*eight);
        // The lowest high bit is that of the first byte that is zero when the mark is taken from it; see
        // <https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord>.
        let found = marks.iter().fold(0, |found, &mark| {
            let rest = word ^ (ONES * u64::from(mark));
            found | rest.wrapping_sub(ONES) & !rest
        }) & HIGHS;
        if found != 0 {
            return Some(at + first(found));
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    let found = rest.iter().position(|byte| marks.contains(byte))?;
    Some(at + found)
}

/// How often a byte stands at the start.
pub(crate) fn count(bytes: &[u8], byte: u8) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let other = u64::from_le_bytes(*eight) ^ (ONES * u64::from(byte));
        if other != 0 {
            return at + first(other);
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let other = rest.iter().position(|&it| it != byte);
    at + other.unwrap_or(rest.len())
}

/// The first byte of eight that is not zero.
fn first(word: u64) -> usize {
    (word.trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_are_found_where_one_by_one_finds_them(bytes in prop::collection::vec(prop_oneof![0u8..4, any::<u8>()], 0..40)) {
            let right = bytes.iter().position(|byte| [1, 3, 0x80].contains(byte));
            prop_assert_eq!(find(&bytes, [1, 3, 0x80]), right);
            let right = bytes.iter().take_while(|&&byte| byte == 2).count();
            prop_assert_eq!(count(&bytes, 2), right);
        }

        #[test]
        fn a_run_ends_where_another_byte_comes(length in 0..40_usize, rest in "[a-c]{0,12}") {
            let text = " ".repeat(length) + &rest;
            prop_assert_eq!(count(text.as_bytes(), b' '), length);
            prop_assert_eq!(find(text.as_bytes(), *b"abc"), (!rest.is_empty()).then_some(length));
        }
    }
}
