//! Which settings hold: the reader's own, those of a saved analysis that took their place for one
//! scan, and the limits that suit a network best. Pure; the room does what comes of it.

use model::settings::{Postprocess, Settings};

/// What is known of settings beside those that are chosen now.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Postprocessing last asked for, with a run of the network or without; none since a scan was
    /// opened or restored.
    asked: Option<Postprocess>,
    /// What was asked for before that.
    asked_before: Option<Postprocess>,
    /// The reader's own settings, and those of the saved analysis that took their place.
    restored: Option<(Settings, Settings)>,
}

impl Limits {
    /// The results have this postprocessing, or are about to.
    pub fn asked_for(&mut self, postprocess: Postprocess) {
        self.asked_before = self.asked.replace(postprocess);
    }

    /// The results did not get what was asked for last: they have what they were `made_with`, or,
    /// if they are not alike, what was asked for before. That is to be chosen again, lest the
    /// sliders say what the masks have not; `None` if the reader has chosen something else by
    /// `now`, which is still to be applied.
    pub fn refused(
        &mut self,
        now: Postprocess,
        made_with: Option<Postprocess>,
    ) -> Option<Postprocess> {
        let held = made_with.or(self.asked_before)?;
        let refused = self.asked.replace(held);
        (refused == Some(now)).then_some(held)
    }

    /// Whether what is chosen `now` is still to be applied to the results.
    pub fn is_behind(&self, now: Postprocess) -> bool {
        self.asked.is_some_and(|asked| asked != now)
    }

    /// The settings after a network was loaded: its `standard` limits in the place of those that
    /// were `standard_before`, the reader's own as they are, and those of a saved analysis, too.
    /// Results of the network before keep their limits until the reader changes one.
    pub fn network_loaded(
        &mut self,
        now: Settings,
        standard_before: Postprocess,
        standard: Postprocess,
    ) -> Settings {
        if self.restored.is_some_and(|(_, saved)| saved == now) {
            return now;
        }
        let is_behind = self.is_behind(now.postprocess);
        let mut then = now;
        let is_same = |a: f32, b: f32| a.to_bits() == b.to_bits();
        let limits = &mut then.postprocess;
        if is_same(limits.threshold, standard_before.threshold) {
            limits.threshold = standard.threshold;
        }
        if is_same(limits.least_peak, standard_before.least_peak) {
            limits.least_peak = standard.least_peak;
        }
        if !is_behind {
            self.asked = self.asked.map(|_| then.postprocess);
        }
        then
    }

    /// A saved analysis comes back with the settings that it was made with, in the place of what is
    /// chosen `now`.
    pub fn restored(&mut self, now: Settings, saved: Settings) {
        // Of two analyses restored one after the other, the first has the reader's own.
        let own = self.restored.filter(|(_, before)| *before == now);
        self.restored = Some((own.map_or(now, |(own, _)| own), saved));
        (self.asked, self.asked_before) = (None, None);
    }

    /// The settings for a scan that was just opened: the reader's own again, unless those of a
    /// saved analysis were changed since they came.
    pub fn scan_opened(&mut self, now: Settings) -> Settings {
        (self.asked, self.asked_before) = (None, None);
        let restored = self.restored.take().filter(|(_, saved)| *saved == now);
        restored.map_or(now, |(own, _)| own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::network::Architecture;
    use model::settings::Denoise;

    const UNET: Postprocess = limits(0.5);
    const UNETPP: Postprocess = limits(0.6);

    const fn limits(threshold: f32) -> Postprocess {
        Postprocess {
            threshold,
            least_peak: 0.97,
            opening_mm: 0.0,
            closing_mm: 0.8,
            fill_holes: true,
            min_area_mm2: 2.0,
            smooth: true,
        }
    }

    fn with(postprocess: Postprocess) -> Settings {
        Settings {
            architecture: Architecture::Unet,
            denoise: Denoise::None,
            postprocess,
        }
    }

    #[test]
    fn the_limits_follow_the_network_but_for_those_that_the_reader_has_set() {
        let mut known = Limits::default();
        let load = |known: &mut Limits, now| known.network_loaded(with(now), UNET, UNETPP);
        assert_eq!(load(&mut known, UNET).postprocess, UNETPP);
        assert_eq!(load(&mut known, limits(0.3)).postprocess, limits(0.3));
        let peak = Postprocess {
            least_peak: 0.5,
            ..UNET
        };
        let kept = load(&mut known, peak).postprocess;
        assert_eq!((kept.threshold, kept.least_peak), (0.6, 0.5));
    }

    #[test]
    fn results_keep_their_limits_when_another_network_is_loaded_until_the_reader_changes_one() {
        let mut known = Limits::default();
        assert!(!known.is_behind(UNET), "there are no results");
        known.asked_for(UNET);
        assert!(!known.is_behind(UNET) && known.is_behind(limits(0.3)));
        let now = known.network_loaded(with(UNET), UNET, UNETPP);
        assert!(!known.is_behind(now.postprocess));
        assert!(known.is_behind(limits(0.3)));

        // What the reader has changed just before is still to be applied.
        known.asked_for(UNET);
        let now = known.network_loaded(with(limits(0.3)), UNET, UNETPP);
        assert!(known.is_behind(now.postprocess));
    }

    #[test]
    fn what_could_not_be_applied_is_chosen_no_more_and_not_asked_for_by_itself() {
        let mut known = Limits::default();
        known.asked_for(UNET);
        known.asked_for(limits(0.3));
        assert_eq!(known.refused(limits(0.3), Some(UNET)), Some(UNET));
        assert!(!known.is_behind(UNET));

        // Nor are results that are not alike, of which only that is known.
        known.asked_for(limits(0.3));
        assert_eq!(known.refused(limits(0.3), None), Some(UNET));
        assert!(!known.is_behind(UNET));

        // What the reader has chosen meanwhile is tried, once.
        known.asked_for(limits(0.3));
        assert_eq!(known.refused(limits(0.4), None), None);
        assert!(known.is_behind(limits(0.4)));
        known.asked_for(limits(0.4));
        assert_eq!(known.refused(limits(0.4), None), Some(UNET));
    }

    #[test]
    fn settings_of_a_saved_analysis_hold_for_its_scan_only() {
        let own = with(UNET);
        let saved = Settings {
            architecture: Architecture::Unetpp,
            ..with(limits(0.8))
        };
        let mut known = Limits::default();
        known.restored(own, saved);
        assert_eq!(known.scan_opened(saved), own);
        assert_eq!(known.scan_opened(own), own, "once");

        known.restored(own, saved);
        known.restored(saved, with(limits(0.7)));
        assert_eq!(known.scan_opened(with(limits(0.7))), own, "of two");

        known.restored(own, saved);
        let changed = with(limits(0.4));
        assert_eq!(known.scan_opened(changed), changed, "the reader's now");
    }

    #[test]
    fn settings_of_a_saved_analysis_stay_when_its_network_is_loaded() {
        // The reader looked for the U-Net++'s 0.6 with the U-Net.
        let saved = with(UNETPP);
        let mut known = Limits::default();
        known.restored(with(UNETPP), saved);
        assert_eq!(known.network_loaded(saved, UNETPP, UNET), saved);
    }
}
