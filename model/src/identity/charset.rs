//! The character sets of DICOM (PS3.3 C.12.1.1.2, PS3.5 6.1.2), by the names that browsers decode
//! them under.

/// Number in the defined term, label of the WHATWG's Encoding Standard, and what follows ESC where
/// text changes to it.
type Set = (&'static str, &'static str, &'static [u8]);

const SETS: [Set; 17] = [
    ("100", LATIN, b"-A"),
    ("101", "iso-8859-2", b"-B"),
    ("109", "iso-8859-3", b"-C"),
    ("110", "iso-8859-4", b"-D"),
    ("144", "iso-8859-5", b"-L"),
    ("127", "iso-8859-6", b"-G"),
    ("126", "iso-8859-7", b"-F"),
    ("138", "iso-8859-8", b"-H"),
    ("148", "iso-8859-9", b"-M"),
    ("203", "iso-8859-15", b"-b"),
    ("166", "tis-620", b"-T"),
    ("13", "shift_jis", b")I"),
    ("87", KANJI, b"$B"),
    ("159", MORE_KANJI, b"$(D"),
    ("149", "euc-kr", b"$)C"),
    ("58", "gbk", b"$)A"),
    ("192", "utf-8", b"%G"),
];

const LATIN: &str = "iso-8859-1";
/// Two bytes a character, both below 128.
const KANJI: &str = "iso-2022-jp";
/// The same of JIS X 0212, which browsers know in this packing only.
const MORE_KANJI: &str = "euc-jp";

const ESCAPE: u8 = 0x1b;

/// The label of what text begins in, and returns to at a delimiter. Files that say nothing have
/// ASCII, or what their maker was used to, which is Latin-1 mostly.
///
/// # Arguments
/// * `declared`: value of Specific Character Set.
pub(super) fn base(declared: &[u8]) -> &'static str {
    let term = declared.split(|it| *it == b'\\').next().unwrap_or_default();
    match term.trim_ascii() {
        b"GB18030" => "gb18030",
        b"GBK" => "gbk",
        term => {
            let mut sets = SETS.iter();
            let known = sets.find(|(number, ..)| term.ends_with(number.as_bytes()));
            let label = known.map_or(LATIN, |(_, label, _)| label);
            // Text begins in none of these, whatever a file declares first.
            if label == KANJI || label == MORE_KANJI {
                LATIN
            } else {
                label
            }
        }
    }
}

/// Text of a value. It may change to another set and back (ISO/IEC 2022); each part is decoded by
/// itself.
pub(super) fn text(
    bytes: &[u8],
    base: &'static str,
    decode: &dyn Fn(&'static str, &[u8]) -> String,
) -> String {
    let mut text = String::new();
    let (mut label, mut part) = (base, Vec::new());
    let mut flush = |label, part: &mut Vec<u8>| {
        if !part.is_empty() {
            text += &decode(label, part);
            part.clear();
        }
    };
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let is_double = label == KANJI || label == MORE_KANJI;
        if byte == ESCAPE {
            flush(label, &mut part);
            let set = SETS.iter().find(|(.., mark)| rest.starts_with(mark));
            label = match set {
                Some((_, label, _)) => label,
                None if is_double => base,
                None => label,
            };
            if label == KANJI {
                part.extend(b"\x1b$B");
            }
            // Intermediate bytes, and a final one.
            let middle = rest.iter().take_while(|it| (0x20..0x30).contains(*it));
            rest = rest.get(middle.count() + 1..).unwrap_or_default();
            continue;
        }
        // Half of a character may look like a delimiter.
        if matches!(byte, b'^' | b'=') && !is_double && label != base {
            flush(label, &mut part);
            label = base;
        }
        match label {
            MORE_KANJI => {
                if part.len() % 3 == 0 {
                    part.push(0x8f);
                }
                part.push(byte | 0x80);
            }
            _ => part.push(byte),
        }
    }
    flush(label, &mut part);
    text
}
