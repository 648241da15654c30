// Attention factors: sigmoid(psi · relu(Wg · upsampled far + Ws · near + b) + b_psi).
//
// One invocation computes 2 rows × COLUMNS columns of pixels, eight middle channels at a time
// (`out_groups` groups of four; missing ones have zero weights). Every four pixels share one of
// `far`, for which the sums are made only once. As in `conv_direct.wgsl`, which see, the point is
// to do much with every number that is read.
//
// Why these numbers: eight middle channels are what a vector of weights holds. On a GPU that a
// processor emulates COLUMNS is 8: for an input channel an invocation reads 16 pixels and 8 weights,
// two in a number, and does 128 multiply-adds. On a real one it is 2, which makes 4 pixels: a card
// needs thousands of invocations to be busy, and the coarsest plane with a gate has an eighth of
// the image's rows and columns.
//
// On coarse planes, which have few pixels and many middle channels, PARTS invocations share the
// channels of the same pixels, and the first adds up what they found. Within a workgroup `index` is
// part * TILES + tile.
//
// Constants put in front: WORKGROUP (invocations), and `weights`: eight halves each of
// [block of 8 middle channels][input channel: near, then far]. COLUMNS, PAIRS of columns,
// PARTS and SHARED (1 if there are several parts, else 0) are written in as numbers.
//
// `shape.wgsl` explains the words, the template and the layout.

// [middle groups] each: factors of the near weights, of the far weights, b, psi; then b_psi in x.
@group(0) @binding(5) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> result: array<Factor>;

const TILES: u32 = WORKGROUP / PARTSu;
const PIXELS: u32 = 2u * COLUMNSu;

// The parts' shares of the logits: [invocation][pixel].
#for once SHARED
var<workgroup> found: array<f32, WORKGROUP * PIXELS>;
#end

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
    let tile = workgroup.x * TILES + index % TILES;
    let tiles = (shape.cols + COLUMNSu - 1u) / COLUMNSu;
    // Past the end the first rows are computed again and not stored.
    let is_inside = tile / tiles * 2u < shape.rows;
    let row = select(0u, tile / tiles * 2u, is_inside);
    let col = tile % tiles * COLUMNSu;
    let line = (row + 1u) * shape.pitch + col + 1u;
    let far_line = (row / 2u + 1u) * shape.far_pitch + col / 2u + 1u;
    let groups = shape.out_groups;

    var logit = array<f32, PIXELS>();
    let channels = (shape.near_groups + shape.far_groups) * 4u;
    // `m`: the first of the two groups of a block of eight middle channels. Part 0 takes blocks 0,
    // PARTS, 2 · PARTS …, part 1 those after them.
    for (var m = index / TILES * 2u; m < groups; m += 2u * PARTSu) {
        // A block has one vector of weights for each input channel.
        var tap = m / 2u * channels;
        // Set to zero by hand: naga 30, which compiles this natively (browsers have their own
        // compilers, Firefox a naga, too), does that only once for a variable in a loop.
        var coarse = array<vec4f, COLUMNS>();
        var sum = array<vec4f, 4 * COLUMNS>();
        // Ws · near, for every pixel.
        for (var channel = 0u; channel < shape.near_groups * 4u; channel++) {
            let at = shape.near_base + channel / 4u * shape.plane + line;
            let part = channel % 4u;
            let packed = weights[tap];
            let w0 = vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
            let w1 = vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w));
            tap += 1u;
#for r 2
#for c COLUMNS
            let p$r$c = f32(near[at + $ru * shape.pitch + $cu][part]);
            sum[($r * COLUMNS + $c) * 2] += p$r$c * w0;
            sum[($r * COLUMNS + $c) * 2 + 1] += p$r$c * w1;
#end
#end
        }
        // Wg · far, once for the four pixels that share it, two rows of the pair c of columns: the
        // sums of the block's two groups are `coarse` 2c and 2c + 1.
        for (var channel = 0u; channel < shape.far_groups * 4u; channel++) {
            let at = shape.far_base + channel / 4u * shape.far_plane + far_line;
            let part = channel % 4u;
            let packed = weights[tap];
            let w0 = vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
            let w1 = vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w));
            tap += 1u;
#for c PAIRS
            let q$c = f32(far[at + $cu][part]);
            coarse[$c * 2] += q$c * w0;
            coarse[$c * 2 + 1] += q$c * w1;
#end
        }
        // A middle channel is needed for its share of the logit only, so it is never stored.
#for k 2
        {
            let near_factor = vectors[m + $ku];
            let far_factor = vectors[groups + m + $ku];
            let bias = vectors[2u * groups + m + $ku];
            let psi = vectors[3u * groups + m + $ku];
#for r 2
#for c COLUMNS
            logit[$r * COLUMNS + $c] += dot(psi, max(
                sum[($r * COLUMNS + $c) * 2 + $k] * near_factor + coarse[$c / 2 * 2 + $k] * far_factor + bias,
                vec4f(0.0),
            ));
#end
#end
        }
#end
    }
    // Each part has the logit of its own middle channels; they are added up through workgroup
    // memory.
#for once SHARED
#for i 2
#for c COLUMNS
    found[index * PIXELS + $iu * COLUMNSu + $cu] = logit[$i * COLUMNS + $c];
#end
#end
    workgroupBarrier();
    if index < TILES {
        for (var other = index + TILES; other < WORKGROUP; other += TILES) {
#for i 2
#for c COLUMNS
            logit[$i * COLUMNS + $c] += found[other * PIXELS + $iu * COLUMNSu + $cu];
#end
#end
        }
    }
#end
    let bias = vectors[4u * groups].x;
#for r 2
#for c COLUMNS
    if is_inside && index < TILES && row + $ru < shape.rows && col + $cu < shape.cols {
        result[line + $ru * shape.pitch + $cu] = Factor(1.0 / (1.0 + exp(-bias - logit[$r * COLUMNS + $c])));
    }
#end
#end
}
