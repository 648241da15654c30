//! With what slices were analysed.

use serde::Serialize;

use crate::map::Map;
use crate::protocol::EngineInfo;
use crate::settings::Settings;

/// Slices that were analysed alike, and with what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MadeWith<'a> {
    /// The slices, in order.
    pub slices: Vec<usize>,
    /// The engine; `None` if it was none of this program's.
    pub engine: Option<&'a EngineInfo>,
    /// Noise reduction and postprocessing.
    pub settings: &'a Settings,
}

impl<'a> MadeWith<'a> {
    /// Puts slices together that the same network analysed on the same hardware under the same
    /// settings.
    pub fn of_slices(all: &'a Map<usize, (EngineInfo, Settings)>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for (&slice, (engine, settings)) in all {
            let is_alike = |group: &&mut Self| {
                group.settings == settings
                    && group.engine.is_some_and(|it| it.computes_like(engine))
            };
            if let Some(group) = groups.iter_mut().find(is_alike) {
                group.slices.push(slice);
            } else {
                groups.push(Self {
                    slices: vec![slice],
                    engine: Some(engine),
                    settings,
                });
            }
        }
        groups
    }
}
