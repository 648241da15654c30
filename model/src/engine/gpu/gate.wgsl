// Attention factors: sigmoid(psi · relu(Wg · upsampled far + Ws · near + b) + b_psi).
//
// One invocation computes the factor of one pixel. It goes through the middle channels
// four at a time (`out_groups` of them; missing ones have zero weights), so that nothing
// but four sums lives in registers.

// [middle group][near groups, then far groups]
@group(0) @binding(4) var<storage, read> weights: array<mat4x4f>;
// [middle groups] b, [middle groups] psi, then b_psi in x.
@group(0) @binding(5) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let row = id.x / shape.cols;
    let col = id.x % shape.cols;
    if row >= shape.rows {
        return;
    }
    let line = (row + 1u) * shape.pitch + col + 1u;
    let half_line = (row / 2u + 1u) * shape.far_pitch + col / 2u + 1u;
    var logit = vectors[2u * shape.out_groups].x;
    var tap = 0u;
    for (var m = 0u; m < shape.out_groups; m++) {
        var middle = vectors[m];
        for (var g = 0u; g < shape.near_groups; g++) {
            middle += weights[tap] * near[shape.near_base + g * shape.plane + line];
            tap += 1u;
        }
        for (var g = 0u; g < shape.far_groups; g++) {
            middle += weights[tap] * far[shape.far_base + g * shape.far_plane + half_line];
            tap += 1u;
        }
        logit += dot(vectors[shape.out_groups + m], max(middle, vec4f(0.0)));
    }
    result[line] = 1.0 / (1.0 + exp(-logit));
}
