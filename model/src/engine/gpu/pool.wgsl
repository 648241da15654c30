// 2×2 maximum: one invocation reads four pixels of `far` (twice the resolution) and
// writes one pixel of one group: `id.x` counts pixels, row by row, `id.y` groups.
//
// Why so little: there is hardly any arithmetic, so the time is that of reading. Nothing is read
// twice, and neighbouring invocations read pixels that lie beside each other, which memory hands
// out together. It is a step of its own because the convolution that follows reads each of its
// pixels many times, for every block of outputs and with the borders of tiles, and would pool it
// again each time.
//
// WORKGROUP (invocations) is put in front.
//
// `shape.wgsl` explains the words, the template and the layout.

@group(0) @binding(6) var<storage, read_write> result: array<Group>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let row = id.x / shape.cols;
    let col = id.x % shape.cols;
    if row >= shape.rows {
        return;
    }
    let at = shape.far_base + id.y * shape.far_plane + (2u * row + 1u) * shape.far_pitch + 2u * col + 1u;
    let below = at + shape.far_pitch;
    let upper = max(far[at], far[at + 1u]);
    let lower = max(far[below], far[below + 1u]);
    result[shape.out_base + id.y * shape.plane + (row + 1u) * shape.pitch + col + 1u] = max(upper, lower);
}
