// 3×3 convolution + bias + ReLU over [near · gate, upsampled far].
//
// One invocation computes 4 neighbouring pixels × 4 output channels (one group). Weights
// of 4 inputs × 4 outputs for one tap are a mat4x4f: column k holds what input channel k
// adds to the four outputs, so `matrix * pixel` is 16 multiply-adds. For each input
// group and row of taps an invocation reads 6 pixels (the 4 and one neighbour on each
// side) and 3 matrices and does 12 products: 192 multiply-adds for 9 reads. All
// invocations of a workgroup have the same output group, so the matrices are the same
// for all of them and come from the cache; neighbours share pixels the same way.
//
// Upsampling by two repeats pixels, so the 6 pixels of a row are only 4 different ones,
// and taps that meet the same pixel are added first: 8 products instead of 12.

override GATED: bool = false;

@group(0) @binding(3) var<storage, read> gate: array<f32>;
// [output group][input group: near, then far][3 rows · 3 columns]
@group(0) @binding(4) var<storage, read> weights: array<mat4x4f>;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let quads = (shape.cols + 3u) / 4u;
    let row = id.x / quads;
    let col = id.x % quads * 4u;
    let group = id.y;
    if row >= shape.rows {
        return;
    }

    var sum0 = bias[group];
    var sum1 = sum0;
    var sum2 = sum0;
    var sum3 = sum0;
    var tap = group * (shape.near_groups + shape.far_groups) * 9u;

    for (var g = 0u; g < shape.near_groups; g++) {
        for (var dy = 0u; dy < 3u; dy++) {
            // Row `row + dy − 1` and column `col − 1` of the image, border included.
            let line = (row + dy) * shape.pitch + col;
            let at = shape.near_base + g * shape.plane + line;
            var p0 = near[at];
            var p1 = near[at + 1u];
            var p2 = near[at + 2u];
            var p3 = near[at + 3u];
            var p4 = near[at + 4u];
            var p5 = near[at + 5u];
            if GATED {
                p0 *= gate[line];
                p1 *= gate[line + 1u];
                p2 *= gate[line + 2u];
                p3 *= gate[line + 3u];
                p4 *= gate[line + 4u];
                p5 *= gate[line + 5u];
            }
            let left = weights[tap];
            let middle = weights[tap + 1u];
            let right = weights[tap + 2u];
            tap += 3u;
            sum0 += left * p0 + middle * p1 + right * p2;
            sum1 += left * p1 + middle * p2 + right * p3;
            sum2 += left * p2 + middle * p3 + right * p4;
            sum3 += left * p3 + middle * p4 + right * p5;
        }
    }

    for (var g = 0u; g < shape.far_groups; g++) {
        for (var dy = 0u; dy < 3u; dy++) {
            // Half of row `row + dy − 1`, rounded down, border included.
            let line = (row + dy + 1u) / 2u * shape.far_pitch + col / 2u;
            let at = shape.far_base + g * shape.far_plane + line;
            let q0 = far[at];
            let q1 = far[at + 1u];
            let q2 = far[at + 2u];
            let q3 = far[at + 3u];
            let left = weights[tap];
            let middle = weights[tap + 1u];
            let right = weights[tap + 2u];
            tap += 3u;
            let left_two = left + middle;
            let right_two = middle + right;
            sum0 += left * q0 + right_two * q1;
            sum1 += left_two * q1 + right * q2;
            sum2 += left * q1 + right_two * q2;
            sum3 += left_two * q2 + right * q3;
        }
    }

    let at = shape.out_base + group * shape.plane + (row + 1u) * shape.pitch + col + 1u;
    let zero = vec4f(0.0);
    result[at] = max(sum0, zero);
    if col + 1u < shape.cols {
        result[at + 1u] = max(sum1, zero);
    }
    if col + 2u < shape.cols {
        result[at + 2u] = max(sum2, zero);
    }
    if col + 3u < shape.cols {
        result[at + 3u] = max(sum3, zero);
    }
}
