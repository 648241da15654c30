//! Asks before something is lost.

/// Whether the reader agrees; a browser that cannot ask loses nothing.
pub fn is_sure(question: &str) -> bool {
    let window = web_sys::window();
    let answer = window.and_then(|it| it.confirm_with_message(question).ok());
    answer.unwrap_or(false)
}
