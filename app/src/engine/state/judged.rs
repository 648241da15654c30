//! How far the reader has come with the lesions.

use std::collections::BTreeSet;

use super::Desk;

impl Desk {
    /// Of how many lesions the reader has said something, rejected ones among them, and how many
    /// there are.
    pub fn judged(&self) -> (usize, usize) {
        let lesions = self.open.summary.as_ref().map_or(&[][..], |it| &it.lesions);
        let mut rejected = BTreeSet::new();
        for result in self.open.results.values() {
            rejected.extend(result.rejected.iter().map(|it| it.finding.lesion));
        }
        // What is rejected of a lesion says nothing of the rest.
        rejected.retain(|number| lesions.iter().all(|it| it.number != *number));
        let confirmed = lesions.iter().filter(|it| it.is_confirmed()).count();
        (confirmed + rejected.len(), lesions.len() + rejected.len())
    }
}
