//! A network as an ONNX file, so that other engines can run the very same one: for
//! comparisons, and for whoever wants to use the weights elsewhere.
//!
//! Operators of opset 13: `Conv`, `Relu`, `MaxPool`, `Resize`, `Concat`, `Mul`, `Add`, `Sigmoid`.
//! Input `image` `[1, 1, edge, edge]`, output `logits` of the same shape.

mod protobuf;

use super::node::{Node, heads, nodes};
use super::weights::{ConvWeights, GateWeights, Weights};
use crate::network::NetworkConfig;
use protobuf::{Attribute, Graph};

/// The file's bytes, for square images of `edge` pixels.
pub fn to_onnx(weights: &Weights, edge: usize) -> Vec<u8> {
    let config = weights.config();
    let mut graph = Graph::default();
    for node in nodes(config, config.depth) {
        if let Some(parts) = weights.nodes().get(&node) {
            let input = inputs(&mut graph, node, config, parts.gate.as_ref());
            let name = node.name();
            let middle = conv(&mut graph, &format!("{name}.conv1"), &input, &parts.conv1);
            let last = conv(&mut graph, &format!("{name}.conv2"), &middle, &parts.conv2);
            graph.rename(&last, &name);
        }
    }
    if let Some((column, head)) = heads(config)
        .next_back()
        .and_then(|c| Some((c, weights.heads().get(&c)?)))
    {
        let weight = graph.floats("head.weight", &[1, config.width, 1, 1], &head.weight);
        let bias = graph.floats("head.bias", &[1], &[head.bias]);
        let source = Node { level: 0, column }.name();
        graph.node("Conv", &[&source, &weight, &bias], "logits", &[]);
    }
    graph.into_model("image", "logits", edge)
}

/// What a node's first convolution reads: one tensor.
fn inputs(
    graph: &mut Graph,
    node: Node,
    config: &NetworkConfig,
    gate: Option<&GateWeights>,
) -> String {
    let name = node.name();
    let Some(coarse) = node.coarse(config) else {
        return if node.level == 0 {
            "image".to_owned()
        } else {
            let above = Node {
                level: node.level - 1,
                column: 0,
            }
            .name();
            let two = Attribute::Ints("kernel_shape", &[2, 2]);
            let strides = Attribute::Ints("strides", &[2, 2]);
            graph.node(
                "MaxPool",
                &[&above],
                &format!("{name}.pooled"),
                &[two, strides],
            )
        };
    };
    let skips: Vec<String> = (0..node.column)
        .map(|column| Node { column, ..node }.name())
        .collect();
    let coarse = coarse.name();
    let skip = concat(graph, &skips, &format!("{name}.skips"));
    let skip = match gate {
        None => skip,
        Some(gate) => gated(graph, &name, &skip, &coarse, gate),
    };
    let raised = upsample(graph, &coarse, &format!("{name}.raised"));
    concat(graph, &[skip, raised], &format!("{name}.input"))
}

fn concat(graph: &mut Graph, parts: &[String], output: &str) -> String {
    if let [one] = parts {
        return one.clone();
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    graph.node("Concat", &parts, output, &[Attribute::Int("axis", 1)])
}

fn upsample(graph: &mut Graph, input: &str, output: &str) -> String {
    let scales = graph.floats(&format!("{output}.scales"), &[4], &[1.0, 1.0, 2.0, 2.0]);
    let attributes = [
        Attribute::Text("mode", "nearest"),
        Attribute::Text("coordinate_transformation_mode", "asymmetric"),
        Attribute::Text("nearest_mode", "floor"),
    ];
    // The second input, a region of interest, is left out.
    graph.node("Resize", &[input, "", &scales], output, &attributes)
}

/// 3×3 convolution and `ReLU`; the name of its result.
fn conv(graph: &mut Graph, name: &str, input: &str, weights: &ConvWeights) -> String {
    let outputs = weights.bias.len();
    let weight = graph.floats(
        &format!("{name}.weight"),
        &[outputs, weights.inputs, 3, 3],
        &weights.weight,
    );
    let bias = graph.floats(&format!("{name}.bias"), &[outputs], &weights.bias);
    let pads = Attribute::Ints("pads", &[1, 1, 1, 1]);
    let sums = graph.node(
        "Conv",
        &[input, &weight, &bias],
        &format!("{name}.sums"),
        &[pads],
    );
    graph.node("Relu", &[&sums], &format!("{name}.out"), &[])
}

/// The skips, each pixel scaled by its attention factor.
fn gated(graph: &mut Graph, name: &str, skip: &str, coarse: &str, gate: &GateWeights) -> String {
    let mid = gate.bias.len();
    let of = |part: &str| format!("{name}.gate.{part}");
    let pointwise =
        |graph: &mut Graph, part: &str, input: &str, weight: &[f32], bias: Option<&[f32]>| {
            let outputs = bias.map_or(mid, <[f32]>::len);
            let shape = [outputs, weight.len() / outputs.max(1), 1, 1];
            let weight = graph.floats(&of(&format!("{part}.weight")), &shape, weight);
            let bias =
                bias.map(|bias| graph.floats(&of(&format!("{part}.bias")), &[bias.len()], bias));
            let mut inputs = vec![input, weight.as_str()];
            inputs.extend(bias.as_deref());
            graph.node("Conv", &inputs, &of(part), &[])
        };
    let signal = pointwise(graph, "gating", coarse, &gate.gating, Some(&gate.bias));
    let signal = upsample(graph, &signal, &of("raised"));
    let own = pointwise(graph, "skip", skip, &gate.skip, None);
    let sum = graph.node("Add", &[&signal, &own], &of("sum"), &[]);
    let sum = graph.node("Relu", &[&sum], &of("relu"), &[]);
    let psi = pointwise(graph, "psi", &sum, &gate.psi, Some(&[gate.psi_bias]));
    let factors = graph.node("Sigmoid", &[&psi], &of("factors"), &[]);
    graph.node("Mul", &[skip, &factors], &of("gated"), &[])
}
