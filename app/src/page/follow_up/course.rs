//! The lesions of a patient label over its examinations, ready to be shown.

use model::follow_up::{Growth, growth, tracks};
use model::saved::SavedLesion;
use uuid::Uuid;

use super::chart::Quantity;
use crate::api::history::Visit;
use crate::form::Day;

/// One examination.
#[derive(Debug, Clone, PartialEq)]
pub struct Examined {
    /// Its analysis.
    pub id: Uuid,
    /// Its day in words.
    pub day: String,
    /// Its day as a number.
    pub number: i32,
}

/// A lesion in one examination.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Index of the examination.
    pub visit: usize,
    /// Its figures.
    pub lesion: SavedLesion,
    /// Growth since the examination before in which it was found.
    pub growth: Option<Growth>,
}

/// One lesion over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// `A`, `B`, … `Z`, `AA`, …
    pub name: String,
    /// Where it was found, oldest first; never empty.
    pub points: Vec<Point>,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// Examinations, oldest first.
    pub visits: Vec<Examined>,
    /// Lesions: those found most often first, then the largest.
    pub lesions: Vec<Followed>,
}

impl Course {
    /// Follows the lesions of examinations that are in the order of time.
    pub fn of(visits: &[Visit]) -> Self {
        let examined: Vec<Examined> = visits
            .iter()
            .map(|visit| Examined {
                id: visit.entry.id,
                day: visit.entry.examined_on.clone(),
                // The server sends days only; anything else has no distance to others.
                number: visit
                    .entry
                    .examined_on
                    .parse::<Day>()
                    .map_or(0, Day::number),
            })
            .collect();
        let lesions: Vec<&[SavedLesion]> = visits.iter().map(|v| v.lesions.as_slice()).collect();
        let mut followed: Vec<Followed> = tracks(&lesions)
            .iter()
            .map(|track| {
                let mut points: Vec<Point> = Vec::new();
                for sighting in &track.sightings {
                    let found = visits
                        .get(sighting.visit)
                        .and_then(|v| v.lesions.get(sighting.lesion));
                    points.extend(found.map(|lesion| Point {
                        visit: sighting.visit,
                        growth: since(points.last(), lesion, sighting.visit, &examined),
                        lesion: lesion.clone(),
                    }));
                }
                Followed {
                    name: String::new(),
                    points,
                }
            })
            .collect();
        followed.sort_by(|a, b| {
            let largest = |f: &Followed| {
                let sizes = f.points.iter().filter_map(|p| p.lesion.longest_mm);
                sizes.fold(0.0, f32::max)
            };
            (b.points.len().cmp(&a.points.len())).then(largest(b).total_cmp(&largest(a)))
        });
        for (i, lesion) in followed.iter_mut().enumerate() {
            lesion.name = name(i);
        }
        Self {
            visits: examined,
            lesions: followed,
        }
    }

    /// Volume where it is known for the first lesion, else its diameter.
    pub fn best_quantity(&self) -> Quantity {
        let first = self.lesions.first();
        let has_volume =
            first.is_some_and(|f| f.points.iter().all(|p| p.lesion.volume_ml.is_some()));
        if has_volume {
            Quantity::Volume
        } else {
            Quantity::Diameter
        }
    }
}

fn since(
    before: Option<&Point>,
    lesion: &SavedLesion,
    visit: usize,
    examined: &[Examined],
) -> Option<Growth> {
    let before = before?;
    let days = examined.get(visit)?.number - examined.get(before.visit)?.number;
    growth(&before.lesion, lesion, days)
}

/// `A` to `Z`, then `AA`, `AB`, …
fn name(index: usize) -> String {
    let letter = char::from(b'A' + (index % 26) as u8);
    match index / 26 {
        0 => letter.to_string(),
        more => name(more - 1) + &letter.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::history::Entry;
    use model::saved::Place;

    fn visit(day: &str, lesions: Vec<SavedLesion>) -> Visit {
        Visit {
            entry: Entry {
                id: Uuid::nil(),
                label: "P".to_owned(),
                examined_on: day.to_owned(),
                saved_at: format!("{day} 10:00"),
                network: "unet".to_owned(),
                weights_version: "1".to_owned(),
                slices: 3,
                lesions: lesions.len() as u32,
                longest_mm: None,
                volume_ml: None,
                confidence: None,
            },
            lesions,
        }
    }

    fn lesion(longest_mm: f32, left: f32) -> SavedLesion {
        SavedLesion {
            number: 1,
            key_slice: 0,
            longest_mm: Some(longest_mm),
            perpendicular_mm: None,
            area_mm2: None,
            volume_ml: None,
            mean_value: 0.0,
            confidence: 0.5,
            place: Some(Place {
                left,
                back: 0.5,
                up: None,
            }),
        }
    }

    #[test]
    fn growth_is_counted_in_days_of_the_calendar() {
        let course = Course::of(&[
            visit("2026-01-31", vec![lesion(8.0, 0.2)]),
            visit("2026-07-30", vec![lesion(10.0, 0.2), lesion(5.0, 0.8)]),
        ]);
        assert_eq!(course.lesions.len(), 2);
        let first = &course.lesions[0];
        assert_eq!((first.name.as_str(), first.points.len()), ("A", 2));
        let growth = first.points[1].growth.unwrap();
        assert_eq!(growth.days, 180);
        assert!((growth.doubling_days.unwrap() - 186.4).abs() < 0.1);
        assert_eq!(course.lesions[1].points[0].growth, None);
        assert_eq!(course.best_quantity(), Quantity::Diameter);
    }

    #[test]
    fn what_was_found_most_often_comes_first() {
        let course = Course::of(&[
            visit("2026-01-01", vec![lesion(30.0, 0.9), lesion(6.0, 0.1)]),
            visit("2026-02-01", vec![lesion(6.0, 0.1)]),
        ]);
        let sizes: Vec<_> = course.lesions.iter().map(|l| l.points.len()).collect();
        assert_eq!(sizes, [2, 1]);
    }

    #[test]
    fn names_do_not_end() {
        let names = [0, 25, 26, 27, 51, 52, 701, 702].map(name);
        assert_eq!(names, ["A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
    }
}
