//! The crops decoded once: one file that is read back in a fraction of the time that the strips
//! of PNG take.
//!
//! Its first eight bytes are the length of a JSON header, in little endian; then the header, which
//! says what every crop is; then each crop's HU (16 bits, little endian) and labels (8 bits), row
//! by row.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write as _};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::crops::{self, About, Crop, Split};

/// Files of another layout are refused.
const VERSION: u32 = 1;
/// Bytes of a pixel: HU and label.
const PIXEL_BYTES: u64 = 3;

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    version: u32,
    /// What it was made from ([`origin`]).
    origin: Vec<u8>,
    crops: Vec<Entry>,
}

/// A crop without its pixels.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    patient: String,
    row: usize,
    split: Split,
    rows: usize,
    columns: usize,
    pixel_mm: f32,
    hu_exact: bool,
    malignancy: Option<f32>,
    diameter_mm: Option<f32>,
    annotators: Option<u8>,
    place: Option<(String, i32)>,
}

/// The crops of some splits out of `file`, which is made first if it is not there; the same that
/// [`crops::read`] reads from `data`.
///
/// # Errors
/// Data that cannot be read, and a file that was made from other data or splits, or is damaged.
/// Other data are told by the index, and by the names and sizes of the strips.
pub fn read(file: &Path, data: &Path, splits: &[Split]) -> Result<Vec<Crop>> {
    let origin = origin(data, splits)?;
    if file.exists() {
        let unreadable = || format!("reading {}", file.display());
        return unpack(file, &origin).with_context(unreadable);
    }
    let crops = crops::read(data, splits)?;
    pack(file, &origin, &crops).with_context(|| format!("writing {}", file.display()))?;
    Ok(crops)
}

/// What tells one state of the data from another.
fn origin(data: &Path, splits: &[Split]) -> Result<Vec<u8>> {
    let mut digest = Sha256::new();
    digest.update(format!("{splits:?}"));
    let index = data.join("index.csv");
    digest.update(std::fs::read(&index).with_context(|| format!("reading {}", index.display()))?);
    for folder in ["images", "masks"] {
        let folder = data.join(folder);
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
        let size = |entry: std::io::Result<std::fs::DirEntry>| {
            let entry = entry?;
            Ok((entry.file_name(), entry.metadata()?.len()))
        };
        let mut sizes = entries.map(size).collect::<std::io::Result<Vec<_>>>()?;
        sizes.sort();
        digest.update(format!("{sizes:?}"));
    }
    Ok(digest.finalize().to_vec())
}

fn pack(file: &Path, origin: &[u8], crops: &[Crop]) -> Result<()> {
    let header = Header {
        version: VERSION,
        origin: origin.to_owned(),
        crops: crops.iter().map(Entry::of).collect(),
    };
    let header = serde_json::to_vec(&header)?;
    // Under its name once it is complete: a run that is ended meanwhile leaves no half file there,
    // and of several that begin at once each makes one of its own, the last of which stays.
    let part = file.with_extension(format!("{}.part", std::process::id()));
    let written = write(&part, &header, crops).and_then(|()| Ok(std::fs::rename(&part, file)?));
    if written.is_err() {
        // It may be what has filled the disk.
        std::fs::remove_file(part).ok();
    }
    written
}

fn write(file: &Path, header: &[u8], crops: &[Crop]) -> Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(header)?;
    for crop in crops {
        let hu: Vec<u8> = crop.hu.iter().flat_map(|hu| hu.to_le_bytes()).collect();
        out.write_all(&hu)?;
        out.write_all(&crop.label)?;
    }
    Ok(out.flush()?)
}

fn unpack(file: &Path, origin: &[u8]) -> Result<Vec<Crop>> {
    let file = File::open(file)?;
    let size = file.metadata()?.len();
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    ensure!(length < size, "it is damaged");
    let mut header = Vec::new();
    file.by_ref().take(length).read_to_end(&mut header)?;
    let header: Header = serde_json::from_slice(&header).context("it is damaged")?;
    ensure!(header.version == VERSION, "it is of another version");
    ensure!(
        header.origin == origin,
        "it was made from other data or splits: remove it, or name another file"
    );
    // Nothing is allocated for pixels that are not there.
    let pixels = |entry: &Entry| (entry.rows as u64).checked_mul(entry.columns as u64);
    let sum = header.crops.iter().try_fold(0_u64, |sum, entry| {
        sum.checked_add(pixels(entry)?.checked_mul(PIXEL_BYTES)?)
    });
    let whole = sum.and_then(|sum| sum.checked_add(8 + length));
    ensure!(whole == Some(size), "it is damaged");
    let entries = header.crops.into_iter();
    entries.map(|entry| entry.crop(&mut file)).collect()
}

impl Entry {
    fn of(crop: &Crop) -> Self {
        Self {
            patient: crop.patient.clone(),
            row: crop.row,
            split: crop.split,
            rows: crop.rows,
            columns: crop.columns,
            pixel_mm: crop.pixel_mm,
            hu_exact: crop.hu_exact,
            malignancy: crop.about.malignancy,
            diameter_mm: crop.about.diameter_mm,
            annotators: crop.about.annotators,
            place: crop.about.place.clone(),
        }
    }

    /// The crop, with the next pixels.
    fn crop(self, pixels: &mut impl Read) -> Result<Crop> {
        let count = self.rows * self.columns;
        let (mut hu, mut label) = (vec![0; 2 * count], vec![0; count]);
        pixels.read_exact(&mut hu)?;
        pixels.read_exact(&mut label)?;
        let (pairs, _) = hu.as_chunks();
        Ok(Crop {
            patient: self.patient,
            row: self.row,
            split: self.split,
            hu: pairs.iter().map(|&pair| i16::from_le_bytes(pair)).collect(),
            label,
            rows: self.rows,
            columns: self.columns,
            pixel_mm: self.pixel_mm,
            hu_exact: self.hu_exact,
            about: About {
                readers: Vec::new(),
                malignancy: self.malignancy,
                diameter_mm: self.diameter_mm,
                annotators: self.annotators,
                // Only what is said of results needs it.
                pixel_assumed: false,
                hu_assumed: false,
                place: self.place,
            },
        })
    }
}
