// The Web Worker in which scans are read and segmented. All of it is Rust
// (`model/src/web`); this file only loads the module. Messages that arrive before the
// module has loaded are kept and delivered afterwards.

// (module (func (result v128) (f32x4.relaxed_madd (…) (…) (…)))): valid where a browser has
// fused multiply-add, for which there is a module of its own.
const RELAXED_SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
]);

// A worker by this name computes slices for another one, which lends it the module that it
// has loaded and compiled already.
const isSubworker = self.name === "subworker";

// Few scans are pictures or packed like them, so what unpacks them is not loaded before one is opened. A line that hangs is
// given up. For a browser its script is then still on its way by the same address, and so asked for by another.
let hung = 0;
self.loadDecoder = async () => {
  if (self.decoder) return;
  const signal = AbortSignal.timeout(120000);
  const late = new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(signal.reason)));
  const address = hung === 0 ? "/decoder/decoder.js" : `/decoder/decoder.js?${hung}`;
  const decoder = await Promise.race([import(address), late]).catch((error) => {
    if (signal.aborted) hung += 1;
    throw error;
  });
  await decoder.default({ module_or_path: fetch("/decoder/decoder_bg.wasm", { signal }) });
  self.decoder = decoder;
};

const early = [];
let deliver = (message) => early.push(message);
const lent = new Promise((resolve) => {
  self.onmessage = ({ data }) => (isSubworker && data.module ? resolve(data.module) : deliver(data));
});

// wgpu knows errors of validation and of memory, and ends the program at the third kind, which drivers give for kernels
// that they do not compile (wgpu 30, `Error::from_js`). As one of validation it is an answer like any other.
if (self.GPUInternalError) Object.setPrototypeOf(GPUInternalError.prototype, GPUValidationError.prototype);

try {
  const folder = WebAssembly.validate(RELAXED_SIMD) ? "/engine-relaxed" : "/engine";
  const { default: start, receive, serve } = await import(`${folder}/engine.js`);
  await start({ module_or_path: isSubworker ? await lent : `${folder}/engine_bg.wasm` });
  const take = isSubworker ? serve : receive;
  deliver = (message) => take(message.json, message.buffers ?? []);
  early.forEach(deliver);
} catch (error) {
  self.postMessage({ json: JSON.stringify({ fatal: { detail: String(error) } }), buffers: [] });
}
