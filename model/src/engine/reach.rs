//! How far around a pixel the input can change what the network answers there.
//!
//! A value at level `l` stands for a block of `2^l × 2^l` input pixels. Its reach is counted in
//! input pixels beyond that block, on each side.

use super::plan::{Buffer, Plan, Step, View};
use crate::map::Map;

/// The reach of the logits, in input pixels.
///
/// It is not underestimated: where upsampling makes it depend on whether a pixel's place is
/// even or odd, the larger value is taken.
pub(crate) fn reach_px(plan: &Plan) -> usize {
    let mut written = Written::default();
    for step in plan.steps() {
        match step {
            Step::Conv {
                skip,
                gate,
                coarse,
                target,
                ..
            } => {
                let pixel = 1 << target.buffer.level();
                let gate = gate.map_or(0, |gate| written.whole(gate));
                // The block of a coarse pixel is wider by one pixel, on one of its sides.
                let coarse = coarse.map_or(0, |view| written.part(&view) + pixel);
                let reach = written.part(skip).max(gate).max(coarse) + pixel;
                written.put(target, reach);
            }
            Step::Pool { source, target } => {
                let reach = written.part(source);
                written.put(target, reach);
            }
            Step::Gate {
                skip,
                coarse,
                target,
                ..
            } => {
                let coarse = written.part(coarse) + (1 << target.level());
                let reach = written.part(skip).max(coarse);
                written.0.insert((*target, 0), reach);
            }
            Step::Head { source, .. } => return written.part(source),
        }
    }
    0
}

/// The reach of what lies in a buffer from a channel on; nothing for the input.
#[derive(Default)]
struct Written(Map<(Buffer, usize), usize>);

impl Written {
    fn put(&mut self, target: &View, reach: usize) {
        self.0.insert((target.buffer, target.first), reach);
    }

    fn part(&self, view: &View) -> usize {
        let end = view.first + view.channels;
        let first = (view.buffer, view.first);
        let parts = self
            .0
            .iter()
            .filter(|(part, _)| (first..(view.buffer, end)).contains(*part));
        parts.map(|(_, reach)| *reach).max().unwrap_or(0)
    }

    fn whole(&self, buffer: Buffer) -> usize {
        self.0.get(&(buffer, 0)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Case;
    use crate::engine::{Engine, Weights};
    use crate::network::{Architecture, NetworkConfig};
    use crate::protocol::BackendChoice;

    fn config(architecture: Architecture, depth: usize) -> NetworkConfig {
        let case = Case {
            architecture,
            width: 4,
            edge: 256,
            backend: BackendChoice::Cpu,
        };
        NetworkConfig {
            depth,
            ..case.config()
        }
    }

    #[test]
    fn a_u_net_of_depth_four_reaches_seven_strides() {
        // Down: 2 · (1 + 2 + 4 + 8 + 16); up: 3 · (8 + 4 + 2 + 1).
        let plan = Plan::new(&config(Architecture::Unet, 4), 4).unwrap();
        assert_eq!(reach_px(&plan), 62 + 45);
        let nested = Plan::new(&config(Architecture::Unetpp, 4), 4).unwrap();
        assert!(reach_px(&nested) <= 7 * 16);
    }

    #[test]
    fn nothing_beyond_the_reach_changes_an_answer() {
        for architecture in Architecture::ALL {
            let config = config(architecture, 2);
            let weights = Weights::arbitrary(config);
            let reach = reach_px(&Plan::new(&config, 2).unwrap());
            let edge = 64;
            let logits = |input: &[f32]| {
                let mut engine = Engine::cpu(&weights).unwrap();
                let mut silent = async |_: usize, _: usize| true;
                let run = engine.run(input, edge, edge, &mut silent);
                finish(run).unwrap()
            };
            let plain: Vec<f32> = (0..edge * edge).map(|i| (i as f32 * 0.37).sin()).collect();
            let mut changed = plain.clone();
            changed[31 * edge + 31] += 100.0;
            let (before, after) = (logits(&plain), logits(&changed));
            let mut farthest = 0;
            for (at, (before, after)) in before.iter().zip(&after).enumerate() {
                if (before - after).abs() > 1e-3 {
                    let (row, col) = (at / edge, at % edge);
                    farthest = farthest.max(row.abs_diff(31)).max(col.abs_diff(31));
                }
            }
            assert!(farthest <= reach, "{farthest} {reach}");
            assert!(2 * farthest > reach, "{farthest} {reach}");
        }
    }

    /// The processor's engine never waits.
    fn finish<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => unreachable!("nothing to wait for"),
        }
    }
}
