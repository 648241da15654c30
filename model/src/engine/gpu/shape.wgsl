// Shared by all kernels of the network; put in front of each of them.
//
// A network is a list of steps (`plan.rs`), and each step is a call of one of these, or a few:
// `conv_tiled.wgsl` (3×3 convolution, on cards) or `conv_direct.wgsl` (the same, on GPUs that a
// processor emulates), `pool.wgsl`, `gate.wgsl`, `head.wgsl`. `answer.wgsl` makes bytes of the
// logits. Upsampling and concatenation are no steps: who reads their result reads `near` and then
// `far`, of which a pixel stands for four.
//
// Words, for readers who know convolutions but not WGSL:
//
// - Invocation: one run of `main`, as one thread; its ids say which part of the output is its.
// - Workgroup: invocations that run together (as many as `@workgroup_size` says) and share memory.
// - `id` (`global_invocation_id`): the number of the invocation among all of a call, `workgroup`
//   (`workgroup_id`): that of its workgroup, `index` (`local_invocation_index`): its own within
//   that. `id` and `workgroup` have three parts: `x` goes over pixels, `y` over channels.
// - Workgroup memory (`var<workgroup>`): small and fast memory on the chip, one for each workgroup.
// - Banks: the parts of that memory; each serves one address at a time, so neighbours that read
//   neighbouring addresses do not wait for each other.
// - Barrier (`workgroupBarrier`): nobody goes on before all of the workgroup have come here.
// - Binding: the number by which a buffer of the host is found in a shader.
// - Storage buffer: large memory of the card. Uniform buffer: small and only read, the same for
//   all.
// - `u32`, `0u`: whole numbers without a sign. `f32(x)`: x as an f32, and so with other types.
// - `let`: a value that gets a name; `var`: one that changes. An array in a function begins with
//   zeros, and lies in registers if every index is known when the shader is compiled. That is why
//   so many loops are written out.
// - `vec4f`, `vec4h`: four numbers in f32 or f16 that are added and multiplied at once.
// - `pixel[2]`: the third number of such a vector, or the third item of an array.
// - `unpack2x16float`: two f16 that lie in one u32, as f32.
// - `enable f16`: the shader uses f16, which not every card has. `alias A = B`: another name.
// - `fma(a, b, c)`: a · b + c, at once. `dot`: the sum of products, number by number.
// - `select(a, b, is_b)`: b where it is true, else a. `bitcast<vec4u>(v)`: the bits of four f32 as
//   whole numbers. `arrayLength(&buffer)`: how many items the buffer holds that is bound.
//
// Shaders are templates; text is replaced before they are compiled (`kernels.rs`, `unroll.rs`):
//
// - `#for i 4` … `#end`: the lines between stand there four times, with `$i` as 0, 1, 2, 3. The
//   `u` of `$iu` stays, which makes it 0u, 1u … (an unsigned number). A count may be a sum. So
//   `p[$c]` in such lines is number 0, 1, 2, 3 of `p`, and `$c / 2` is worked out by the compiler.
// - `ROWS` and other names are written in as numbers: `ROWSu` becomes 8u.
// - `#for once HALVES`: as HALVES is 1 or 0, the lines stand there or not. It is an "if".
//   ("Halves", here and in the program, are numbers of 16 bits.)
// - SUMS is replaced by the name of a variable: `part` where sums are in f16, else `sum`.
//
// Layout of every image buffer: channels are packed by four into a vec4 ("group"), a
// group's plane has a border of one zero pixel on all sides:
//
//     index(group, row, col) = base + group * plane + (row + 1) * pitch + (col + 1)
//     pitch = cols + 2,  plane = (rows + 2) * pitch
//
// For example, 256 × 256 pixels have pitch 258 and plane 66564. Channel 9 of the pixel in row 2
// and column 5 (all from 0) is in group 9 / 4 = 2: vector base + 2 · 66564 + 3 · 258 + 6 =
// base + 133908, and there number 9 % 4 = 1.
//
// Kernels never write the border and new buffers are zero, so the convolution reads its
// zero padding like any other pixel and needs no bounds checks. Half-size planes have the
// same border, so that an upsampled pixel outside the image is a zero as well.
//
// `Group` and `Factor` are declared in front of this: four numbers and one as they lie in memory,
// in f32 or, on GPUs that have it, in f16. `Near` is a `Group`, but
// where the image is read: that is an f32 a pixel. Arithmetic is in f32, but for sums of
// convolutions in `conv_tiled.wgsl`.
struct Shape {
    // The output's resolution (also that of `near` and `gate`).
    rows: u32,
    cols: u32,
    pitch: u32,
    plane: u32,
    // Channels at the output's resolution: the skips.
    near_base: u32,
    near_groups: u32,
    near_channels: u32,
    // Channels at another resolution: half as many rows and columns (convolution and
    // gate: the coarse node) or twice as many (pooling).
    far_base: u32,
    far_groups: u32,
    far_pitch: u32,
    far_plane: u32,
    // Where the output goes.
    out_base: u32,
    out_groups: u32,
    // Convolution: vectors of weights from one block of eight outputs to the next, and the
    // block of the first workgroup.
    block_stride: u32,
    first_block: u32,
    unused: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> near: array<Near>;
@group(0) @binding(2) var<storage, read> far: array<Group>;
// Bindings 3 to 6 are declared by the kernels that use them:
// 3 gate factors, 4 weights, 5 factors of the weights and biases, 6 output.
