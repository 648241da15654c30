//! What the scans of a folder say of themselves, and what the numbers of their marks are.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use model::train::crops::{Assumed, IGNORED, Marks, listed};

use crate::evaluate::contacts::Contacts;
use crate::evaluate::scan::Scan;
use crate::evaluate::source::WHOLE_PX;

/// What is said of numbers that are none of readers.
const NAMES: &str = "different numbers of the marks never lie beside each other, as those of readers would: \
     taken for numbers of nodules; --marks or --label says otherwise";
/// Names that are written out where many scans have the same note.
const NAMED: usize = 3;
/// Share of a slice that hardly a tumour covers: where the image is 36 cm wide, a disc of 9 cm.
const HUGE: f64 = 0.05;

/// What the scans of a folder say of themselves.
#[derive(Default)]
pub(crate) struct Survey {
    /// Numbers of their marks.
    pub(crate) values: BTreeSet<u8>,
    /// Whether a scan has different ones of them, and how such lie.
    several: bool,
    contacts: Contacts,
    /// A scan with a number that seems to say "to be ignored".
    with_ignored: Option<String>,
    /// A number that covers more of a slice than any tumour, and the scan's name.
    huge: Option<(u8, String)>,
    boxed: usize,
    boxes_outside: usize,
    /// Scans of which a file of boxes has none, and patients of whom it has some.
    pub(crate) unlisted: usize,
    pub(crate) listed: usize,
    /// Scans that do not say how large their pixels are.
    pub(crate) unknown_size: usize,
    /// What is to be known of some scans, and their names.
    remarks: BTreeMap<String, Vec<String>>,
}

impl Survey {
    pub(crate) fn add(&mut self, scan: &Scan) {
        self.unknown_size += usize::from(scan.pixel_assumed);
        if let Some(outside) = scan.boxes_outside {
            self.boxed += 1;
            self.boxes_outside += outside;
        } else {
            let values: BTreeSet<u8> = scan.readers.iter().copied().filter(|it| *it > 0).collect();
            if values.len() > 1 {
                self.several = true;
                self.contacts.add(scan);
                let huge = huge(scan).filter(|_| self.huge.is_none());
                self.huge = huge.map(|it| (it, scan.name.clone())).or(self.huge.take());
            }
            if Marks::hold_ignored(&values) {
                self.with_ignored.get_or_insert_with(|| scan.name.clone());
            }
            self.values.extend(&scan.readers);
        }
        let no_size = scan.image.spacing.is_none().then(|| {
            "pixels of unknown size, taken as the network's own; --pixel-mm says it".to_owned()
        });
        self.unlisted += usize::from(scan.unlisted.is_some());
        self.listed = self.listed.max(scan.unlisted.unwrap_or(0));
        let unlisted = scan
            .unlisted
            .map(|_| "no line in boxes.csv, taken for a scan without a target".to_owned());
        let own = scan.image.notes.iter().cloned();
        for remark in own.chain(no_size).chain(unlisted) {
            self.remarks
                .entry(remark)
                .or_default()
                .push(scan.name.clone());
        }
    }

    /// What the numbers seem to be. Outlines of several readers lie within each other: different
    /// numbers of a scan that never touch are those of nodules.
    ///
    /// # Errors
    /// Numbers that mean different things, which only the user can know.
    pub(crate) fn marks(&self) -> Result<Marks> {
        let why = if let Some(name) = &self.with_ignored {
            bail!("{name}: {IGNORED}");
        } else if let Some((number, name)) = &self.huge {
            format!("{number} covers more than a twentieth of a slice of {name}")
        } else if self.seem_counted() && !self.several {
            "no scan has several of them, and not all have the same".to_owned()
        } else if self.seem_counted() && !self.are_names() && !self.contacts.are_nested() {
            "higher numbers do not lie within lower ones, as outlines of several readers do"
                .to_owned()
        } else if self.are_names() {
            return Ok(Marks::Binary);
        } else {
            return Ok(Marks::of(&self.values, Marks::Counts));
        };
        bail!(
            "the numbers of the marks are {}, and seem to stand for different things: {why}. Say \
             which one is the tumour with --label, or with --marks counts that they are numbers of \
             readers, with --marks binary that all but 0 is tumour",
            listed(&self.values)
        )
    }

    /// What stands beside the figures, where the user did not say it.
    pub(crate) fn taken_for(&self, told: Option<Marks>) -> Option<String> {
        let of = if self.are_names() {
            "of nodules".to_owned()
        } else {
            self.seem_counted().then(|| Marks::Counts.to_string())?
        };
        told.is_none()
            .then(|| format!("numbers of the marks assumed to be {of}"))
    }

    fn seem_counted(&self) -> bool {
        Marks::of(&self.values, Marks::Counts) == Marks::Counts
    }

    fn are_names(&self) -> bool {
        self.seem_counted() && self.several && !self.contacts.touch
    }

    pub(crate) fn tell(self, marks: Marks, assumed: Assumed, notes: &mut Vec<String>) {
        if assumed.label.is_none() && assumed.marks.is_none() && self.are_names() {
            notes.push(NAMES.to_owned());
        }
        for (remark, names) in self.remarks {
            let more = names.len().saturating_sub(NAMED);
            let named = names.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
            let more = match more {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            notes.push(format!("{named}{more}: {remark}"));
        }
        if self.boxed > 0 {
            notes.push(format!(
                "boxes in the place of marks: {} scans; Dice with a box says little",
                self.boxed
            ));
        }
        if self.boxes_outside > 0 {
            notes.push(format!(
                "boxes outside of their scans, not counted: {}",
                self.boxes_outside
            ));
        }
        match assumed.label {
            Some(label) => notes.push(format!("numbers of the marks: {label} is the tumour")),
            None if self.values.is_empty() => {}
            None => notes.push(format!("numbers of the marks: {marks}")),
        }
    }
}

/// A number that covers a large part of a whole slice.
fn huge(scan: &Scan) -> Option<u8> {
    let (rows, cols) = (scan.image.rows, scan.image.cols);
    let is_whole = rows.min(cols) >= WHOLE_PX;
    let slices = scan
        .readers
        .chunks((rows * cols).max(1))
        .filter(|_| is_whole);
    let mut each = slices.map(|slice| {
        let mut covered = [0_usize; 256];
        for &mark in slice.iter().filter(|mark| **mark != 0) {
            if let Some(count) = covered.get_mut(usize::from(mark)) {
                *count += 1;
            }
        }
        let most = (0_u8..=u8::MAX).zip(covered).max_by_key(|it| it.1);
        most.filter(|it| it.1 as f64 > HUGE * slice.len() as f64)
    });
    each.find_map(|most| most.map(|it| it.0))
}
