//! What waits in the browser's database can be read only while its account is signed in.
//!
//! It is encrypted (AES-GCM) under a key that comes of the account's image key. That one the server
//! gives to whoever is signed in, and it is in the memory of pages alone: what it closes stays
//! closed to the next one at this browser. Whoever can save has it, with a line or without one:
//! nobody can save who is not known to be signed in.

use super::document::Caption;

/// Caption and document as one text to be closed. Neither label nor day has a line's end in it.
fn together(caption: &Caption, document: &[u8]) -> Vec<u8> {
    let (label, day) = (caption.label.as_bytes(), caption.day.as_bytes());
    [label, b"\n", day, b"\n", document].concat()
}

/// Where the document begins in such a text, and the caption before it.
fn apart(text: &[u8]) -> Option<(Caption, usize)> {
    let mut ends = (0..text.len()).filter(|at| text[*at] == b'\n');
    let (label, day) = (ends.next()?, ends.next()?);
    let read = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let caption = Caption {
        label: read(&text[..label])?,
        day: read(&text[label + 1..day])?,
    };
    Some((caption, day + 1))
}

#[cfg(feature = "hydrate")]
pub(super) use browser::{close, open};

#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    use super::{Caption, apart, together};

    /// Of a number that is used once.
    const VECTOR_BYTES: usize = 12;

    /// Closes what is kept under a number.
    ///
    /// # Errors
    /// The browser cannot do that here.
    pub(in crate::saving) async fn close(
        id: &str,
        image_key: &str,
        caption: &Caption,
        document: &[u8],
    ) -> Result<Uint8Array, JsValue> {
        let mut vector = [0; VECTOR_BYTES];
        let crypto = web_sys::window().ok_or(JsValue::NULL)?.crypto()?;
        crypto.get_random_values_with_u8_array(&mut vector)?;
        let text = together(caption, document);
        let closed = turned("encrypt", id, image_key, &vector, &text).await?;
        Ok(Uint8Array::from([&vector[..], &closed].concat().as_slice()))
    }

    /// What was closed under this number: the caption, and the document.
    ///
    /// # Errors
    /// It was closed with the key of another account, or under another number, or is damaged.
    pub(in crate::saving) async fn open(
        id: &str,
        image_key: &str,
        closed: &Uint8Array,
    ) -> Result<(Caption, Uint8Array), JsValue> {
        let bytes = closed.to_vec();
        let parts = bytes.split_at_checked(VECTOR_BYTES);
        let (vector, closed) = parts.ok_or(JsValue::NULL)?;
        let text = turned("decrypt", id, image_key, vector, closed).await?;
        let (caption, begin) = apart(&text).ok_or(JsValue::NULL)?;
        Ok((caption, Uint8Array::from(&text[begin..])))
    }

    /// `bytes`, encrypted or decrypted.
    async fn turned(
        way: &str,
        id: &str,
        image_key: &str,
        vector: &[u8],
        bytes: &[u8],
    ) -> Result<Vec<u8>, JsValue> {
        // One key, one purpose: the image key itself is for digests of images.
        let secret = Uint8Array::from(["outbox", image_key].concat().as_bytes());
        let secret = ask("digest", &Array::of2(&"SHA-256".into(), &secret)).await?;
        let algorithm = JsValue::from_str("AES-GCM");
        let key = Array::of5(
            &"raw".into(),
            &secret,
            &algorithm,
            &JsValue::FALSE,
            &Array::of1(&way.into()),
        );
        let key = ask("importKey", &key).await?;
        let settings = Object::new();
        Reflect::set(&settings, &"name".into(), &algorithm)?;
        Reflect::set(&settings, &"iv".into(), &Uint8Array::from(vector))?;
        let id = Uint8Array::from(id.as_bytes());
        Reflect::set(&settings, &"additionalData".into(), &id)?;
        let arguments = Array::of3(&settings, &key, &Uint8Array::from(bytes));
        Ok(Uint8Array::new(&ask(way, &arguments).await?).to_vec())
    }

    /// Asks the browser's cryptography.
    async fn ask(what: &str, arguments: &Array) -> Result<JsValue, JsValue> {
        let subtle = web_sys::window().ok_or(JsValue::NULL)?.crypto()?.subtle();
        let function: Function = Reflect::get(&subtle, &what.into())?.dyn_into()?;
        let answer: Promise = function.apply(&subtle, arguments)?.dyn_into()?;
        JsFuture::from(answer).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caption_and_document_come_apart_as_they_were() {
        let caption = Caption {
            label: "Söhne, 12".to_owned(),
            day: "2023-11-24".to_owned(),
        };
        for document in [&b"\n\x00a\nb\n"[..], b""] {
            let text = together(&caption, document);
            let (back, begin) = apart(&text).unwrap();
            assert_eq!((back, &text[begin..]), (caption.clone(), document));
        }
        for damaged in [&b""[..], b"a", b"a\nb", b"\xff\nb\n"] {
            assert!(apart(damaged).is_none(), "{damaged:?}");
        }
    }
}
