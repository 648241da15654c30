//! Every step on the processor against burn.

use super::Cpu;
use crate::engine::plan::Buffer;
use crate::engine::truth::{assert_close, networks, target};
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
            let expected = truth.answer(&step, &|view| {
                let values = cpu.buffers.view(view).unwrap().to_vec();
                (values, cpu.buffers.sides(view.buffer))
            });
            cpu.take(&step).unwrap();
            let found = cpu.buffers.view(target(&step)).unwrap();
            assert_close(found, &expected, 1e-5, &step);
        }
    }
}
