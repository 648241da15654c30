//! The lesions of a patient label over its examinations, ready to be shown. The server computes it,
//! so that what it takes is no part of the page.

mod absent;
mod alike;
mod images;
mod largest;
mod letters;
mod order;
mod pairing;
mod statement;

use model::follow_up::{
    Conditions, Examination, Growth, Said, Track, Word, absences, growth, tracks,
};
use model::saved::SavedLesion;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::largest::largest;
pub use self::pairing::{Paired, said_of};
pub use self::statement::Statement;

use self::alike::{
    Obstacle, by_calibration, is_all_segmented, made_with, obstacle, of_parts, remarks,
    uneven_slices, without_heights,
};
use self::images::successor;
use self::largest::Followable;
use self::letters::letters;
use self::pairing::Held;
use crate::api::history::{Entry, MOST_VISITS};
use crate::form::Day;

/// One analysis with what follow-up needs of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The analysis.
    pub entry: Entry,
    /// Its lesions, as far as they are stored for follow-up.
    pub lesions: Vec<SavedLesion>,
    /// What else decides whether it can be compared.
    pub conditions: Conditions,
}

/// One examination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Examined {
    /// Its analysis.
    pub id: Uuid,
    /// Its day in words.
    pub day: String,
    /// Its day as a number.
    pub number: i32,
    /// Network and threshold in words.
    pub made_with: String,
}

/// A lesion in one examination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Index of the examination.
    pub visit: usize,
    /// Its figures.
    pub lesion: SavedLesion,
    /// Whether it can be compared with the examination before in which it was found.
    pub is_comparable: bool,
    /// Growth since then, if so.
    pub growth: Option<Growth>,
    /// Whether the reader says that it is the lesion of the examinations before.
    pub is_joined: bool,
    /// Whether the reader says that it is not a lesion of another of these examinations.
    pub is_parted: bool,
}

/// One lesion over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Followed {
    /// `A`, `B`, … `Z`, `AA`, …, or, of what the reader has parted, `A2`, …; of two analyses its
    /// numbers in both.
    pub name: String,
    /// Place in the order of the letters, which its colour goes by.
    pub letter: usize,
    /// Where it was found, oldest first; never empty.
    pub points: Vec<Point>,
    /// In which examinations it was not, and why, in words; empty if it was in all.
    pub absent: String,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// Examinations, oldest first.
    pub visits: Vec<Examined>,
    /// Lesions: those that are new or have grown first, then the largest.
    pub lesions: Vec<Followed>,
    /// That there are several analyses of an image, if so.
    pub images: Option<String>,
    /// Whether older analyses may have been left out: there are as many as are asked for.
    pub is_cut: bool,
    /// What the reader must know of the changes.
    pub remarks: Vec<String>,
    /// What the reader says of lesions of these analyses.
    pub paired: Vec<Paired>,
}

/// That some of what was said is of no use.
const UNUSED: &str = "Some of what was said of lesions in Compare does not count here: it was said of analyses or lesions that are not \
    used here, or it is not clear which lesions of newer analyses are meant. Compare those that are used, and say it again.";

impl Examined {
    fn of(visit: &Visit) -> Self {
        let day = visit.entry.examined_on.clone();
        Self {
            id: visit.entry.id,
            // The server sends days only; anything else has no distance to others.
            number: day.parse::<Day>().map_or(0, Day::number),
            day,
            made_with: made_with(visit),
        }
    }
}

impl Course {
    /// Follows the lesions of analyses that are in the order of time, one of each image, as the
    /// reader has `paired` them, which is in the order in which it was said, and else by place and
    /// size.
    pub fn of_images(visits: &[Visit], paired: &[Paired]) -> Self {
        let (newest, sentence) = images::newest(visits);
        let all: Vec<&Visit> = visits.iter().collect();
        Self {
            images: sentence,
            is_cut: visits.len() >= MOST_VISITS,
            ..Self::of(&newest, &all, paired)
        }
    }

    /// Compares two analyses, the earlier one first. Lesions have their numbers in both, as on the
    /// pictures: letters are those of all examinations of a label. Of analyses of the
    /// `same_images`, what was said of those that were saved before holds, too; what was said of
    /// any that were not is left out.
    pub fn of_pair(a: &Visit, b: &Visit, same_images: &[Visit], paired: &[Paired]) -> Self {
        let is_later = a.entry.examined_on > b.entry.examined_on;
        let visits = if is_later { [b, a] } else { [a, b] };
        let is_superseded = |it: &&Visit| successor(it, &visits).is_some();
        let superseded: Vec<&Visit> = same_images.iter().filter(is_superseded).collect();
        let is_used = |id: &Uuid| {
            let mut used = visits.iter().chain(&superseded);
            used.any(|it| it.entry.id == *id)
        };
        let paired = paired.iter().filter(|it| it.analyses.iter().all(is_used));
        let paired: Vec<Paired> = paired.cloned().collect();
        let mut course = Self::of(&visits, &superseded, &paired);
        for lesion in &mut course.lesions {
            lesion.name = numbers(&lesion.points);
        }
        Self {
            images: a
                .entry
                .is_of_image_of(&b.entry)
                .then(|| "Both are of the same image.".to_owned()),
            ..course
        }
    }

    /// Follows the lesions of examinations that are in the order of time; further analyses are of
    /// the `same_images`.
    fn of(visits: &[&Visit], same_images: &[&Visit], paired: &[Paired]) -> Self {
        // What was said is found among all lesions: of fewer, another one may seem to be meant.
        let held = Held::of(paired, visits, same_images);
        let followable = Followable::of(visits, &held.pairings);
        let held = held.within(|sighting| followable.place(sighting));
        let visits: Vec<&Visit> = followable.visits.iter().map(AsRef::as_ref).collect();
        let visits = visits.as_slice();
        let examined: Vec<Examined> = visits.iter().map(|visit| Examined::of(visit)).collect();
        let examinations: Vec<Examination<'_>> = visits
            .iter()
            .map(|visit| Examination {
                lesions: &visit.lesions,
                conditions: &visit.conditions,
            })
            .collect();
        let unused = held.lacks_words.then(|| UNUSED.to_owned());
        let said = Said::new(&held.pairings);
        let tracks = tracks(&examinations, &said);
        let mut differences = Vec::new();
        let mut followed: Vec<Followed> = tracks
            .iter()
            .zip(absences(&examinations, &tracks, &said))
            .zip(letters(&examinations, &tracks))
            .map(|((track, absent), letter)| Followed {
                name: letter.name,
                letter: letter.place,
                points: points(track, visits, &examined, &said, &mut differences),
                absent: absent::words(&absent, track, &examined, |visit| {
                    followable.lacks_lesions(visit)
                }),
            })
            .collect();
        let has_changes = followed
            .iter()
            .any(|f| f.points.iter().any(|p| p.is_comparable));
        let has_parts = followed.iter().any(|f| {
            let mut growths = f.points.iter().filter_map(|p| p.growth);
            growths.any(|growth| growth.is_of_part)
        });
        let is_corrected = visits.iter().any(|v| v.conditions.is_corrected);
        let is_unknown = visits.iter().any(|v| v.conditions.settings.is_none());
        order::put(&mut followed, visits.len());
        Self {
            visits: examined,
            lesions: followed,
            images: None,
            is_cut: false,
            paired: held.paired,
            remarks: remarks(
                &differences,
                has_changes && is_unknown,
                has_changes && is_corrected,
                uneven_slices(visits)
                    .filter(|_| has_changes)
                    .into_iter()
                    .chain(by_calibration(visits, has_changes))
                    .chain(has_parts.then(of_parts))
                    .chain(without_heights(&tracks))
                    .chain(unused)
                    .chain(followable.remarks()),
            ),
        }
    }

    /// Whether the volume of the first lesion is known everywhere.
    pub fn has_volume(&self) -> bool {
        let first = self.lesions.first();
        first.is_some_and(|f| f.points.iter().all(|p| p.lesion.volume_ml.is_some()))
    }
}

/// Where a lesion was found; adds to `differences` what kept its figures from being compared.
fn points(
    track: &Track,
    visits: &[&Visit],
    examined: &[Examined],
    said: &Said,
    differences: &mut Vec<&'static str>,
) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for (i, sighting) in track.sightings.iter().enumerate() {
        let before_it = track.sightings.get(..i).unwrap_or_default();
        let visit = visits.get(sighting.visit);
        let Some(lesion) = visit.and_then(|v| v.lesions.get(sighting.lesion)) else {
            continue;
        };
        let before = points.last();
        let obstacle = before.and_then(|before| obstacle(visits.get(before.visit)?, visit?));
        if let Some(Obstacle::MadeWithAnother(what)) = obstacle
            && !differences.contains(&what)
        {
            differences.push(what);
        }
        let before = before.filter(|_| obstacle.is_none());
        points.push(Point {
            visit: sighting.visit,
            is_comparable: before.is_some(),
            growth: before.and_then(|before| {
                let growth = since(before, lesion, sighting.visit, examined)?;
                let both = [visits.get(before.visit)?, visit?];
                let is_whole = both.iter().all(|it| is_all_segmented(it));
                Some(if is_whole {
                    growth
                } else {
                    growth.partly_segmented()
                })
            }),
            lesion: lesion.clone(),
            is_joined: said.of(before_it, *sighting) == Some(Word::One),
            is_parted: said.is_parted(*sighting),
        });
    }
    points
}

fn since(
    before: &Point,
    lesion: &SavedLesion,
    visit: usize,
    examined: &[Examined],
) -> Option<Growth> {
    let days = examined.get(visit)?.number - examined.get(before.visit)?.number;
    growth(&before.lesion, lesion, days)
}

/// `1 → 2`, or `– → 2` where it was not found in the earlier one.
fn numbers(points: &[Point]) -> String {
    let number = |visit| {
        let point = points.iter().find(|point| point.visit == visit);
        point.map_or_else(|| "–".to_owned(), |it| it.lesion.number.to_string())
    };
    [number(0), number(1)].join(" → ")
}

#[cfg(test)]
pub(crate) mod tests;
