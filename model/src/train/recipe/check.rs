//! Which recipes a run can follow.

use anyhow::{Result, ensure};

use super::Recipe;
use crate::engine::weights::{MAX_DEPTH, MAX_WIDTH};
use crate::network::Architecture;

impl Recipe {
    /// Refuses numbers that a run would come to grief over, or learn nothing by.
    ///
    /// # Errors
    /// The first such, by its name in the file.
    pub(super) fn check(&self) -> Result<()> {
        let network = self.network;
        // What no weight file may hold is said before hours of training, not after them.
        ensure!(
            (1..=MAX_DEPTH).contains(&network.depth) && (1..=MAX_WIDTH).contains(&network.width),
            "\"network\" has a depth of {} and a width of {}; expected are 1 to {MAX_DEPTH} and 1 to {MAX_WIDTH}",
            network.depth,
            network.width
        );
        let has_parts = network.attention || network.deep_supervision;
        ensure!(
            network.architecture == Architecture::Unetpp || !has_parts,
            "\"network\" is a U-Net, which has neither \"attention\" nor \"deep_supervision\""
        );
        let counts = [
            ("steps", self.steps),
            ("batch", self.batch),
            ("validate_every", self.validate_every),
            ("validation_crops", self.validation_crops),
            ("patience", self.patience),
        ];
        for (name, count) in counts {
            ensure!(count > 0, "\"{name}\" is 0; expected is 1 or more");
        }
        let stride = network.stride();
        let windows = [
            ("window", Some(self.window)),
            ("late_window", self.late_window),
        ];
        for (name, edge) in windows {
            let edge = edge.unwrap_or(stride);
            ensure!(
                edge > 0 && edge.is_multiple_of(stride),
                "\"{name}\" is {edge}; a network of this depth needs a multiple of {stride}"
            );
        }
        let (least, most) = self.scale;
        ensure!(
            least > 0.0 && least <= most && most.is_finite(),
            "\"scale\" goes from {least} to {most}; expected are two numbers above 0, the smaller one first"
        );
        self.check_shares()?;
        self.check_sizes()
    }

    fn check_shares(&self) -> Result<()> {
        let shares = [
            ("late_from", self.late_from),
            ("warm_up", self.warm_up),
            ("average_decay", self.average_decay),
            ("taught", f64::from(self.taught)),
            ("window_dice", f64::from(self.window_dice)),
            ("empty_share", f64::from(self.empty_share)),
            ("slice_share", f64::from(self.slice_share)),
            ("hard_share", f64::from(self.hard_share)),
            ("hard_empty_share", self.hard_empty_share.unwrap_or(0.0)),
            ("blur_share", f64::from(self.blur_share)),
        ];
        for (name, share) in shares {
            ensure!(
                (0.0..=1.0).contains(&share),
                "\"{name}\" is {share}; expected is a number from 0 to 1"
            );
        }
        // One draw decides between them; `hard_share` has a draw of its own before.
        let both = self.empty_share + self.slice_share;
        ensure!(
            both <= 1.0 + f32::EPSILON,
            "\"empty_share\" and \"slice_share\" are {both} together; expected is 1 at most"
        );
        Ok(())
    }

    fn check_sizes(&self) -> Result<()> {
        let sizes = [
            ("learning_rate", self.learning_rate),
            ("weight_decay", f64::from(self.weight_decay)),
            ("dice", f64::from(self.dice)),
            ("side_head_weight", f64::from(self.side_head_weight)),
            ("rim_weight", f64::from(self.rim_weight)),
            ("reach", f64::from(self.reach)),
            ("turn_degrees", f64::from(self.turn_degrees)),
            ("squeeze", f64::from(self.squeeze)),
            ("bend_mm", f64::from(self.bend_mm)),
            ("hu_shift", f64::from(self.hu_shift)),
            ("hu_scale", f64::from(self.hu_scale)),
            ("gamma", f64::from(self.gamma)),
            ("noise_hu", f64::from(self.noise_hu)),
        ];
        for (name, size) in sizes {
            ensure!(
                size >= 0.0 && size.is_finite(),
                "\"{name}\" is {size}; expected is a number of 0 or more"
            );
        }
        ensure!(
            self.learning_rate > 0.0,
            "\"learning_rate\" is 0: such a run learns nothing"
        );
        // Each may be published as the output of a network that is cut off there.
        ensure!(
            self.side_head_weight > 0.0 || !self.network.deep_supervision,
            "\"side_head_weight\" is 0: the side heads, which \"deep_supervision\" asks for, would learn nothing"
        );
        // The Dice of a window that counts nowhere is 0 / 0 without it.
        ensure!(
            self.window_smooth > 0.0 && self.window_smooth.is_finite(),
            "\"window_smooth\" is {}; expected is a number above 0",
            self.window_smooth
        );
        Ok(())
    }
}
