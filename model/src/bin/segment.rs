//! `segment FILE… --network unet|unetpp --out DIR`: the job of the reading room on the command line.
//! For every scan it writes `mask.nii` (voxels have the numbers of their lesions), an overlay PNG a
//! slice and `findings.json`, with `--dicom-seg` `mask.dcm`, with `--dicom-rtstruct` `contours.dcm`,
//! and with `--dicom-sr` `measurements.dcm`. How large the pixels of pictures are, `--pixel-mm` says.

mod segment {
    pub(crate) mod calibration;
    pub(crate) mod folder;
    pub(crate) mod input;
    pub(crate) mod name;
    pub(crate) mod overlay;
    pub(crate) mod stamp;
}

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use model::argument::probability;
use model::clock::now_ms;
use model::dicom_result::{
    Marked, NoObject, to_dicom_seg, to_measurement_report, to_structure_set,
};
use model::engine::{Engine, Weights};
use model::map::Map;
use model::network::Architecture;
use model::nifti_mask::lesions_to_nifti;
use model::open;
use model::pipeline::{self, Network, Segmenter, SliceAnalysis};
use model::protocol::{BackendChoice, EngineInfo};
use model::report::{MadeWith, Report, to_json};
use model::settings::{Denoise, Postprocess, Settings};
use model::volume::{PixelSpacing, Volume};

use segment::folder::{CONTOURS, FINDINGS, MASK, MEASUREMENTS, SEGMENTATION};

/// Segment lung tumours in CT files: DICOM, NIfTI, NRRD, `MetaImage`, PNG, JPEG, zip.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Files, or folders of files. Every series of DICOM files is a scan: below a folder, or of the
    /// files given. Any other file is a scan of its own.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Which network: unet or unetpp.
    #[arg(long, default_value = "unet")]
    network: Architecture,
    /// Folder for the results; one sub-folder a scan.
    #[arg(long)]
    out: PathBuf,
    /// Folder of the weight files.
    #[arg(long, default_value = "public/weights")]
    weights: PathBuf,
    /// What computes the network.
    #[arg(long, value_enum, default_value_t = Computer::Own)]
    engine: Computer,
    /// How many slices are computed at once; default: as many as pay on this machine.
    #[arg(long)]
    threads: Option<usize>,
    /// Probability from which a pixel counts as tumour; default: the weights' own.
    #[arg(long, value_parser = probability, allow_negative_numbers = true)]
    threshold: Option<f32>,
    /// How large pixels are, mm: one number, or the distance between rows and that between columns
    /// (`0.7,0.75`). Used of files that do not say it, such as pictures; the findings say that
    /// sizes are not by the file.
    #[arg(long, value_name = "MM|ROW,COL", value_parser = segment::calibration::pixel_mm)]
    pixel_mm: Option<PixelSpacing>,
    /// Also write `mask.dcm`, a DICOM Segmentation, of scans that are DICOM. It names the patient
    /// as they do.
    #[arg(long)]
    dicom_seg: bool,
    /// Also write `contours.dcm`, a DICOM RT Structure Set, of the same scans.
    #[arg(long)]
    dicom_rtstruct: bool,
    /// Also write `measurements.dcm`, a DICOM Structured Report, of the same scans, and the
    /// `mask.dcm` that it refers to.
    #[arg(long)]
    dicom_sr: bool,
}

/// What computes the network.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Computer {
    /// This program's engine, on the processor.
    Own,
    /// The same on the graphics card.
    #[cfg(feature = "gpu")]
    Gpu,
    /// The slow reference that the engine is tested against.
    #[cfg(feature = "net")]
    Burn,
}

/// What every scan is segmented with.
#[derive(Debug)]
struct Job {
    settings: Settings,
    /// How large pixels are, where the file does not say it.
    pixel: Option<PixelSpacing>,
}

/// What is written, and where.
#[derive(Debug)]
struct Output {
    folder: PathBuf,
    has_dicom_seg: bool,
    has_dicom_rtstruct: bool,
    has_dicom_sr: bool,
}

impl Output {
    /// The same of one scan.
    fn of(&self, scan: &segment::input::Scan) -> Self {
        Self {
            folder: self.folder.join(&scan.name),
            ..*self
        }
    }
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let file = arguments
        .weights
        .join(format!("{}.safetensors", arguments.network.id()));
    let bytes =
        std::fs::read(&file).with_context(|| format!("reading the weights {}", file.display()))?;
    let weights = Weights::from_bytes(&bytes)
        .with_context(|| format!("reading the weights {}", file.display()))?;
    let postprocess = Postprocess {
        threshold: arguments.threshold.unwrap_or(weights.threshold()),
        ..weights.postprocess()
    };
    let job = Job {
        settings: Settings {
            architecture: arguments.network,
            denoise: Denoise::None,
            postprocess,
        },
        pixel: arguments.pixel_mm,
    };
    let input = segment::input::Input::new(&arguments.files)?;
    for note in &input.notes {
        eprintln!("{note}");
    }
    let scans = input.scans;
    let output = Output {
        folder: arguments.out,
        has_dicom_seg: arguments.dicom_seg,
        has_dicom_rtstruct: arguments.dicom_rtstruct,
        has_dicom_sr: arguments.dicom_sr,
    };
    let backend = match arguments.engine {
        Computer::Own => BackendChoice::Cpu,
        #[cfg(feature = "gpu")]
        Computer::Gpu => BackendChoice::Gpu,
        #[cfg(feature = "net")]
        Computer::Burn => {
            let network = Network::new(model::net::load_folded(&bytes)?, &weights);
            return segment_all(&scans, &mut [network], None, &job, &output);
        }
    };
    let (info, mut networks) = ready(backend, arguments.threads, &weights)?;
    segment_all(&scans, &mut networks, Some(&info), &job, &output)
}

/// The engine as many times as threads are to compute, tested, and what it says of itself.
fn ready(
    backend: BackendChoice,
    threads: Option<usize>,
    weights: &Weights,
) -> anyhow::Result<(EngineInfo, Vec<Network<Engine>>)> {
    let start = || match backend {
        #[cfg(feature = "gpu")]
        BackendChoice::Gpu => pollster::block_on(Engine::gpu(weights)),
        _ => Engine::cpu(weights),
    };
    let threads = threads.unwrap_or_else(|| pipeline::threads(backend));
    let started_ms = now_ms();
    let mut networks: Vec<Network<Engine>> = (0..threads.max(1))
        .map(|_| start().map(|engine| Network::new(engine, weights)))
        .collect::<Result<_, _>>()?;
    let mut self_test_error = 0.0_f32;
    for network in &mut networks {
        let off = pollster::block_on(network.engine.self_test(weights))?;
        self_test_error = self_test_error.max(off);
    }
    let first = networks.first().map(|network| network.engine.adapter());
    let info = EngineInfo {
        architecture: weights.config().architecture,
        backend,
        adapter: first.map(|it| it.name.clone()).unwrap_or_default(),
        reason: None,
        self_test_error,
        start_up_ms: now_ms() - started_ms,
        weights_version: weights.version().to_owned(),
        threshold: weights.threshold(),
        least_peak: weights.least_peak(),
        pipeline_version: pipeline::VERSION,
    };
    Ok((info, networks))
}

fn segment_all(
    scans: &[segment::input::Scan],
    networks: &mut [Network<impl Segmenter + Send>],
    info: Option<&EngineInfo>,
    job: &Job,
    output: &Output,
) -> anyhow::Result<()> {
    let mut failed = 0;
    for scan in scans {
        if let Err(error) = segment_scan(scan, networks, info, job, &output.of(scan)) {
            failed += 1;
            eprintln!("{}: {error:#}", scan.name);
        }
    }
    anyhow::ensure!(
        failed == 0,
        "{failed} of {} scans could not be segmented",
        scans.len()
    );
    Ok(())
}

fn segment_scan(
    scan: &segment::input::Scan,
    networks: &mut [Network<impl Segmenter + Send>],
    info: Option<&EngineInfo>,
    job: &Job,
    output: &Output,
) -> anyhow::Result<()> {
    let mut volume = open::open_files(scan.read()?, &mut |_, _| {})?;
    for note in &volume.notes {
        eprintln!("{}: {note}", scan.name);
    }
    if let Some(pixel) = job.pixel {
        let told = segment::calibration::calibrate(&mut volume, pixel)?;
        eprintln!("{}: {told}", scan.name);
    }
    let bar = ProgressBar::new(volume.slices() as u64);
    bar.set_style(ProgressStyle::with_template(
        "{msg} [{bar:30}] {pos}/{len} slices, {eta} left",
    )?);
    bar.set_message(scan.name.clone());
    let started_ms = now_ms();
    let mut analyses =
        pipeline::segment_volume(&volume, networks, &job.settings, now_ms, || bar.inc(1))?;
    bar.finish();
    let slice_ms = (now_ms() - started_ms) / volume.slices().max(1) as f64;
    eprintln!("{}: {slice_ms:.1} ms a slice", scan.name);
    write_results(&volume, &mut analyses, info, &job.settings, output)
}

fn write_results(
    volume: &Volume,
    analyses: &mut Map<usize, SliceAnalysis>,
    info: Option<&EngineInfo>,
    settings: &Settings,
    output: &Output,
) -> anyhow::Result<()> {
    let unsearched = pipeline::without_lung(analyses);
    if !unsearched.is_empty() {
        eprintln!(
            "slices that show no lung and were not searched: {}",
            unsearched.len()
        );
    }
    let out = &output.folder;
    std::fs::create_dir_all(out).with_context(|| format!("creating {}", out.display()))?;
    segment::folder::clear(out)?;
    let summary = pipeline::summarise(volume, analyses, None);
    let made_with = MadeWith {
        slices: analyses.keys().copied().collect(),
        engine: info,
        settings,
    };
    let mask = lesions_to_nifti(volume, &pipeline::marked(analyses))?;
    std::fs::write(out.join(MASK), mask)?;
    let marked = Marked {
        volume,
        analyses,
        lesions: &summary.lesions,
        engine: info,
    };
    write_dicom(&marked, output)?;
    for (&slice, analysis) in analyses.iter() {
        let picture =
            segment::overlay::draw(volume, slice, analysis).context("drawing the overlay")?;
        picture.save(out.join(segment::folder::overlay(slice)))?;
    }
    // Last, so that it is there only where all else is.
    let report = Report::of_scan(vec![made_with], volume, analyses, &summary, &[], "");
    std::fs::write(out.join(FINDINGS), to_json(&report)).context("writing the findings")
}

/// The DICOM objects that are wanted.
fn write_dicom(marked: &Marked<'_>, output: &Output) -> anyhow::Result<()> {
    let (now, out) = (segment::stamp::now, &output.folder);
    let segmentation = now();
    if output.has_dicom_seg || output.has_dicom_sr {
        let mask = to_dicom_seg(marked, &segmentation);
        keep(mask, &out.join(SEGMENTATION))?;
    }
    if output.has_dicom_rtstruct {
        keep(to_structure_set(marked, &now()), &out.join(CONTOURS))?;
    }
    if output.has_dicom_sr {
        let report = to_measurement_report(marked, &now(), &segmentation);
        keep(report, &out.join(MEASUREMENTS))?;
    }
    Ok(())
}

/// A scan that is not DICOM, or on which nothing is marked, has no such file, and that is no fault.
fn keep(object: Result<Vec<u8>, NoObject>, path: &Path) -> anyhow::Result<()> {
    match object {
        Ok(file) => std::fs::write(path, file)?,
        Err(reason @ NoObject::TooLarge) => return Err(reason.into()),
        Err(reason) => eprintln!("no {}: {reason}", path.display()),
    }
    Ok(())
}
