//! As much of ONNX's protocol buffers as a network needs (`onnx.proto`, IR version 8). A
//! message is a list of fields, each a key (number and kind) and a value.

/// A named property of a node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Attribute<'a> {
    Int(&'a str, i64),
    Ints(&'a str, &'a [i64]),
    Text(&'a str, &'a str),
}

/// A graph in the making.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<u8>,
    initializers: Vec<u8>,
}

/// Kinds of tensor elements and attributes, from `onnx.proto`.
const FLOAT: u64 = 1;
const ATTRIBUTE_INT: u64 = 2;
const ATTRIBUTE_STRING: u64 = 3;
const ATTRIBUTE_INTS: u64 = 7;

impl Graph {
    /// Adds a constant; its name.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        let mut tensor = Vec::new();
        for &side in shape {
            number(&mut tensor, 1, side as u64);
        }
        number(&mut tensor, 2, FLOAT);
        bytes(&mut tensor, 8, name.as_bytes());
        let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        bytes(&mut tensor, 9, &raw);
        bytes(&mut self.initializers, 5, &tensor);
        name.to_owned()
    }

    /// Adds an operation; the name of its output.
    pub(super) fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[Attribute<'_>],
    ) -> String {
        let mut node = Vec::new();
        for input in inputs {
            bytes(&mut node, 1, input.as_bytes());
        }
        bytes(&mut node, 2, output.as_bytes());
        bytes(&mut node, 4, operator.as_bytes());
        for attribute in attributes {
            bytes(&mut node, 5, &attribute.encode());
        }
        bytes(&mut self.nodes, 1, &node);
        output.to_owned()
    }

    /// Gives a tensor another name.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        self.node("Identity", &[from], to, &[]);
    }

    /// The file.
    pub(super) fn into_model(self, input: &str, output: &str, edge: usize) -> Vec<u8> {
        let mut graph = self.nodes;
        bytes(&mut graph, 2, b"network");
        graph.extend_from_slice(&self.initializers);
        bytes(&mut graph, 11, &image(input, edge));
        bytes(&mut graph, 12, &image(output, edge));
        let mut opset = Vec::new();
        number(&mut opset, 2, 13);
        let mut model = Vec::new();
        number(&mut model, 1, 8);
        bytes(&mut model, 2, b"neurocare");
        bytes(&mut model, 7, &graph);
        bytes(&mut model, 8, &opset);
        model
    }
}

impl Attribute<'_> {
    fn encode(self) -> Vec<u8> {
        let mut message = Vec::new();
        match self {
            Self::Int(name, value) => {
                bytes(&mut message, 1, name.as_bytes());
                number(&mut message, 3, value as u64);
                number(&mut message, 20, ATTRIBUTE_INT);
            }
            Self::Ints(name, values) => {
                bytes(&mut message, 1, name.as_bytes());
                for &value in values {
                    number(&mut message, 8, value as u64);
                }
                number(&mut message, 20, ATTRIBUTE_INTS);
            }
            Self::Text(name, value) => {
                bytes(&mut message, 1, name.as_bytes());
                bytes(&mut message, 4, value.as_bytes());
                number(&mut message, 20, ATTRIBUTE_STRING);
            }
        }
        message
    }
}

/// A float tensor `[1, 1, edge, edge]`.
fn image(name: &str, edge: usize) -> Vec<u8> {
    let mut shape = Vec::new();
    for side in [1, 1, edge, edge] {
        let mut dimension = Vec::new();
        number(&mut dimension, 1, side as u64);
        bytes(&mut shape, 1, &dimension);
    }
    let mut tensor = Vec::new();
    number(&mut tensor, 1, FLOAT);
    bytes(&mut tensor, 2, &shape);
    let mut kind = Vec::new();
    bytes(&mut kind, 1, &tensor);
    let mut info = Vec::new();
    bytes(&mut info, 1, name.as_bytes());
    bytes(&mut info, 2, &kind);
    info
}

/// A field that is a number.
fn number(message: &mut Vec<u8>, field: u64, value: u64) {
    varint(message, field << 3);
    varint(message, value);
}

/// A field that is a text, raw bytes or another message.
fn bytes(message: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(message, field << 3 | 2);
    varint(message, value.len() as u64);
    message.extend_from_slice(value);
}

fn varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}
