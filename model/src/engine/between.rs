//! What is awaited between two steps of a plan.

use std::pin::Pin;

/// Hears how many steps are done, of how many, and says whether to go on.
///
/// The back ends take it as an object: generic, they would be compiled again for every caller,
/// and each copy would be downloaded.
pub(super) trait Between {
    /// Asked before every step, and told once more after the last.
    fn go_on<'a>(
        &'a mut self,
        done: usize,
        total: usize,
    ) -> Pin<Box<dyn Future<Output = bool> + 'a>>;
}

impl<F: AsyncFnMut(usize, usize) -> bool> Between for F {
    fn go_on<'a>(
        &'a mut self,
        done: usize,
        total: usize,
    ) -> Pin<Box<dyn Future<Output = bool> + 'a>> {
        Box::pin(self(done, total))
    }
}
