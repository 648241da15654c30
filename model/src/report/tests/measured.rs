//! What was measured by hand, in both files.

use super::*;
use crate::calliper::{Crossing, Enclosed};

#[test]
fn lines_measured_by_hand_stand_in_both_files() {
    let spaced = Volume {
        spacing: Some(PixelSpacing::square(0.7)),
        ..volume()
    };
    // From the middle of pixel (10, 20) to that of pixel (13, 24).
    let line = Calliper {
        slice: 4,
        from: (10.5, 20.5),
        to: (13.5, 24.5),
        enclosed: None,
        crossing: None,
    };
    let csv = table(&[], &spaced, &Map::new(), &summary(), &[line], "");
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let (header, last) = (&lines[0], lines.last().unwrap());
    assert_eq!(last.len(), header.len());
    assert_eq!(last[..5], ["measured", "", "5", "12.5", "23.0"]);
    // 22 · 0.7 − 100, 11.5 · 0.7 − 120, 4 · 2.5 − 200
    assert_eq!(last[5..8], ["-84.60", "-111.95", "-190.00"]);
    assert_eq!(last[8..14], ["", "", "5.00", "3.50", "", ""]);
    assert_eq!(last[27..31], ["11.0", "21.0", "14.0", "25.0"]);
    // And those of a longest diameter, from the middle of pixel (1, 2) to that of (3, 4).
    assert_eq!(lines[1][27..31], ["2.0", "3.0", "4.0", "5.0"]);

    let json = file(&[], &spaced, &Map::new(), &summary(), &[line]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let measured = serde_json::json!([{
        "slice": 4, "from": [10.0, 20.0], "to": [13.0, 24.0], "length_mm": 3.5, "length_px": 5.0
    }]);
    assert_eq!(value["measured"], measured);
    let unspaced = table(&[], &volume(), &Map::new(), &summary(), &[line], "");
    assert!(unspaced.contains(",5.00,,,,"), "{unspaced}");
}

#[test]
fn of_two_axes_the_longer_one_is_the_longest_diameter_in_both_files() {
    let spaced = Volume {
        spacing: Some(PixelSpacing {
            row_mm: 1.0,
            col_mm: 0.5,
        }),
        ..volume()
    };
    // 4 mm along a row, crossed in the middle by 6 mm.
    let line = Calliper {
        slice: 4,
        from: (10.5, 20.5),
        to: (10.5, 28.5),
        enclosed: None,
        crossing: Some(Crossing {
            along: 0.0,
            first: 3.0,
            second: -3.0,
        }),
    };
    let csv = table(&[], &spaced, &Map::new(), &summary(), &[line], "");
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let last = lines.last().unwrap();
    assert_eq!(last.len(), lines[0].len());
    assert_eq!(last[..5], ["measured", "", "5", "11.0", "25.0"]);
    assert_eq!(last[10..14], ["6.00", "6.00", "8.00", "4.00"]);
    assert_eq!((lines[0][24], last[24]), ("mean_diameter_mm", "5.00"));
    assert_eq!(last[27..31], ["8.0", "25.0", "14.0", "25.0"]);

    let json = file(&[], &spaced, &Map::new(), &summary(), &[line]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let measured = serde_json::json!([{
        "slice": 4, "from": [7.0, 24.0], "to": [13.0, 24.0], "length_mm": 6.0, "length_px": 6.0,
        "short_axis": {
            "from": [10.0, 20.0], "to": [10.0, 28.0], "length_mm": 4.0, "length_px": 8.0,
            "mean_diameter_mm": 5.0
        }
    }]);
    assert_eq!(value["measured"], measured);

    // Where nobody knows how large pixels are, the other one is the longer.
    let line = Calliper {
        crossing: line.crossing.map(|it| Crossing { first: 2.0, ..it }),
        ..line
    };
    let csv = table(&[], &volume(), &Map::new(), &summary(), &[line], "");
    let cells: Vec<&str> = csv.lines().last().unwrap().split(',').collect();
    assert_eq!(cells[10..14], ["8.00", "", "5.00", ""]);
    assert_eq!(cells[24], "");
}

#[test]
fn ellipses_stand_in_both_files_with_what_they_enclose() {
    let spaced = Volume {
        spacing: Some(PixelSpacing::square(0.5)),
        ..volume()
    };
    let ellipse = Calliper {
        slice: 4,
        from: (10.5, 20.5),
        to: (14.5, 26.5),
        enclosed: Some(Enclosed {
            area_px: 20,
            mean_value: -642.25,
            sd_value: Some(31.5),
            min_value: -710,
            max_value: -530,
        }),
        crossing: None,
    };
    let line = Calliper {
        enclosed: None,
        ..ellipse
    };
    let both = [ellipse, line];
    let csv = table(&[], &spaced, &Map::new(), &summary(), &both, "");
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    let [.., last, measured] = &lines[..] else {
        panic!("{csv}")
    };
    assert_eq!(measured[0], "measured");
    assert_eq!(measured[32..], ["", "", "", "file"]);
    assert_eq!(last[..5], ["ellipse", "", "5", "13.0", "24.0"]);
    assert_eq!(last[8..14], ["20", "5.00", "", "", "", ""]);
    assert_eq!(last[14..16], ["-642.2", "HU"]);
    assert_eq!(
        last[27..35],
        ["11.0", "21.0", "15.0", "27.0", "", "31.50", "-710", "-530"]
    );

    let json = file(&[], &spaced, &Map::new(), &summary(), &both);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let expected = serde_json::json!([{
        "slice": 4, "from": [10.0, 20.0], "to": [14.0, 26.0], "area_px": 20, "area_mm2": 5.0,
        "mean_value": -642.25, "sd_value": 31.5, "min_value": -710, "max_value": -530
    }]);
    assert_eq!(value["ellipses"], expected);
    assert_eq!(value["measured"].as_array().unwrap().len(), 1);
}

/// Files of earlier releases may have some.
#[test]
fn an_ellipse_without_a_pixel_has_no_values_in_either_file() {
    let empty = Calliper {
        slice: 4,
        from: (10.5, 20.5),
        to: (10.5, 26.5),
        enclosed: Some(Enclosed::default()),
        crossing: None,
    };
    let csv = table(&[], &volume(), &Map::new(), &summary(), &[empty], "");
    let cells: Vec<&str> = csv.lines().last().unwrap().split(',').collect();
    assert_eq!((cells[0], cells[8]), ("ellipse", "0"));
    assert_eq!(cells[14..16], ["", ""], "no mean, and no unit of one");
    assert_eq!(cells[32..35], ["", "", ""]);

    let json = file(&[], &volume(), &Map::new(), &summary(), &[empty]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let ellipse = &value["ellipses"][0];
    assert_eq!(ellipse["area_px"], 0);
    for name in ["mean_value", "sd_value", "min_value", "max_value"] {
        assert!(ellipse[name].is_null(), "{name}");
    }
}
