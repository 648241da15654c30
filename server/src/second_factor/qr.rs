//! The secret of an authenticator app as a picture for its camera.

use std::fmt::Write as _;

use app::ui::address::escaped;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, EcLevel, QrCode};

/// Light squares around it, without which cameras do not find it.
const MARGIN: usize = 4;

/// What apps read: the secret in base 32, and whose it is.
pub(crate) fn address(secret: &str, email: &str) -> String {
    let email = escaped(email);
    format!("otpauth://totp/NeuroCare%20AI:{email}?secret={secret}&issuer=NeuroCare%20AI")
}

/// A text as a picture, in the form of an image's address; `None` if it is too long.
pub(crate) fn image(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, mut squares) = (code.width(), String::new());
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + MARGIN, at / width + MARGIN);
            // Writing to a string cannot fail.
            write!(squares, "M{x} {y}h1v1h-1z").ok();
        }
    }
    let side = width + 2 * MARGIN;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{squares}\"/></svg>"
    );
    Some(format!(
        "data:image/svg+xml;base64,{}",
        STANDARD.encode(svg)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_service_owner_and_secret() {
        assert_eq!(
            address("MZXW6YTB", "ada+lung@example.org"),
            "otpauth://totp/NeuroCare%20AI:ada%2Blung%40example.org?secret=MZXW6YTB&issuer=NeuroCare%20AI"
        );
    }

    #[test]
    fn a_picture_has_its_corners_and_a_margin_and_fits_the_longest_address() {
        let image = image(&address(&"A".repeat(32), &"+".repeat(254))).unwrap();
        let svg = STANDARD
            .decode(image.strip_prefix("data:image/svg+xml;base64,").unwrap())
            .unwrap();
        let svg = String::from_utf8(svg).unwrap();
        assert!(svg.contains("d=\"M4 4h1v1h-1zM5 4h1v1h-1z"), "{svg}");
        assert!(!svg.contains("M3 ") && !svg.contains("M11 4h"), "{svg}");
    }
}
