//! Which list the address of the page means.
//!
//! What was typed into the filter is in no address: proxies log addresses, and browsers keep them,
//! and patient labels are typed there. The address has a key, and the words are in the memory of
//! this tab, so that the way back from an analysis leads to the same list; loaded anew, the page
//! lists all. Where another page leads to the analyses of a label, it names one of them.

use leptos::prelude::*;

use crate::api::history::Query;
use crate::clock::now_ms;
use crate::ui::address::parameter;

const HISTORY: &str = "/history";
const FILTER: &str = "filter";

/// What an address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What was typed, or everything.
    These(Query),
    /// The label of the analysis with this number.
    Like(String),
}

/// What was looked for in this tab, and how many analyses were listed last, of which list: as many
/// are there again on the way back from one of them.
#[derive(Debug, Clone, Copy)]
pub struct Listed(StoredValue<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Marker of whoever has typed it.
    account: String,
    /// Keys and what they stand for.
    filters: Vec<(String, Query)>,
    last: (Query, usize),
}

impl Listed {
    /// Nothing so far.
    pub fn new() -> Self {
        Self(StoredValue::new(Kept::default()))
    }

    /// Forgets what was typed in another account.
    pub(super) fn belong_to(self, account: String) {
        self.0.update_value(|kept| {
            if kept.account != account {
                *kept = Kept {
                    account,
                    ..Kept::default()
                };
            }
        });
    }

    /// The address of a list.
    pub(super) fn address_of(self, query: &Query) -> String {
        if *query == Query::default() {
            return HISTORY.to_owned();
        }
        let key = self.0.try_update_value(|kept| kept.key_of(query));
        [HISTORY, "?", FILTER, "=", &key.unwrap_or_default()].concat()
    }

    /// What stands behind the `?` of the page's address, in other words.
    pub(super) fn wanted(self, search: &str) -> Wanted {
        let key = parameter(search, FILTER);
        let typed = key.and_then(|key| self.0.with_value(|kept| kept.filter(&key)));
        match (typed, parameter(search, "like")) {
            (Some(query), _) => Wanted::These(query),
            (None, Some(id)) => Wanted::Like(id),
            (None, None) => Wanted::These(Query::default()),
        }
    }

    /// Takes note of how much is listed.
    pub(super) fn note(self, query: Query, count: usize) {
        self.0.update_value(|kept| kept.last = (query, count));
    }

    /// How much of this list was there last.
    pub(super) fn count_of(self, query: &Query) -> usize {
        self.0.with_value(|kept| {
            let (of, count) = &kept.last;
            if of == query { *count } else { 0 }
        })
    }
}

impl Default for Listed {
    fn default() -> Self {
        Self::new()
    }
}

impl Kept {
    fn filter(&self, key: &str) -> Option<Query> {
        let (_, query) = self.filters.iter().find(|(of, _)| of == key)?;
        Some(query.clone())
    }

    fn key_of(&mut self, query: &Query) -> String {
        if let Some((key, _)) = self.filters.iter().find(|(_, of)| of == query) {
            return key.clone();
        }
        // Keys of before the page was loaded anew, which the browser may go back to, stay unknown.
        let key = format!("{}-{}", now_ms() as u64, self.filters.len());
        self.filters.push((key.clone(), query.clone()));
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(label: &str, to: &str) -> Query {
        Query {
            label: label.to_owned(),
            to: to.to_owned(),
            ..Query::default()
        }
    }

    fn wanted_at(listed: Listed, address: &str) -> Wanted {
        let (path, search) = address.split_once('?').unwrap_or((address, ""));
        assert_eq!(path, "/history");
        listed.wanted(search)
    }

    #[test]
    fn an_address_leads_back_to_what_was_typed_and_has_none_of_it() {
        let owner = Owner::new();
        owner.set();
        let listed = Listed::new();
        listed.belong_to("ada".to_owned());
        let some = [typed("P 1&x", "2026-11-24"), typed("P 2", "")];
        let addresses = some.each_ref().map(|query| listed.address_of(query));
        for (query, address) in some.iter().zip(&addresses) {
            assert_eq!(
                wanted_at(listed, address),
                Wanted::These(query.clone()),
                "{address}"
            );
            assert!(!address.contains('P') && !address.contains("2026-11-24"));
            assert_eq!(listed.address_of(query), *address, "the same once more");
        }
        assert_ne!(addresses[0], addresses[1]);
        assert_eq!(listed.address_of(&Query::default()), "/history");

        // The next one at this browser does not get to see it.
        listed.belong_to("eve".to_owned());
        let all = Wanted::These(Query::default());
        assert_eq!(wanted_at(listed, &addresses[0]), all);
    }

    #[test]
    fn other_addresses_mean_everything_or_the_label_of_an_analysis() {
        let owner = Owner::new();
        owner.set();
        let listed = Listed::new();
        let all = Wanted::These(Query::default());
        for search in ["", "filter=1-0", "label=P%201&from=2026-11-24"] {
            assert_eq!(listed.wanted(search), all, "{search}");
        }
        assert_eq!(listed.wanted("like=x"), Wanted::Like("x".to_owned()));
    }

    #[test]
    fn only_of_the_same_list_as_many_are_there_again() {
        let owner = Owner::new();
        owner.set();
        let listed = Listed::new();
        let query = typed("P 1", "");
        listed.note(query.clone(), 50);
        assert_eq!(listed.count_of(&query), 50);
        assert_eq!(listed.count_of(&Query::default()), 0);
    }
}
