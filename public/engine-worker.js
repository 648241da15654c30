// The Web Worker in which scans are read and segmented. All of it is Rust
// (`model/src/web`); this file only loads the module. Messages that arrive before the
// module has loaded are kept and delivered afterwards.

// (module (func (result v128) (f32x4.relaxed_madd (…) (…) (…)))): valid where a browser has
// fused multiply-add, for which there is a module of its own.
const RELAXED_SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
]);

const early = [];
let deliver = (message) => early.push(message);
self.onmessage = (event) => deliver(event.data);

try {
  const folder = WebAssembly.validate(RELAXED_SIMD) ? "/engine-relaxed" : "/engine";
  const { default: start, receive } = await import(`${folder}/engine.js`);
  await start({ module_or_path: `${folder}/engine_bg.wasm` });
  deliver = (message) => receive(message.json, message.buffers ?? []);
  early.forEach(deliver);
} catch (error) {
  self.postMessage({ json: JSON.stringify({ fatal: { detail: String(error) } }), buffers: [] });
}
