// What the GPU can do at best: multiply-adds between registers, and copying. Kernels are compared
// with it (`Of peak`, `Of roof` of the bench).
//
// Both read one vector an invocation and write one. `roofline.rs` says how many there are, and how
// often they are called.
//
// `shape.wgsl` explains the words, the template and the layout.

const LOOPS: u32 = 256u;
// Vectors of a row.
const ROW: u32 = 262144u;

@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> target_values: array<vec4f>;

// 8 independent chains of 4 · LOOPS multiply-adds each: one in a chain needs the one before it, and
// while that is on its way the other chains go on. The factor is not known beforehand and the sums
// are stored, so that nothing can be left out.
@compute @workgroup_size(64)
fn multiply(@builtin(global_invocation_id) id: vec3u) {
    let factor = source[id.x];
    var sums: array<vec4f, 8>;
#for k 8
    sums[$k] = factor + vec4f($k.0);
#end
    for (var i = 0u; i < LOOPS; i++) {
#for k 8
        sums[$k] = fma(sums[$k], factor, factor);
#end
    }
    var total = vec4f(0.0);
#for k 8
    total += sums[$k];
#end
    target_values[id.x] = total;
}

// One vector of row `id.y`: a call has more workgroups than fit into one dimension.
@compute @workgroup_size(64)
fn copy(@builtin(global_invocation_id) id: vec3u) {
    let at = id.y * ROW + id.x;
    target_values[at] = source[at];
}
