//! Every step on the processor against burn.

use pollster::block_on;

use super::Cpu;
use crate::engine::plan::Buffer;
use crate::engine::share_off;
use crate::engine::truth::{networks, target};
use crate::engine::weights::GOLDEN_PX;

#[test]
fn every_step_gives_what_burn_gives() {
    for (weights, truth) in networks() {
        let mut cpu = Cpu::new(&weights).unwrap();
        cpu.buffers.fit(&cpu.plan, GOLDEN_PX, GOLDEN_PX).unwrap();
        let image = |_: &_, target: &mut [f32]| {
            target.copy_from_slice(weights.golden().0);
            Ok(())
        };
        cpu.buffers.write(Buffer::Input, image).unwrap();
        for step in cpu.plan.steps().to_vec() {
            let read = async |view| {
                let values = cpu.buffers.view(view)?.to_vec();
                Ok((values, cpu.buffers.sides(view.buffer)))
            };
            let expected = block_on(truth.answer(&step, &read)).unwrap();
            cpu.take(&step).unwrap();
            let found = cpu.buffers.view(target(&step)).unwrap();
            let off = share_off(found, &expected);
            assert!(off <= 1e-5, "{step:?} is off by {off}");
        }
    }
}
