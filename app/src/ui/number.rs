//! Numbers as people read them.

use model::count::counted;
use model::finding::is_drawn;

/// Between groups of digits: a narrow no-break space (SI brochure 5.4.4).
const GAP: char = '\u{202f}';

/// `87 %`; a number and its unit stay on one line.
pub fn percent(share: f32) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}

/// `0.713`, or a dash where a ratio does not exist.
pub fn ratio(value: Option<f32>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"))
}

/// `−99`, a whole number with a minus sign rather than a hyphen.
pub fn whole(value: f32) -> String {
    with_sign(value.into(), 0)
}

/// `−186.5`, likewise with `digits` after the point.
pub fn with_sign(value: f64, digits: usize) -> String {
    let size = format!("{:.digits$}", value.abs());
    let is_zero = size.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    sign.to_owned() + &size
}

/// What follows a number of slices of which so many were not searched:
/// `, 3 without a lung and not searched`.
pub fn not_searched(without_lung: usize) -> String {
    match without_lung {
        0 => String::new(),
        n => format!(", {n} without a lung and not searched"),
    }
}

/// `12.3 mm`, `1 499 mm²`, or a dash where it is not known.
pub fn measure(value: Option<f32>, digits: usize, unit: &str) -> String {
    value.map_or_else(
        || "–".to_owned(),
        |v| [&size(v.into(), digits), "\u{a0}", unit].concat(),
    )
}

/// `1 499.5`, a size with `digits` after the point; those before it are in groups of three.
pub fn size(value: f64, digits: usize) -> String {
    in_groups(format!("{value:.digits$}"))
}

/// A number that is not negative, with gaps between thousands.
fn in_groups(mut words: String) -> String {
    let end = words.find('.').unwrap_or(words.len());
    for place in (1..end)
        .rev()
        .filter(|place| (end - place).is_multiple_of(3))
    {
        words.insert(place, GAP);
    }
    words
}

/// `524 mm³` of a volume in mL, or a dash where it is not known: the unit that guidelines for
/// nodules count in.
pub fn volume(ml: Option<f32>) -> String {
    ml.map_or_else(
        || "–".to_owned(),
        |ml| grouped((ml * 1000.0).round() as u64) + "\u{a0}mm³",
    )
}

/// The volume of all lesions together, or `≥ 524 mm³` where that of some is not known.
pub fn total_volume(ml: Option<f32>, least_ml: Option<f32>) -> String {
    match least_ml.filter(|_| ml.is_none()) {
        Some(_) => "≥\u{a0}".to_owned() + &volume(least_ml),
        None => volume(ml),
    }
}

/// The confidence of a finding or a lesion, `87 %`, or that the reader has drawn it.
pub fn confidence(share: f32) -> String {
    if is_drawn(share) {
        "drawn".to_owned()
    } else {
        network_confidence(share)
    }
}

/// The confidence of a network, `87 %`, which is never certain: the last percent is `> 99 %`.
pub fn network_confidence(share: f32) -> String {
    let (sign, share) = if share > 0.99 {
        (">\u{a0}", 0.99)
    } else {
        ("", share)
    };
    sign.to_owned() + &percent(share)
}

/// `12 345`, digits in groups of three.
pub fn grouped(number: u64) -> String {
    in_groups(number.to_string())
}

/// `22 outlines of 6 lesions`: an outline is what is marked on one slice. Without `lesions` it is
/// not known yet which outlines are of one lesion.
pub fn outlines(number: usize, lesions: Option<usize>) -> String {
    let outlines = counted(number, "outline");
    match lesions {
        Some(lesions) => [outlines, counted(lesions, "lesion")].join(" of "),
        None => outlines,
    }
}

/// `350 ms`, `1.4 s`, `2 min 5 s`.
pub fn duration(ms: f64) -> String {
    // Rounded first, or there would be 1000 ms and 60.0 s.
    let (whole_ms, tenths) = (ms.round(), (ms / 100.0).round());
    if whole_ms < 1000.0 {
        format!("{whole_ms:.0} ms")
    } else if tenths < 600.0 {
        format!("{:.1} s", tenths / 10.0)
    } else {
        let secs = (ms / 1000.0).round() as u64;
        format!("{} min {} s", secs / 60, secs % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(percent(0.874), "87\u{a0}%");
        assert_eq!(ratio(Some(0.7129)), "0.713");
        assert_eq!(ratio(None), "–");
        assert_eq!(with_sign(-186.46, 1), "−186.5");
        assert_eq!(with_sign(-0.04, 1), "0.0");
        assert_eq!(with_sign(12.0, 1), "12.0");
        assert_eq!(measure(Some(12.34), 1, "mm"), "12.3\u{a0}mm");
        assert_eq!(measure(Some(1_499.4), 0, "mm²"), "1\u{202f}499\u{a0}mm²");
        assert_eq!(measure(None, 1, "mm"), "–");
        assert_eq!(
            [0.06, 999.94, 999.95, 1_234_567.8].map(|it| size(it, 1)),
            [
                "0.1",
                "999.9",
                "1\u{202f}000.0",
                "1\u{202f}234\u{202f}567.8"
            ]
        );
        assert_eq!(
            [-99.4, -0.6, -0.4, 0.0, 40.0].map(whole),
            ["−99", "−1", "0", "0", "40"]
        );
        assert_eq!(volume(Some(0.5241)), "524\u{a0}mm³");
        assert_eq!(volume(Some(12.34)), "12\u{202f}340\u{a0}mm³");
        assert_eq!(volume(None), "–");
        assert_eq!(total_volume(Some(0.5241), None), "524\u{a0}mm³");
        assert_eq!(total_volume(None, Some(0.5241)), "≥\u{a0}524\u{a0}mm³");
        assert_eq!(total_volume(None, None), "–");
        assert_eq!([0.874, 0.0].map(confidence), ["87\u{a0}%", "drawn"]);
        assert_eq!(
            [0.989, 0.996, 1.0].map(confidence),
            ["99\u{a0}%", ">\u{a0}99\u{a0}%", ">\u{a0}99\u{a0}%"]
        );
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(outlines(22, Some(6)), "22 outlines of 6 lesions");
        assert_eq!(outlines(1, Some(1)), "1 outline of 1 lesion");
        assert_eq!(outlines(3, None), "3 outlines");
        assert_eq!(duration(349.6), "350 ms");
        assert_eq!(duration(999.6), "1.0 s");
        assert_eq!(duration(1_449.0), "1.4 s");
        assert_eq!(duration(59_940.0), "59.9 s");
        assert_eq!(duration(59_960.0), "1 min 0 s");
        assert_eq!(duration(125_000.0), "2 min 5 s");
    }
}
