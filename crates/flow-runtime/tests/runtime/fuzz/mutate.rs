//! Changes of texts: of bytes, words, numbers, lines and indentation, and splices of two texts.

/// Where decisions come from. The same seed decides the same (splitmix64).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below the bound, which isn't 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap_or(1)).unwrap_or_default()
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A text of the pool with a few changes.
pub(super) fn changed(pool: &[Vec<u8>], words: &[Vec<u8>], most: usize, chance: &mut Chance) -> Vec<u8> {
    let mut text = chance.one_of(pool).clone();
    for _ in 0..=chance.below(4) {
        change(&mut text, pool, words, chance);
    }
    text.truncate(most);
    text
}

fn change(text: &mut Vec<u8>, pool: &[Vec<u8>], words: &[Vec<u8>], chance: &mut Chance) {
    let start = chance.below(text.len() + 1);
    match chance.below(14) {
        0 => drop(text.splice(start..start, [u8::try_from(chance.below(256)).unwrap_or_default()])),
        1 => drop(text.drain(start..(start + 1 + chance.below(8)).min(text.len()).max(start))),
        2 | 3 => drop(text.splice(start..start, chance.one_of(words).iter().copied())),
        4 | 5 => {
            let word = word_at(text, start);
            drop(text.splice(word, chance.one_of(words).iter().copied()));
        }
        6 => text.truncate(start),
        7 => {
            let line = line_at(text, start);
            let copy = text[line.clone()].to_vec();
            let times = 1 + chance.below(3);
            drop(text.splice(line.end..line.end, copy.repeat(times)));
        }
        8 => drop(text.drain(line_at(text, start))),
        9 => {
            let at = line_at(text, start).start;
            drop(text.splice(at..at, b"  ".repeat(1 + chance.below(3))));
        }
        10 => {
            let at = line_at(text, start).start;
            let spaces = text[at..].iter().take(2).take_while(|byte| **byte == b' ').count();
            drop(text.drain(at..at + spaces));
        }
        11 => {
            let (one, other) = (line_at(text, start), line_at(text, chance.below(text.len() + 1)));
            let moved: Vec<u8> = text[one].to_vec();
            drop(text.splice(other.start..other.start, moved));
        }
        12 => {
            let other = chance.one_of(pool);
            let from = chance.below(other.len() + 1);
            text.truncate(start);
            text.extend_from_slice(&other[from..]);
        }
        _ => {
            let other = chance.one_of(pool);
            let taken = other[line_at(other, chance.below(other.len() + 1))].to_vec();
            let at = line_at(text, start).end;
            drop(text.splice(at..at, taken));
        }
    }
}

/// The line around a place, with its end.
fn line_at(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let start = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
    let end = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |found| at + found + 1);
    start..end
}

/// The word or number around a place; a point if there is none.
fn word_at(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let start = at - text[..at].iter().rev().take_while(|byte| belongs(byte)).count();
    let end = at + text[at..].iter().take_while(|byte| belongs(byte)).count();
    start..end
}
