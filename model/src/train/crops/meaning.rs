//! What the numbers of a folder's masks are taken for: what the user says, what fits the index, or
//! what they seem to be.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};

use super::{Assumed, Crop, Marks, TARGET};

/// What is said of marks with 255 beside small numbers.
pub const IGNORED: &str = "255 stands beside small numbers, as it does for pixels to be ignored: --label of evaluate says \
     which number is the tumour (255 is none then), --marks binary that all but 0 is";

/// The numbers of all strips.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    all: BTreeSet<u8>,
    /// A strip with a number that seems to say "to be ignored".
    with_ignored: Option<String>,
}

/// What they mean.
pub(super) struct Meaning {
    pub(super) marks: Marks,
    /// The same where neither user nor index say it.
    pub(super) taken_for: Option<Marks>,
}

impl Numbers {
    /// Those of one strip.
    pub(super) fn add(&mut self, strip: &str, numbers: impl Iterator<Item = u8>) {
        let own: BTreeSet<u8> = numbers.collect();
        if Marks::hold_ignored(&own) {
            self.with_ignored.get_or_insert_with(|| strip.to_owned());
        }
        self.all.extend(own);
    }

    /// What they mean. Where one of them is the tumour, crops are labelled by it.
    ///
    /// # Arguments
    /// `crops`: labelled with numbers, and how many pixels the index says that their targets have.
    ///
    /// # Errors
    /// Numbers that may mean several things; a number of the tumour that no mask has.
    pub(super) fn meaning(
        &self,
        crops: &mut [(Crop, Option<usize>)],
        assumed: &Assumed,
        notes: &mut Vec<String>,
    ) -> Result<Meaning> {
        if let Some(label) = assumed.label {
            check_label(label, &self.all)?;
            for value in crops.iter_mut().flat_map(|(crop, _)| &mut crop.label) {
                *value = u8::from(*value == label);
            }
            notes.push(format!("numbers of the masks: {label} is the tumour"));
            return Ok(Meaning {
                marks: Marks::Binary,
                taken_for: None,
            });
        }
        let (marks, taken_for) = match assumed.marks {
            Some(marks) => (marks, None),
            None => self.told(crops, notes)?,
        };
        notes.push(format!("numbers of the masks: {marks}"));
        Ok(Meaning { marks, taken_for })
    }

    fn told(
        &self,
        crops: &[(Crop, Option<usize>)],
        notes: &mut Vec<String>,
    ) -> Result<(Marks, Option<Marks>)> {
        if let Some(strip) = &self.with_ignored {
            bail!("masks/{strip}.png: {IGNORED}");
        }
        let seeming = Marks::of(&self.all, Marks::Bits);
        let fit = best_fit(crops, seeming, notes);
        let fits_both = fits(crops, Marks::Bits) == fits(crops, Marks::Counts);
        let is_told = fit.is_some_and(|fit| fit == Marks::Binary || !fits_both);
        ensure!(
            is_told || !Marks::are_in_doubt(&self.all),
            "the numbers of the masks are {}: bits of readers, how many readers, or different \
             things? Say it with --marks bits, --marks counts or --label of evaluate, or with a \
             column area_target in index.csv: how many pixels two readers or more marked",
            listed(&self.all)
        );
        let several = self.all.iter().filter(|&&it| it != 0).count() > 1;
        let taken_for = (several && fit.is_none()).then_some(seeming);
        Ok((fit.unwrap_or(seeming), taken_for))
    }
}

/// Crops whose targets are as large as the index says.
fn fits(crops: &[(Crop, Option<usize>)], marks: Marks) -> usize {
    let is_fit = |(crop, target_px): &&(Crop, Option<usize>)| {
        let is_target = |&&value: &&u8| marks.label(value) == TARGET;
        *target_px == Some(crop.label.iter().filter(is_target).count())
    };
    crops.iter().filter(is_fit).count()
}

/// What fits the sizes of most targets in the index, `seeming` if several do. `None` where it says
/// none, or nothing fits.
fn best_fit(
    crops: &[(Crop, Option<usize>)],
    seeming: Marks,
    notes: &mut Vec<String>,
) -> Option<Marks> {
    let known = crops.iter().filter(|it| it.1.is_some()).count();
    if known == 0 {
        return None;
    }
    let (mut best, mut most) = (seeming, fits(crops, seeming));
    for other in [Marks::Bits, Marks::Counts, Marks::Binary] {
        let count = fits(crops, other);
        if count > most {
            (best, most) = (other, count);
        }
    }
    if most < known {
        notes.push(format!(
            "targets of other sizes than the index says: {} of {known}",
            known - most
        ));
    }
    (most > 0).then_some(best)
}

/// That a number of the tumour is one of the masks'. Masks of nothing but 0 have no tumour.
///
/// # Errors
/// It is none of them.
pub fn check_label(label: u8, numbers: &BTreeSet<u8>) -> Result<()> {
    let is_there = numbers.contains(&label) || numbers.iter().all(|&it| it == 0);
    ensure!(
        is_there,
        "no mask has {label}; there are {}",
        listed(numbers)
    );
    Ok(())
}

/// Numbers as they are said.
pub fn listed(numbers: &BTreeSet<u8>) -> String {
    let numbers: Vec<String> = numbers.iter().map(u8::to_string).collect();
    numbers.join(", ")
}
