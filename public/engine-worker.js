// The Web Worker in which scans are read and segmented. All of it is Rust
// (`model/src/web`); this file only loads the module. Messages that arrive before the
// module has loaded are kept and delivered afterwards.
import start, { receive } from "/engine/engine.js";

const early = [];
let deliver = (message) => early.push(message);
self.onmessage = (event) => deliver(event.data);

try {
  await start({ module_or_path: "/engine/engine_bg.wasm" });
  deliver = (message) => receive(message.json, message.buffers ?? []);
  early.forEach(deliver);
} catch (error) {
  self.postMessage({ json: JSON.stringify({ type: "fatal", detail: String(error) }), buffers: [] });
}
