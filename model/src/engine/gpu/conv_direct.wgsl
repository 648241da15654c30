// 3×3 convolution + bias + ReLU over [near · gate, upsampled far], without workgroup memory:
// for GPUs that a processor emulates.
//
// Such a GPU runs an invocation in each lane of a SIMD register. A value that is in one costs
// next to nothing, but every lane fetches each of its numbers from a buffer by itself. So one
// invocation computes as much as possible from what it has read: 4 rows × 8 columns of pixels
// × 8 output channels (256 sums). For an input channel it reads a patch of 6 × 10 pixels and
// 9 · 8 weights, two in a number, and does 2304 multiply-adds: 24 for each number read. (A tile of
// half the columns would do 16, one of a single pixel 1.6.) Sums that find no register are in the
// processor's nearest cache.
//
// Eight invocations make a workgroup: as many as the usual SIMD register has lanes. More would
// leave cores idle where planes are small.
//
// Upsampling by two repeats pixels. Of the nine taps of an output pixel those that meet the
// same source pixel are added first, so that four products are left; which taps these are
// depends on whether row and column are even. The patch is then 4 × 6 pixels of `far`.
//
// Pixels past the end of the image are computed from whatever lies there and not stored.
//
// `id.x` says which tile, `id.y` which block of eight outputs, among those of this call.
//
// `shape.wgsl` explains the words, the template and the layout.

// Weights are a uniform buffer where that pays: reading one is several times cheaper there,
// but it holds 64 KiB, so that a step may take several calls.
//
// Put in front: GATED, WORKGROUP (invocations), `near_value` (a number of `near`), and `weights`:
// eight halves each of [block of 8 outputs][input channel: near, then far][9 taps], from
// `first_block` on.

@group(0) @binding(3) var<storage, read> gate: array<Factor>;
// [output groups] factors of the weights, [output groups] bias
@group(0) @binding(5) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> result: array<Group>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let tiles = (shape.cols + 7u) / 8u;
    let row = id.x / tiles * 4u;
    let col = id.x % tiles * 8u;
    if row >= shape.rows {
        return;
    }
    // The patch's first pixel, which is in row `row − 1` and column `col − 1` of the image: the
    // border makes both one more in memory. In `far`, row `row / 2 − 1` and column `col / 2 − 1`.
    let line = row * shape.pitch + col;
    let far_line = row / 2u * shape.far_pitch + col / 2u;

    var sum: array<vec4f, 64>;
    var tap = id.y * shape.block_stride;

    // Factors of the gate are the same for all channels: they are read once.
    var factor: array<f32, 60>;
    if GATED {
#for r 6
#for c 10
        factor[$r * 10 + $c] = f32(gate[line + $ru * shape.pitch + $cu]);
#end
#end
    }

    // Skips, at the output's resolution: nine products a pixel.
    for (var channel = 0u; channel < shape.near_channels; channel++) {
        let at = shape.near_base + channel / 4u * shape.plane + line;
        let part = channel % 4u;
        var w: array<vec4f, 18>;
#for t 9
        let w$t = weights[tap + $tu];
        w[$t] = vec4f(unpack2x16float(w$t.x), unpack2x16float(w$t.y));
        w[9 + $t] = vec4f(unpack2x16float(w$t.z), unpack2x16float(w$t.w));
#end
        tap += 9u;
        var p: array<f32, 60>;
#for r 6
#for c 10
        p[$r * 10 + $c] = near_value(at + $ru * shape.pitch + $cu, part);
        if GATED {
            p[$r * 10 + $c] *= factor[$r * 10 + $c];
        }
#end
#end
#for r 4
#for c 8
#for k 2
        sum[($r * 8 + $c) * 2 + $k] += p[$r * 10 + $c] * w[$k * 9]
            + p[$r * 10 + $c + 1] * w[$k * 9 + 1]
            + p[$r * 10 + $c + 2] * w[$k * 9 + 2]
            + p[$r * 10 + $c + 10] * w[$k * 9 + 3]
            + p[$r * 10 + $c + 11] * w[$k * 9 + 4]
            + p[$r * 10 + $c + 12] * w[$k * 9 + 5]
            + p[$r * 10 + $c + 20] * w[$k * 9 + 6]
            + p[$r * 10 + $c + 21] * w[$k * 9 + 7]
            + p[$r * 10 + $c + 22] * w[$k * 9 + 8];
#end
#end
#end
    }

    // The image's group has weights for four channels.
    tap = id.y * shape.block_stride + shape.near_groups * 36u;
    for (var channel = 0u; channel < shape.far_groups * 4u; channel++) {
        let at = shape.far_base + channel / 4u * shape.far_plane + far_line;
        let part = channel % 4u;
        // Taps that meet the same source pixel are added here, once for all pixels of the tile.
        // [four outputs of eight][even row, odd row][upper, lower][even column, odd column]
        // [left, right]: 16, 8, 4, 2 and 1 vectors apart.
        var w: array<vec4f, 32>;
#for k 2
        {
            // [even row, odd row][upper, lower][3 columns]
            var u: array<vec4f, 12>;
#for x 3
            let top$x = weights[tap + $xu];
            let middle$x = weights[tap + 3u + $xu];
            let bottom$x = weights[tap + 6u + $xu];
            let a$x = vec4f(unpack2x16float(top$x[2 * $k]), unpack2x16float(top$x[2 * $k + 1]));
            let b$x = vec4f(unpack2x16float(middle$x[2 * $k]), unpack2x16float(middle$x[2 * $k + 1]));
            let c$x = vec4f(unpack2x16float(bottom$x[2 * $k]), unpack2x16float(bottom$x[2 * $k + 1]));
            u[$x] = a$x;
            u[3 + $x] = b$x + c$x;
            u[6 + $x] = a$x + b$x;
            u[9 + $x] = c$x;
#end
#for y 4
            w[$k * 16 + $y * 4] = u[$y * 3];
            w[$k * 16 + $y * 4 + 1] = u[$y * 3 + 1] + u[$y * 3 + 2];
            w[$k * 16 + $y * 4 + 2] = u[$y * 3] + u[$y * 3 + 1];
            w[$k * 16 + $y * 4 + 3] = u[$y * 3 + 2];
#end
        }
#end
        tap += 9u;
        var q: array<f32, 24>;
#for r 4
#for c 6
        q[$r * 6 + $c] = f32(far[at + $ru * shape.far_pitch + $cu][part]);
#end
#end
        // Pixel (r, c) of the tile meets 2 × 2 of `q`, of which the first is in row (r + 1) / 2 and
        // column (c + 1) / 2. Tiles begin at an even row and column, so r % 2 and c % 2 say which
        // of the sums of taps are its.
#for r 4
#for c 8
#for k 2
        sum[($r * 8 + $c) * 2 + $k] += q[($r + 1) / 2 * 6 + ($c + 1) / 2] * w[$k * 16 + $r % 2 * 8 + $c % 2 * 2]
            + q[($r + 1) / 2 * 6 + ($c + 1) / 2 + 1] * w[$k * 16 + $r % 2 * 8 + $c % 2 * 2 + 1]
            + q[($r + 1) / 2 * 6 + ($c + 1) / 2 + 6] * w[$k * 16 + $r % 2 * 8 + 4 + $c % 2 * 2]
            + q[($r + 1) / 2 * 6 + ($c + 1) / 2 + 7] * w[$k * 16 + $r % 2 * 8 + 4 + $c % 2 * 2 + 1];
#end
#end
#end
    }

    // Pixels and groups past the end were computed along and are left out only here.
#for k 2
    {
        let group = (shape.first_block + id.y) * 2u + $ku;
        if group < shape.out_groups {
            let scale = vectors[group];
            let bias = vectors[shape.out_groups + group];
            let at = shape.out_base + group * shape.plane + line + shape.pitch + 1u;
#for r 4
#for c 8
            if row + $ru < shape.rows && col + $cu < shape.cols {
                result[at + $ru * shape.pitch + $cu] = Group(max(sum[($r * 8 + $c) * 2 + $k] * scale + bias, vec4f(0.0)));
            }
#end
#end
        }
    }
#end
}
