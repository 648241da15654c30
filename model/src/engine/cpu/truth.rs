//! Every step on the processor against burn.

use super::Cpu;
use crate::engine::plan::{Buffer, Step};
use crate::engine::truth::{Image, Truth, target};
use crate::engine::{EngineError, share_off};

/// How far each step is off burn's answer to what the steps before it have left in the buffers, as
/// a share of the answer's largest value.
///
/// # Errors
/// The image does not fit the network, or a step is none of it.
pub(in crate::engine) async fn deviations(
    cpu: &mut Cpu,
    truth: &Truth,
    image: &Image,
) -> Result<Vec<(Step, f32)>, EngineError> {
    give(cpu, image)?;
    let mut all = Vec::new();
    for step in cpu.plan.steps().to_vec() {
        let read = async |view| {
            let values = cpu.buffers.view(view)?.to_vec();
            Ok((values, cpu.buffers.sides(view.buffer)))
        };
        let expected = truth.answer(&step, &read).await?;
        cpu.take(&step)?;
        let off = share_off(cpu.buffers.view(target(&step))?, &expected);
        all.push((step, off));
    }
    Ok(all)
}

/// Makes an image the network's input.
fn give(cpu: &mut Cpu, image: &Image) -> Result<(), EngineError> {
    cpu.buffers.fit(&cpu.plan, image.rows, image.cols)?;
    let copied = |_: &_, target: &mut [f32]| {
        target.copy_from_slice(&image.pixels);
        Ok(())
    };
    cpu.buffers.write(Buffer::Input, copied)
}

#[cfg(test)]
mod tests {
    use kernel::conv::Kernel;
    use pollster::block_on;

    use super::*;
    use crate::engine::truth::{networks, real_slice};
    use crate::engine::weights::{GOLDEN_PX, Weights};

    #[test]
    fn every_step_gives_what_burn_gives() {
        let slice = real_slice();
        let part = slice.middle();
        for (weights, truth) in networks() {
            let golden = Image::golden(&weights);
            for (image, kernel) in [
                (&golden, Kernel::best()),
                (&slice, Kernel::best()),
                (&part, Kernel::best()),
                (&golden, Kernel::Portable),
                (&part, Kernel::Portable),
            ] {
                let mut cpu = Cpu::new(&weights).unwrap();
                cpu.kernel = kernel;
                for (step, off) in block_on(deviations(&mut cpu, &truth, image)).unwrap() {
                    assert!(off <= 1e-5, "{kernel:?}: {step:?} is off by {off}");
                }
            }
        }
    }

    /// The largest number that any convolution of a network reads or writes for an image.
    fn largest_number(weights: &Weights, image: &Image) -> f32 {
        let mut cpu = Cpu::new(weights).unwrap();
        give(&mut cpu, image).unwrap();
        let mut largest = 1.0_f32;
        for step in cpu.plan.steps().to_vec() {
            cpu.take(&step).unwrap();
            if let Step::Conv { target, .. } = step {
                let written = cpu.buffers.view(target).unwrap();
                largest = written.iter().copied().fold(largest, f32::max);
            }
        }
        largest
    }

    /// On a card with 16-bit numbers, `conv_tiled.wgsl` adds up 12 products in them, of weights
    /// that are no larger than 2 by their packing. Whatever lies within −1…1, as all input does,
    /// must not come near the largest such number.
    #[test]
    fn sums_in_halves_stay_far_below_the_largest_half() {
        const PRODUCTS_OF_TWO: f32 = 12.0 * 2.0;
        const LARGEST_HALF: f32 = 65504.0;
        for (weights, _) in networks() {
            let pixels = GOLDEN_PX * GOLDEN_PX;
            // What no scan holds: either end of the scale at random, in a chequered pattern, and
            // all over.
            let noise = |i: usize| {
                if (i as u32).wrapping_mul(0x9E37_79B1) >> 31 == 0 {
                    1.0
                } else {
                    -1.0
                }
            };
            let chequered = |i: usize| {
                if (i / GOLDEN_PX + i).is_multiple_of(2) {
                    1.0
                } else {
                    -1.0
                }
            };
            let made_up = [
                (0..pixels).map(noise).collect(),
                (0..pixels).map(chequered).collect(),
                vec![1.0; pixels],
                vec![-1.0; pixels],
            ];
            let mut images = vec![Image::golden(&weights), real_slice()];
            images.extend(made_up.map(|pixels| Image {
                pixels,
                rows: GOLDEN_PX,
                cols: GOLDEN_PX,
            }));
            let largest = images
                .iter()
                .map(|it| largest_number(&weights, it))
                .fold(0.0, f32::max);
            assert!(PRODUCTS_OF_TWO * largest < LARGEST_HALF / 16.0, "{largest}");
        }
    }
}
