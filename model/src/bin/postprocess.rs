//! What each step of the product's postprocessing costs and brings on the validation crops, and
//! whether the confidence of what it leaves means what it says.
//!
//! `postprocess --data DIR --weights FILE` prints tables.

mod postprocess {
    pub(crate) mod confidence;
}

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use model::engine::Weights;
use model::settings::Postprocess;
use model::train::calibrate::judged::of_crops;
use model::train::crops::{self, Crop, Split};
use model::train::limits::{Effect, alone, effect};
use model::train::score::Predictor;
use model::train::stack::in_series;

/// Scores settings of the postprocessing.
#[derive(Debug, Parser)]
struct Arguments {
    /// Folder with `index.csv`, `images/` and `masks/`.
    #[arg(long)]
    data: PathBuf,
    /// The weight file.
    #[arg(long)]
    weights: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let bytes = std::fs::read(&arguments.weights)
        .with_context(|| format!("reading {}", arguments.weights.display()))?;
    let weights = Weights::from_bytes(&bytes)?;
    let predictor = Predictor::new(&weights)?;
    let crops = crops::read(&arguments.data, &[Split::Val])?;
    let answers: Vec<(&Crop, Vec<u8>)> = crops
        .iter()
        .map(|crop| Ok((crop, predictor.probability(crop)?)))
        .collect::<Result<_>>()?;
    let all = weights.postprocess();
    table(
        &format!("all {} crops", answers.len()),
        variants(all).map(|(name, settings)| (name, effect(&alone(&answers, &settings)))),
    )?;
    let series = in_series(&answers, &all);
    let place = |crop: &Crop| (crop.patient.clone(), crop.row);
    let places: BTreeSet<_> = series.iter().map(|it| place(it.crop)).collect();
    let mut each = alone(&answers, &all);
    let judged_alone = of_crops(&each, &answers, false);
    each.retain(|it| places.contains(&place(it.crop)));
    table(
        &format!("the {} crops with a slice beside them", series.len()),
        [
            ("the product's, each slice alone", effect(&each)),
            ("the product's, as a series", effect(&series)),
        ],
    )?;
    postprocess::confidence::table("crops, each judged alone", &judged_alone)?;
    postprocess::confidence::table("crops in series", &of_crops(&series, &answers, true))
}

fn table(of: &str, rows: impl IntoIterator<Item = (&'static str, Effect)>) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| {of} | Dice | target touched | false regions a crop | left empty |"
    )?;
    writeln!(out, "|---|---|---|---|---|")?;
    for (name, it) in rows {
        writeln!(
            out,
            "| {name} | {:.3} | {:.3} | {:.4} | {:.3} |",
            it.dice, it.touched, it.false_regions, it.left_empty
        )?;
    }
    writeln!(out)?;
    Ok(())
}

/// None, all of it, and all but one step.
fn variants(all: Postprocess) -> [(&'static str, Postprocess); 8] {
    let none = Postprocess {
        least_peak: 0.0,
        opening_mm: 0.0,
        closing_mm: 0.0,
        fill_holes: false,
        min_area_mm2: 0.0,
        smooth: false,
        ..all
    };
    [
        ("none", none),
        ("the product's", all),
        (
            "… without the least peak",
            Postprocess {
                least_peak: 0.0,
                ..all
            },
        ),
        (
            "… without the smallest area",
            Postprocess {
                min_area_mm2: 0.0,
                ..all
            },
        ),
        (
            "… with a smallest area of 7 mm²",
            Postprocess {
                min_area_mm2: 7.0,
                ..all
            },
        ),
        (
            "… without closing",
            Postprocess {
                closing_mm: 0.0,
                ..all
            },
        ),
        (
            "… without filling holes",
            Postprocess {
                fill_holes: false,
                ..all
            },
        ),
        (
            "… without smoothing",
            Postprocess {
                smooth: false,
                ..all
            },
        ),
    ]
}
