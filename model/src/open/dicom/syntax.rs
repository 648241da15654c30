//! Transfer syntaxes: how a data set and its pixels are encoded (PS3.5 annex A).

use dicom_dictionary_std::uids;

use super::super::error::{OpenError, Result};
use super::element::Encoding;

/// How the pixels are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Native,
    Rle,
    Jpeg,
    Jpeg2000,
}

/// A transfer syntax that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    pub(super) encoding: Encoding,
    pub(super) codec: Codec,
    /// Whether pixels in it have always lost something.
    pub(super) is_lossy: bool,
    /// Whether the whole data set is deflated.
    pub(super) deflated: bool,
    /// Name for the user.
    pub(super) name: &'static str,
}

/// Retired, and still in archives.
const EXPLICIT_VR_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

const EXPLICIT: Encoding = Encoding {
    explicit: true,
    big_endian: false,
};

/// The syntax of a UID.
pub(super) fn of(uid: &str) -> Result<Syntax> {
    let (codec, name) = match uid {
        uids::IMPLICIT_VR_LITTLE_ENDIAN | uids::EXPLICIT_VR_LITTLE_ENDIAN => {
            (Codec::Native, "uncompressed")
        }
        EXPLICIT_VR_BIG_ENDIAN => (Codec::Native, "uncompressed big endian"),
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN => (Codec::Native, "deflated"),
        uids::RLE_LOSSLESS => (Codec::Rle, "RLE lossless"),
        uids::JPEG_BASELINE8_BIT => (Codec::Jpeg, "JPEG baseline (lossy)"),
        uids::JPEG_EXTENDED12_BIT => (Codec::Jpeg, "JPEG extended (lossy)"),
        uids::JPEG_LOSSLESS | uids::JPEG_LOSSLESS_SV1 => (Codec::Jpeg, "JPEG lossless"),
        uids::JPEGLS_LOSSLESS => (Codec::Jpeg, "JPEG-LS lossless"),
        uids::JPEGLS_NEAR_LOSSLESS => (Codec::Jpeg, "JPEG-LS near-lossless (lossy)"),
        uids::JPEG2000_LOSSLESS => (Codec::Jpeg2000, "JPEG 2000 lossless"),
        uids::JPEG2000 => (Codec::Jpeg2000, "JPEG 2000"),
        _ => return Err(OpenError::Compression { name: name(uid) }),
    };
    Ok(Syntax {
        encoding: Encoding {
            explicit: uid != uids::IMPLICIT_VR_LITTLE_ENDIAN,
            big_endian: uid == EXPLICIT_VR_BIG_ENDIAN,
        },
        codec,
        is_lossy: [
            uids::JPEG_BASELINE8_BIT,
            uids::JPEG_EXTENDED12_BIT,
            uids::JPEGLS_NEAR_LOSSLESS,
        ]
        .contains(&uid),
        deflated: uid == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
        name,
    })
}

/// The syntax of a file that does not name it: uncompressed, `encoding` as found.
pub(super) fn bare(encoding: Encoding) -> Syntax {
    Syntax {
        encoding,
        codec: Codec::Native,
        is_lossy: false,
        deflated: false,
        name: "uncompressed",
    }
}

/// Little endian as in nearly every file, explicit if the first element of `bytes` names
/// its type. Some software writes the one and says the other.
pub(super) fn guess(bytes: &[u8]) -> Encoding {
    let explicit = bytes
        .get(4..6)
        .is_some_and(|vr| vr.iter().all(u8::is_ascii_uppercase));
    Encoding {
        explicit,
        ..EXPLICIT
    }
}

/// The name of a syntax that cannot be read.
fn name(uid: &str) -> String {
    let known = match uid {
        uids::HTJ2K | uids::HTJ2K_LOSSLESS | uids::HTJ2K_LOSSLESS_RPCL => {
            "High-throughput JPEG 2000 (HTJ2K)"
        }
        uids::JPEG2000MC | uids::JPEG2000MC_LOSSLESS => "JPEG 2000 part 2",
        uids::DEFLATED_IMAGE_FRAME_COMPRESSION => "Deflated image frame compression",
        _ if uid.starts_with("1.2.840.10008.1.2.4.10") => "Video (MPEG or H.264/H.265)",
        _ if uid.starts_with("1.2.840.10008.1.2.4.11") => "JPEG XL",
        _ if uid.starts_with("1.2.840.10008.1.2.4.5")
            || uid.starts_with("1.2.840.10008.1.2.4.6") =>
        {
            "This rare JPEG variant"
        }
        _ if uid.starts_with("1.2.840.10008.1.2.4.9")
            || uid.starts_with("1.2.840.10008.1.2.4.20") =>
        {
            "Pixel data kept on a JPIP server"
        }
        _ => return format!("The transfer syntax {}", printable(uid)),
    };
    known.to_owned()
}

fn printable(uid: &str) -> String {
    uid.chars()
        .filter(|c| c.is_ascii_digit() || *c == '.')
        .take(64)
        .collect()
}
