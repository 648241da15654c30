//! Where the numbers of lesions stand: beside their outlines, on none and not over each other.

/// What is not to be written on, in CSS pixels (x, y).
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    /// Its middle.
    pub(super) middle: (f64, f64),
    /// How far it reaches.
    pub(super) radius: f64,
}

/// What words take up, in CSS pixels (x, y).
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    /// Its middle.
    pub(super) middle: (f64, f64),
    /// Half its width and height.
    pub(super) half: (f64, f64),
}

/// Away from the middle: to the upper right first.
const WAYS: [(f64, f64); 8] = [
    (0.71, -0.71),
    (0.71, 0.71),
    (-0.71, -0.71),
    (-0.71, 0.71),
    (1.0, -0.1),
    (-1.0, -0.1),
    (0.1, -1.0),
    (0.1, 1.0),
];

/// How far from the outline: further where it is crowded.
const GAPS: [f64; 3] = [3.0, 20.0, 37.0];

impl Area {
    fn is_on(&self, round: &Round) -> bool {
        let beyond = |a: f64, b: f64, half: f64| ((a - b).abs() - half).max(0.0);
        let right = beyond(self.middle.0, round.middle.0, self.half.0);
        let down = beyond(self.middle.1, round.middle.1, self.half.1);
        right * right + down * down < round.radius * round.radius
    }

    fn is_over(&self, other: &Self) -> bool {
        (self.middle.0 - other.middle.0).abs() < self.half.0 + other.half.0
            && (self.middle.1 - other.middle.1).abs() < self.half.1 + other.half.1
    }

    fn is_within(&self, (width, height): (f64, f64)) -> bool {
        (self.middle.0 - width / 2.0).abs() <= width / 2.0 - self.half.0
            && (self.middle.1 - height / 2.0).abs() <= height / 2.0 - self.half.1
    }
}

/// Where words of that `half` width and height stand beside one round: within the frame, on none of
/// the `rounds`, over nothing that is `taken`. Where nothing is free, at the upper right.
pub(super) fn beside(
    of: Round,
    half: (f64, f64),
    rounds: &[Round],
    taken: &[Area],
    frame: (f64, f64),
) -> Area {
    let mut first = None;
    for gap in GAPS {
        for (right, down) in WAYS {
            let away = of.radius + gap;
            let area = Area {
                middle: (
                    of.middle.0 + right * away + right.signum() * half.0,
                    of.middle.1 + down * away + down.signum() * half.1,
                ),
                half,
            };
            let is_free = area.is_within(frame)
                && !rounds.iter().any(|round| area.is_on(round))
                && !taken.iter().any(|other| area.is_over(other));
            if is_free {
                return area;
            }
            first.get_or_insert(area);
        }
    }
    first.unwrap_or(Area {
        middle: of.middle,
        half,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: (f64, f64) = (500.0, 500.0);
    const HALF: (f64, f64) = (8.0, 8.0);

    fn round(x: f64, y: f64, radius: f64) -> Round {
        Round {
            middle: (x, y),
            radius,
        }
    }

    #[test]
    fn a_number_stands_at_the_upper_right_of_its_outline() {
        let one = round(100.0, 100.0, 20.0);
        let area = beside(one, HALF, &[one], &[], FRAME);
        assert!(area.middle.0 > 100.0 && area.middle.1 < 100.0);
        assert!(!area.is_on(&one));
        let gap = (area.middle.0 - 100.0 - 8.0).hypot(area.middle.1 - 100.0 + 8.0) - 20.0;
        assert!((0.0..6.0).contains(&gap), "{gap} px from the outline");
    }

    #[test]
    fn numbers_of_outlines_that_lie_together_hide_neither_each_other_nor_an_outline() {
        let rounds = [
            (0.0, 0.0),
            (14.0, 10.0),
            (2.0, 17.0),
            (30.0, -4.0),
            (24.0, 20.0),
        ]
        .map(|(x, y)| round(200.0 + x, 200.0 + y, 9.0));
        let mut areas: Vec<Area> = Vec::new();
        for one in rounds {
            let area = beside(one, HALF, &rounds, &areas, FRAME);
            assert!(!rounds.iter().any(|other| area.is_on(other)), "{area:?}");
            assert!(!areas.iter().any(|other| area.is_over(other)), "{area:?}");
            areas.push(area);
        }
    }

    #[test]
    fn at_the_edge_a_number_stays_on_the_picture() {
        for (x, y) in [(495.0, 5.0), (5.0, 495.0), (495.0, 495.0)] {
            let one = round(x, y, 10.0);
            assert!(beside(one, HALF, &[one], &[], FRAME).is_within(FRAME));
        }
    }

    #[test]
    fn where_nothing_is_free_it_is_written_all_the_same() {
        let large = round(250.0, 250.0, 600.0);
        let area = beside(large, HALF, &[large], &[], FRAME);
        assert!(area.middle.0 > 600.0);
    }
}
