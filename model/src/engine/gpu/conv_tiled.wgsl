// 3×3 convolution + bias + ReLU over [near · gate, upsampled far] through workgroup memory.
//
// A workgroup computes a tile of 2 · ROWS × 16 pixels × 8 · BLOCKS output channels, as a product
// of matrices (pixels × taps by taps × outputs) that is never laid out: for four input channels
// at a time it copies the patch (the tile and a border of one pixel), gated and upsampled, and
// the weights to its memory. Each pixel is then fetched from the buffer once for all
// outputs and taps of the tile, each weight once for all of its pixels.
//
// An invocation computes ROWS rows × 1 column × 8 outputs. With 8 rows these are 64 sums in
// registers; for one column of taps it reads 10 pixels and 24 vectors of weights and does 768
// multiply-adds. Coarse planes have so few pixels that most of the GPU would idle: there fewer
// rows, for more invocations, pay. Neighbouring invocations have neighbouring columns, so that
// they read neighbouring vectors (no bank is asked twice), and 32 of them the same outputs, so
// that a weight is read once for all. Within a workgroup `index` is
//
//     block * 32 + lower * 16 + column
//
// where `lower` is 0 for the upper ROWS rows of the tile and 1 for the others.
//
// Why these numbers: eight outputs are what a vector of weights holds (eight f16, 16 bytes), and
// the 64 sums that 8 rows of them make, with a column of pixels, are a good part of the registers
// that an invocation has. 32 invocations a block are what many cards run in step. With 16 columns
// and 2 · 8 rows the patch, 18 × 18, has a quarter more pixels than the tile; a narrower tile would
// copy more border. With four blocks, the most (`choice.rs`), a pixel is copied once for 32
// outputs, in 10 of the 16 KiB that every card has; more would save little.
//
// The image is one number a pixel: it stands in all four channels of its group, of which three
// have zero weights.
//
// Where sums may be in f16 (`choice.rs` says where), the 12 products of four input channels and a
// column of taps are added up in f16 and then added to the sums in f32. No weight is larger than 2,
// and a test (`cpu/truth.rs`) holds what they are multiplied with so low that f16 does not run
// over.
//
// `shape.wgsl` explains the words, the template and the layout.

// Put in front: GATED, BLOCKS (of eight outputs), WORKGROUP (invocations, 32 a block),
// `weights`: eight halves each of [block of 8 outputs][input channel: near, then far][9 taps],
// `Number` and `Vector`: what is multiplied and added up. Written in: ROWS as a number, HALVES (1
// where these are f16, else 0), and SUMS, the name of what products are added to.

const PATCH: u32 = 18u;
const PATCH_PIXELS: u32 = (2u * ROWSu + 2u) * PATCH;

@group(0) @binding(3) var<storage, read> gate: array<Factor>;
// [output groups] factors of the weights, [output groups] bias
@group(0) @binding(5) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> result: array<Group>;

var<workgroup> patch_pixels: array<Vector, PATCH_PIXELS>;
// [block][4 input channels][9 taps, row by row][2 times four outputs]: from a channel to the next
// it is 9 · 2 = 18 vectors, from a tap to the one below 3 · 2 = 6, to the one beside 2.
var<workgroup> taps: array<Vector, BLOCKS * 72u>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
    let tiles = (shape.cols + 15u) / 16u;
    let row = workgroup.x / tiles * (2u * ROWSu);
    let col = workgroup.x % tiles * 16u;
    let block = index / 32u;
    let top = index / 16u % 2u * ROWSu;
    let left = index % 16u;
    let groups = shape.near_groups + shape.far_groups;

    var sum: array<vec4f, 2 * ROWS>;
    for (var g = 0u; g < groups; g++) {
        // Nobody may overwrite the last patch while another still reads it.
        workgroupBarrier();
        for (var i = index; i < PATCH_PIXELS; i += WORKGROUP) {
            let y = row + i / PATCH;
            let x = col + i % PATCH;
            // Past the border nothing is stored, but what lies there need not be finite.
            var pixel = Vector(0.0);
            if y < shape.rows + 2u && x < shape.cols + 2u {
                if g < shape.near_groups {
                    let line = y * shape.pitch + x;
                    pixel = Vector(near[shape.near_base + g * shape.plane + line]);
                    if GATED {
                        pixel *= Number(gate[line]);
                    }
                } else {
                    let line = (y + 1u) / 2u * shape.far_pitch + (x + 1u) / 2u;
                    pixel = Vector(far[shape.far_base + (g - shape.near_groups) * shape.far_plane + line]);
                }
            }
            patch_pixels[i] = pixel;
        }
        // Weights are unpacked here once, not by each of the invocations that use them.
        for (var i = index; i < BLOCKS * 36u; i += WORKGROUP) {
            let first = (workgroup.y * BLOCKS + i / 36u) * shape.block_stride + g * 36u;
            let packed = weights[first + i % 36u];
            taps[2u * i] = Vector(vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y)));
            taps[2u * i + 1u] = Vector(vec4f(unpack2x16float(packed.z), unpack2x16float(packed.w)));
        }
        // Everything copied must be there before anybody multiplies.
        workgroupBarrier();
        // `dx`: the column of taps, left, middle or right.
        for (var dx = 0u; dx < 3u; dx++) {
#for once HALVES
            // Set to zero by hand: naga 30, which compiles this natively (browsers have their own
            // compilers, Firefox a naga, too), does that only once for a variable in a loop.
            var part = array<Vector, 2 * ROWS>();
#end
            // One column of taps at a time: the pixels of a column serve all three of its taps.
            let corner = top * PATCH + left + dx;
            var p: array<Vector, ROWS + 2>;
#for r ROWS+2
            p[$r] = patch_pixels[corner + $ru * PATCH];
#end
            // The topmost tap of the column, for the block's outputs and the first channel.
            let tap = block * 72u + dx * 2u;
#for c 4
#for y 3
            {
                let w0 = taps[tap + $cu * 18u + $yu * 6u];
                let w1 = taps[tap + $cu * 18u + $yu * 6u + 1u];
#for r ROWS
                SUMS[$r * 2] += p[$r + $y][$c] * w0;
                SUMS[$r * 2 + 1] += p[$r + $y][$c] * w1;
#end
            }
#end
#end
#for once HALVES
#for i ROWS+ROWS
            sum[$i] += vec4f(part[$i]);
#end
#end
        }
    }

    // The weights' factor, bias and ReLU are applied to the sums, so that they cost once a pixel.
    let x = col + left;
#for k 2
    {
        let group = (workgroup.y * BLOCKS + block) * 2u + $ku;
        if group < shape.out_groups && x < shape.cols {
            let scale = vectors[group];
            let bias = vectors[shape.out_groups + group];
            let at = shape.out_base + group * shape.plane + (row + top + 1u) * shape.pitch + x + 1u;
#for r ROWS
            if row + top + $ru < shape.rows {
                result[at + $ru * shape.pitch] = Group(max(sum[$r * 2 + $k] * scale + bias, vec4f(0.0)));
            }
#end
        }
    }
#end
}
