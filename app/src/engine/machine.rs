//! What the browser says of the machine's memory: a page that takes more than a phone gives is
//! ended without a word.

/// GB from which there is enough of it; browsers round, and say no more than 8.
const ENOUGH_GB: f64 = 8.0;

/// Whether there is little: the browser says so, or does not say, as on iPhones, and what points is
/// a finger.
fn is_little(memory_gb: Option<f64>, is_finger: bool) -> bool {
    memory_gb.map_or(is_finger, |gb| gb < ENOUGH_GB)
}

#[cfg(feature = "hydrate")]
pub use browser::has_little_memory;

#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::{Function, Reflect};
    use wasm_bindgen::{JsCast as _, JsValue};

    /// Whether this machine has little memory.
    pub fn has_little_memory() -> bool {
        let Some(window) = web_sys::window() else {
            return false;
        };
        let gb = Reflect::get(&window.navigator(), &"deviceMemory".into());
        let query = || {
            let ask: Function = Reflect::get(&window, &"matchMedia".into())?.dyn_into()?;
            let list = ask.call1(&window, &"(pointer: coarse)".into())?;
            Reflect::get(&list, &"matches".into())
        };
        let is_finger = query().is_ok_and(|it: JsValue| it.is_truthy());
        super::is_little(gb.ok().and_then(|it| it.as_f64()), is_finger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_has_little_memory_whether_its_browser_says_so_or_not() {
        assert!(is_little(Some(4.0), true) && is_little(Some(2.0), false));
        assert!(!is_little(Some(8.0), true));
        assert!(is_little(None, true) && !is_little(None, false));
    }
}
