//! Outlines of a layer as lines to be drawn at screen resolution.

use model::mask::Mask;
use model::outline::outlines;

/// Closed polygon of (row, col) in image space, where pixel (0, 0) covers 0…1.
pub type Polygon = Vec<(f64, f64)>;

/// The outlines of all pixels that have `bit` set. `labels` is row-major; of the wrong
/// length, it has none.
pub fn polygons(labels: &[u8], rows: usize, cols: usize, bit: u8) -> Vec<Polygon> {
    let pixels: Vec<u8> = labels.iter().map(|label| label & bit).collect();
    Mask::from_bytes(rows, cols, &pixels).map_or_else(Vec::new, |mask| {
        outlines(&mask)
            .iter()
            .map(|outline| without_stairs(&outline.corners))
            .collect()
    })
}

/// Cuts every corner half a pixel before and after it: the line passes through the
/// middles of the pixel edges, so stairs become slopes and nothing moves by more than
/// half a pixel.
fn without_stairs(corners: &[(u32, u32)]) -> Polygon {
    let points = corners.iter().map(|&(r, c)| (f64::from(r), f64::from(c)));
    let before = points.clone().cycle().skip(corners.len().saturating_sub(1));
    let after = points.clone().cycle().skip(1);
    points
        .zip(before)
        .zip(after)
        .flat_map(|((corner, before), after)| [towards(corner, before), towards(corner, after)])
        .collect()
}

/// Half a pixel from `from` in the direction of `to`, which lies on the same row or column.
fn towards(from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
    let half = |from: f64, to: f64| from + (to - from).clamp(-0.5, 0.5);
    (half(from.0, to.0), half(from.1, to.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_pixel_becomes_a_diamond_around_its_centre() {
        #[rustfmt::skip]
        let labels = [
            0, 0, 0,
            0, 5, 0,
        ];
        let found = polygons(&labels, 2, 3, 4);
        assert_eq!(found.len(), 1);
        for middle in [(1.0, 1.5), (1.5, 2.0), (2.0, 1.5), (1.5, 1.0)] {
            assert!(found[0].contains(&middle), "{middle:?} in {found:?}");
        }
        assert!(!found[0].contains(&(1.0, 1.0)), "the corner is cut");
    }

    #[test]
    fn long_edges_stay_straight() {
        let found = polygons(&[1; 8], 2, 4, 1);
        assert!(found[0].contains(&(0.0, 0.5)) && found[0].contains(&(0.0, 3.5)));
    }

    #[test]
    fn only_the_asked_layer_counts() {
        assert!(polygons(&[1, 1, 1, 1], 2, 2, 4).is_empty());
    }

    #[test]
    fn labels_of_the_wrong_length_draw_nothing() {
        assert!(polygons(&[1, 1], 5, 5, 1).is_empty());
    }
}
