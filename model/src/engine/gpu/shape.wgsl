// Shared by all kernels; put in front of each of them.
//
// Layout of every image buffer: channels are packed by four into a vec4 ("group"), a
// group's plane has a border of one zero pixel on all sides:
//
//     index(group, row, col) = base + group * plane + (row + 1) * pitch + (col + 1)
//     pitch = cols + 2,  plane = (rows + 2) * pitch
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
