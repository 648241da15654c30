//! How marks of different numbers lie beside each other.

use crate::evaluate::scan::Scan;

/// Sides of pixels at which numbers meet, in the slices of all scans.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Contacts {
    /// Whether different numbers other than 0 lie beside each other, in a slice or from one to the
    /// next.
    pub(crate) touch: bool,
    /// Between 0 and 1, 0 and more, 1 and more.
    none_one: usize,
    none_more: usize,
    one_more: usize,
}

/// The least share of the outer border that one reader draws alone, and of the border of what two
/// marked that lies within another one's outline. Over all of LIDC-IDRI's crops it is 0.73 and
/// 0.62; of its patients hardly one has less in either.
const LEAST: f64 = 0.1;

impl Contacts {
    pub(crate) fn add(&mut self, scan: &Scan) {
        let (rows, cols) = (scan.image.rows, scan.image.cols);
        for (at, &mark) in scan.readers.iter().enumerate() {
            let (row, col) = (at / cols.max(1) % rows.max(1), at % cols.max(1));
            let right = (col + 1 < cols).then_some(at + 1);
            let below = (row + 1 < rows).then_some(at + cols);
            let of = |at: usize| scan.readers.get(at).copied();
            for other in [right, below].into_iter().flatten().filter_map(of) {
                self.meet(mark.min(other), mark.max(other));
            }
            let behind = of(at + rows * cols).unwrap_or(mark);
            self.touch |= mark != 0 && behind != 0 && mark != behind;
        }
    }

    fn meet(&mut self, low: u8, high: u8) {
        match (low, high) {
            (0, 1) => self.none_one += 1,
            (0, 2..) => self.none_more += 1,
            (1, 2..) => self.one_more += 1,
            _ => {}
        }
        self.touch |= low != 0 && low != high;
    }

    /// Whether higher numbers lie within lower ones, as outlines of several readers do: parts of
    /// them that two readers draw alike are next to nothing all the same.
    pub(crate) fn are_nested(self) -> bool {
        let share = |part: usize, rest: usize| part as f64 >= LEAST * (part + rest) as f64;
        share(self.none_one, self.none_more) && share(self.one_more, self.none_more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::blank::blank;

    /// A slice of 9 rows and 9 columns with such numbers in its 5 × 5 middle and its 3 × 3 middle.
    fn within(outer: u8, inner: u8) -> Contacts {
        let marks = (0..81).map(|at: usize| {
            let from_middle = (at / 9).abs_diff(4).max((at % 9).abs_diff(4));
            match from_middle {
                0 | 1 => inner,
                2 => outer,
                _ => 0,
            }
        });
        contacts(marks.collect())
    }

    fn contacts(readers: Vec<u8>) -> Contacts {
        let mut contacts = Contacts::default();
        contacts.add(&Scan {
            name: String::new(),
            patient: String::new(),
            first: 0,
            image: blank(1, 9, readers.len() / 9),
            readers,
            pixel_assumed: false,
            boxes_outside: None,
            unlisted: None,
        });
        contacts
    }

    #[test]
    fn outlines_within_each_other_are_of_readers() {
        assert!(within(1, 2).are_nested());
        assert!(within(1, 3).are_nested());
    }

    #[test]
    fn a_rim_of_a_higher_number_is_none_of_readers() {
        assert!(within(2, 1).touch);
        assert!(!within(2, 1).are_nested());
    }

    /// Two areas that meet at one side of one pixel.
    #[test]
    fn areas_side_by_side_are_none_of_readers() {
        let mut marks = vec![0; 81];
        for at in [11, 20, 21, 22, 29, 38] {
            marks[at] = 1;
        }
        for at in [23, 24, 25, 33, 34, 42, 43, 51, 52] {
            marks[at] = 2;
        }
        let contacts = contacts(marks);
        assert!(contacts.touch && !contacts.are_nested());
    }
}
