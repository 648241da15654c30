// The answer as it is read back: four pixels an invocation, a byte each.
//
// Why here: a quarter of the logits' bytes is read back, and the processor has no exponentials to
// compute. Logits lie row by row without a border, as the answer does, the first pixel in the
// lowest byte of its number: `id.x` counts vectors of four logits, of which there is a whole number
// because sides are multiples of the network's stride.
//
// 0 to 254 are a probability from 0 to 1. 255 is a logit that is no number: a sum of
// conversions would hide it, and shaders may take for granted that there is none, so its bits are
// looked at.
//
// WORKGROUP (invocations) is put in front.
//
// `shape.wgsl` explains the words, the template and the layout.

@group(0) @binding(0) var<uniform> inverse_temperature: f32;
@group(0) @binding(1) var<storage, read> logits: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> answer: array<u32>;

const EXPONENT = vec4u(0x7f800000u);

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if id.x >= arrayLength(&answer) {
        return;
    }
    let logit = logits[id.x];
    let odds = exp(clamp(-logit * inverse_temperature, vec4f(-80.0), vec4f(80.0)));
    let probability = 1.0 / (1.0 + odds);
    let bytes = vec4u(round(254.0 * probability));
    let is_finite = (bitcast<vec4u>(logit) & EXPONENT) != EXPONENT;
    let parts = select(vec4u(255u), bytes, is_finite);
    answer[id.x] = parts.x | (parts.y << 8u) | (parts.z << 16u) | (parts.w << 24u);
}
