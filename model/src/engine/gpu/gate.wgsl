// Attention factors: sigmoid(psi · relu(Wg · upsampled far + Ws · near + b) + b_psi).
//
// One invocation computes 2 rows × 8 columns of pixels, eight middle channels at a time
// (`out_groups` groups of four; missing ones have zero weights). The 16 pixels share 4 pixels
// of `far`, for which the sums are made only once. As in `conv_direct.wgsl`, which see, the
// point is to do much with every number that is read.
//
// Constants put in front: WORKGROUP (invocations), and `weights`: eight halves each of
// [block of 8 middle channels][input channel: near, then far].

// [middle groups] each: factors of the near weights, of the far weights, b, psi; then b_psi in x.
@group(0) @binding(5) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> result: array<Factor>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let tiles = (shape.cols + 7u) / 8u;
    let row = id.x / tiles * 2u;
    let col = id.x % tiles * 8u;
    if row >= shape.rows {
        return;
    }
    let line = (row + 1u) * shape.pitch + col + 1u;
    let far_line = (row / 2u + 1u) * shape.far_pitch + col / 2u + 1u;
    let groups = shape.out_groups;

    var logit: array<f32, 16>;
#for i 16
    logit[$i] = vectors[4u * groups].x;
#end
    var tap = 0u;
    for (var m = 0u; m < groups; m += 2u) {
        // Set to zero by hand: naga 30 does that only once for a variable in a loop.
        var coarse = array<vec4f, 8>();
        var sum = array<vec4f, 32>();
        for (var channel = 0u; channel < shape.near_groups * 4u; channel++) {
            let at = shape.near_base + channel / 4u * shape.plane + line;
            let part = channel % 4u;
            let packed = weights[tap];
            let w0 = vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
            let w1 = vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w));
            tap += 1u;
#for r 2
#for c 8
            let p$r$c = f32(near[at + $ru * shape.pitch + $cu][part]);
            sum[$r * 16 + $c * 2] += p$r$c * w0;
            sum[$r * 16 + $c * 2 + 1] += p$r$c * w1;
#end
#end
        }
        for (var channel = 0u; channel < shape.far_groups * 4u; channel++) {
            let at = shape.far_base + channel / 4u * shape.far_plane + far_line;
            let part = channel % 4u;
            let packed = weights[tap];
            let w0 = vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
            let w1 = vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w));
            tap += 1u;
#for c 4
            let q$c = f32(far[at + $cu][part]);
            coarse[$c * 2] += q$c * w0;
            coarse[$c * 2 + 1] += q$c * w1;
#end
        }
#for k 2
        {
            let near_factor = vectors[m + $ku];
            let far_factor = vectors[groups + m + $ku];
            let bias = vectors[2u * groups + m + $ku];
            let psi = vectors[3u * groups + m + $ku];
#for r 2
#for c 8
            logit[$r * 8 + $c] += dot(psi, max(
                sum[$r * 16 + $c * 2 + $k] * near_factor + coarse[$c / 2 * 2 + $k] * far_factor + bias,
                vec4f(0.0),
            ));
#end
#end
        }
#end
    }
#for r 2
#for c 8
    if row + $ru < shape.rows && col + $cu < shape.cols {
        result[line + $ru * shape.pitch + $cu] = Factor(1.0 / (1.0 + exp(-logit[$r * 8 + $c])));
    }
#end
#end
}
