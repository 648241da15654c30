//! Plans of the published networks, and of others.

use super::*;

#[test]
fn no_step_reads_the_buffer_it_writes() {
    for architecture in Architecture::ALL {
        let plan = Plan::new(&NetworkConfig::published(architecture), 4).unwrap();
        for step in plan.steps() {
            let (reads, writes) = match step {
                Step::Conv {
                    skip,
                    gate,
                    coarse,
                    target,
                    ..
                } => {
                    let mut reads = vec![skip.buffer];
                    reads.extend(coarse.map(|c| c.buffer));
                    reads.extend(*gate);
                    (reads, target.buffer)
                }
                Step::Pool { source, target } => (vec![source.buffer], target.buffer),
                Step::Gate {
                    skip,
                    coarse,
                    target,
                    ..
                } => (vec![skip.buffer, coarse.buffer], *target),
                Step::Head { source, .. } => (vec![source.buffer], Buffer::Logits),
            };
            assert!(!reads.contains(&writes), "{step:?}");
        }
    }
}

#[test]
fn work_is_that_of_the_networks_others_run() {
    // At 256² other engines are measured on 3.5 and (without gates) 8.6 GMAC.
    let unet = Plan::new(&NetworkConfig::published(Architecture::Unet), 4).unwrap();
    let unetpp = Plan::new(&NetworkConfig::published(Architecture::Unetpp), 4).unwrap();
    assert!((unet.macs(256, 256) as f64 / 1e9 - 3.5).abs() < 0.1);
    assert!((unetpp.macs(256, 256) as f64 / 1e9 - 8.95).abs() < 0.01);
}

#[test]
fn a_plan_says_its_steps_its_work_and_its_peak_memory() {
    let plan = Plan::new(&NetworkConfig::published(Architecture::Unet), 4).unwrap();
    let line = plan.summary((256, 256), 3 << 20, 5 << 19).to_string();
    let expected = "23 steps, 3.48 GMAC, 5.5 MiB at 256 × 256: 3.0 of buffers, 2.5 of weights";
    assert_eq!(line, expected);
}

#[test]
fn a_step_reads_and_writes_what_its_planes_hold() {
    // At 64², a U-Net++ of 16 channels: X[0][1] sees 16 planes of its level, 32 of the one below
    // and the gate's factors, and writes 16.
    let plan = Plan::new(&NetworkConfig::published(Architecture::Unetpp), 4).unwrap();
    let step = |node, conv| {
        let is_it = |step: &&Step| matches!(step, Step::Conv { node: n, conv: c, .. } if (*n, *c) == (node, conv));
        plan.steps().iter().find(is_it).unwrap()
    };
    let (fine, coarse) = (64 * 64, 32 * 32);
    let first = step((0, 1), NodeConv::First);
    assert_eq!(first.weights(), 9 * 48 * 16);
    let values = 16 * fine + 32 * coarse + fine + 16 * fine;
    assert_eq!(first.image_values(64, 64), values);
    assert_eq!(first.macs(64, 64), 9 * 48 * 16 * fine);
    // The deepest node has 4 × 4 pixels: its weights are nearly all that is read.
    let deepest = step((4, 0), NodeConv::Second);
    assert_eq!(deepest.image_values(64, 64), 2 * 256 * 16);
    assert_eq!(deepest.weights(), 9 * 256 * 256);
}

#[test]
fn only_depths_with_a_head_can_be_chosen() {
    let mut pp = NetworkConfig::published(Architecture::Unetpp);
    assert!(Plan::new(&pp, 0).is_none());
    assert!(Plan::new(&pp, 1).is_some());
    assert!(Plan::new(&pp, 5).is_none());
    pp.deep_supervision = false;
    assert!(Plan::new(&pp, 3).is_none());
    assert!(Plan::new(&NetworkConfig::published(Architecture::Unet), 3).is_none());
}
