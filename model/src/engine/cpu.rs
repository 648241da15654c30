//! The network on the processor, one thread.
//!
//! The plan's steps over the plan's buffers; the arithmetic is in the crate `kernel`.

mod buffers;
#[cfg(all(
    feature = "net",
    any(all(test, feature = "analysis"), feature = "truth-web")
))]
mod truth;

use kernel::conv::{self, Filters, Kernel};
use kernel::pack::Source;
use kernel::{gate, plain, roofline};

use super::between::Between;
use super::plan::{Buffer, NodeConv, Plan, Step};
use super::weights::{GateWeights, HeadWeights, Weights};
use super::{AdapterInfo, EngineError, check_input, plan_at};
use crate::map::Map;
use crate::network::NetworkConfig;
use buffers::Buffers;
#[cfg(feature = "truth-web")]
pub(super) use truth::deviations;

/// A network prepared for the processor, with its buffers.
#[derive(Debug)]
pub struct Cpu {
    config: NetworkConfig,
    level: usize,
    plan: Plan,
    adapter: AdapterInfo,
    kernel: Kernel,
    filters: Map<((usize, usize), NodeConv), Filters>,
    gates: Map<(usize, usize), GateWeights>,
    heads: Map<usize, HeadWeights>,
    buffers: Buffers,
    scratch: Vec<f32>,
}

impl Cpu {
    /// Packs the weights; the fastest kernel that the processor has is chosen here.
    pub(super) fn new(weights: &Weights) -> Result<Self, EngineError> {
        let config = *weights.config();
        let kernel = Kernel::best();
        let mut filters = Map::new();
        let mut gates = Map::new();
        for (node, parts) in weights.nodes() {
            let place = (node.level, node.column);
            filters.insert((place, NodeConv::First), Filters::pack(&parts.conv1));
            filters.insert((place, NodeConv::Second), Filters::pack(&parts.conv2));
            if let Some(gate) = &parts.gate {
                gates.insert(place, gate.clone());
            }
        }
        Ok(Self {
            config,
            level: config.depth,
            plan: plan_at(&config, config.depth)?,
            adapter: AdapterInfo {
                name: format!("processor ({})", kernel.name()),
                software: false,
                backend: "cpu".to_owned(),
            },
            kernel,
            filters,
            gates,
            heads: weights.heads().clone(),
            buffers: Buffers::default(),
            scratch: Vec::new(),
        })
    }

    pub(super) fn adapter(&self) -> &AdapterInfo {
        &self.adapter
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn level(&self) -> usize {
        self.level
    }

    /// See [`roofline::measure`].
    pub(super) fn roofline(&self, now_ms: impl Fn() -> f64) -> (f64, f64) {
        roofline::measure(self.kernel, now_ms)
    }

    /// Bytes of packed convolutions; next to them gates and heads are nothing.
    pub(super) fn weights_bytes(&self) -> u64 {
        let floats = self.filters.values().map(Filters::floats).sum::<usize>();
        (floats * size_of::<f32>()) as u64
    }

    /// Bytes of packed convolutions, buffers and scratch after the runs so far.
    pub(super) fn memory_bytes(&self) -> u64 {
        let scratch = self.scratch.capacity() * size_of::<f32>();
        self.weights_bytes() + self.buffers.bytes() + scratch as u64
    }

    pub(super) fn set_level(&mut self, level: usize) -> Result<(), EngineError> {
        self.plan = plan_at(&self.config, level)?;
        self.level = level;
        Ok(())
    }

    pub(super) async fn run(
        &mut self,
        input: &[f32],
        rows: usize,
        cols: usize,
        step: &mut dyn Between,
    ) -> Result<Vec<f32>, EngineError> {
        check_input(input, rows, cols, &self.config)?;
        self.buffers.fit(&self.plan, rows, cols)?;
        self.buffers.write(Buffer::Input, |_, target| {
            target.copy_from_slice(input);
            Ok(())
        })?;
        let total = self.plan.steps().len();
        for done in 0..total {
            if !step.go_on(done, total).await {
                return Err(EngineError::Cancelled);
            }
            if let Some(next) = self.plan.steps().get(done).cloned() {
                self.take(&next)?;
            }
        }
        let _ = step.go_on(total, total).await;
        Ok(self.buffers.all(Buffer::Logits)?.to_vec())
    }

    /// Carries out one step.
    fn take(&mut self, step: &Step) -> Result<(), EngineError> {
        let missing = || EngineError::Plan("no weights".to_owned());
        match step {
            Step::Conv {
                node,
                conv,
                skip,
                gate,
                coarse,
                target,
            } => {
                let filters = self.filters.get(&(*node, *conv)).ok_or_else(missing)?;
                let (scratch, kernel) = (&mut self.scratch, self.kernel);
                let (rows, cols) = self.buffers.sides(target.buffer);
                self.buffers.write_view(*target, |buffers, out| {
                    let source = Source {
                        rows,
                        cols,
                        skip: buffers.view(*skip)?,
                        gate: gate.map(|g| buffers.all(g)).transpose()?,
                        coarse: coarse.map(|c| buffers.view(c)).transpose()?,
                    };
                    conv::run(kernel, &source, filters, scratch, out);
                    Ok(())
                })
            }
            Step::Pool { source, target } => {
                let (_, cols) = self.buffers.sides(source.buffer);
                self.buffers.write_view(*target, |buffers, out| {
                    plain::pool(buffers.view(*source)?, cols, out);
                    Ok(())
                })
            }
            Step::Gate {
                node,
                skip,
                coarse,
                target,
                ..
            } => {
                let weights = self.gates.get(node).ok_or_else(missing)?;
                let (kernel, sides) = (self.kernel, self.buffers.sides(*target));
                self.buffers.write(*target, |buffers, out| {
                    let (skip, coarse) = (buffers.view(*skip)?, buffers.view(*coarse)?);
                    gate::run(kernel, weights, skip, coarse, sides, out);
                    Ok(())
                })
            }
            Step::Head { column, source } => {
                let weights = self.heads.get(column).ok_or_else(missing)?;
                self.buffers.write(Buffer::Logits, |buffers, out| {
                    plain::head(weights, buffers.view(*source)?, out);
                    Ok(())
                })
            }
        }
    }
}
