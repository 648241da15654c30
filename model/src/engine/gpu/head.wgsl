// 1×1 convolution to one logit a pixel, written without border for the read-back. `id.x` counts
// pixels, row by row.
//
// Why a pixel an invocation: each number is needed once, so that there is nothing to share. It is
// a step of its own because a logit needs all channels of a pixel, and invocations of the
// convolution before have eight each.
//
// WORKGROUP (invocations) is put in front.
//
// `shape.wgsl` explains the words, the template and the layout.

// [near groups] weights, then the bias in x.
@group(0) @binding(5) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let row = id.x / shape.cols;
    let col = id.x % shape.cols;
    if row >= shape.rows {
        return;
    }
    let line = shape.near_base + (row + 1u) * shape.pitch + col + 1u;
    var logit = vectors[shape.near_groups].x;
    for (var g = 0u; g < shape.near_groups; g++) {
        logit += dot(vectors[g], vec4f(near[g * shape.plane + line]));
    }
    result[id.x] = logit;
}
