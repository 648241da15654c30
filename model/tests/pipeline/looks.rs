//! Two looks at a slice: a mass that is too wide for the first one is found whole, and both can
//! be cancelled.

use model::analysis::{SliceView, prepare};
use model::engine::EngineError;
use model::pipeline::{Network, Segmenter};
use model::settings::Denoise;
use model::volume::{Intensity, PixelSpacing};

const EDGE: usize = 128;

/// Sees bright pixels up to this far from the nearest dark one in its row or column, as a network
/// sees no further than what it has learnt from.
const REACH: usize = 12;

struct ShortSighted;

impl Segmenter for ShortSighted {
    async fn probabilities(
        &mut self,
        input: &[f32],
        (rows, cols): (usize, usize),
        _temperature: f32,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        for done in 0..=3 {
            if !step(done, 3).await {
                return Err(EngineError::Cancelled);
            }
        }
        let dark = |row: usize, col: usize| input[row * cols + col] < 0.0;
        let seen = |at: usize| {
            let (row, col) = (at / cols, at % cols);
            let near = |at: usize, end: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(end);
            !dark(row, col)
                && (near(row, rows).any(|row| dark(row, col))
                    || near(col, cols).any(|col| dark(row, col)))
        };
        Ok((0..input.len())
            .map(|at| if seen(at) { 0.9 } else { 0.05 })
            .collect())
    }
}

fn network() -> Network<ShortSighted> {
    Network {
        engine: ShortSighted,
        stride: 16,
        temperature: 1.0,
        threshold: 0.6,
    }
}

/// A slice of air with a disk of `radius` pixels of 0.75 mm in its middle, and that disk.
fn slice(radius: usize) -> (Vec<i16>, Vec<bool>) {
    let inside = |at: usize| {
        let (row, col) = (
            (at / EDGE).abs_diff(EDGE / 2),
            (at % EDGE).abs_diff(EDGE / 2),
        );
        row * row + col * col <= radius * radius
    };
    let disk: Vec<bool> = (0..EDGE * EDGE).map(inside).collect();
    let values = disk.iter().map(|&d| if d { 50 } else { -900 }).collect();
    (values, disk)
}

fn look(
    values: &[i16],
    step: &mut impl AsyncFnMut(usize, usize) -> bool,
) -> Result<Vec<f32>, EngineError> {
    let view = SliceView {
        values,
        rows: EDGE,
        cols: EDGE,
        intensity: Intensity::Hounsfield,
        spacing: Some(PixelSpacing::square(0.75)),
    };
    let input = prepare(&view, None, Denoise::None, 16);
    pollster::block_on(network().look(&input, step))
}

#[test]
fn a_mass_is_found_whole_where_one_look_finds_its_rim() {
    let (values, disk) = slice(22);
    let once = pollster::block_on(ShortSighted.probabilities(
        &values.iter().map(|&v| f32::from(v)).collect::<Vec<_>>(),
        (EDGE, EDGE),
        1.0,
        &mut async |_, _| true,
    ))
    .unwrap();
    let twice = look(&values, &mut async |_, _| true).unwrap();
    let share = |found: &[f32]| {
        let of_disk = found.iter().zip(&disk).filter(|(_, d)| **d);
        let (all, seen) = (of_disk.clone().count(), of_disk.filter(|(p, _)| **p >= 0.6));
        seen.count() as f32 / all as f32
    };
    assert!(share(&once) < 0.85, "{}", share(&once));
    assert!(share(&twice) > 0.99, "{}", share(&twice));
    let spilt = twice.iter().zip(&disk).filter(|(p, d)| **p >= 0.6 && !**d);
    assert!(spilt.count() < 100);
}

#[test]
fn progress_grows_from_nothing_to_all_over_both_looks() {
    let mut shares = Vec::new();
    look(&slice(22).0, &mut async |done, total| {
        shares.push(done as f32 / total as f32);
        true
    })
    .unwrap();
    assert!(shares.is_sorted(), "{shares:?}");
    assert_eq!((shares.first(), shares.last()), (Some(&0.0), Some(&1.0)));
    assert_eq!(shares.len(), 8);
}

#[test]
fn where_the_first_look_sees_nothing_there_is_no_second() {
    let mut shares = Vec::new();
    let found = look(&vec![-900; EDGE * EDGE], &mut async |done, total| {
        shares.push(done as f32 / total as f32);
        true
    })
    .unwrap();
    assert!(found.iter().all(|&p| p < 0.6));
    assert!(shares.is_sorted(), "{shares:?}");
    assert_eq!((shares.len(), shares.last()), (5, Some(&1.0)));
}

#[test]
fn either_look_can_be_cancelled() {
    for stop_at in 0..8 {
        let mut heard = 0;
        let result = look(&slice(22).0, &mut async |_, _| {
            heard += 1;
            heard <= stop_at
        });
        assert!(matches!(result, Err(EngineError::Cancelled)), "{stop_at}");
        assert_eq!(heard, stop_at + 1);
    }
}

#[test]
fn a_single_look_can_be_cancelled_to_its_end() {
    for stop_at in 0..5 {
        let mut heard = 0;
        let result = look(&vec![-900; EDGE * EDGE], &mut async |_, _| {
            heard += 1;
            heard <= stop_at
        });
        assert!(matches!(result, Err(EngineError::Cancelled)), "{stop_at}");
        assert_eq!(heard, stop_at + 1);
    }
}
