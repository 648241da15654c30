// onnxruntime-web in a worker, as our engine is: the first message names the number of
// threads, every other one a network to time.
import * as ort from "/ort/ort.wasm.min.mjs";

ort.env.wasm.wasmPaths = "/ort/";
const sessions = new Map();

async function session(architecture, edge) {
  const name = `${architecture}-${edge}`;
  if (!sessions.has(name)) {
    sessions.set(name, await ort.InferenceSession.create(`/networks/${name}.onnx`, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    }));
  }
  return sessions.get(name);
}

async function time({ architecture, edge, runs }) {
  const network = await session(architecture, edge);
  // The same image as the engine's own measurement (`model/src/engine/bench.rs`).
  const pixels = Float32Array.from({ length: edge * edge }, (_, i) => Math.sin(i * 0.37));
  const image = new ort.Tensor("float32", pixels, [1, 1, edge, edge]);
  const times = [];
  for (let run = -1; run < runs; run++) {
    const start = performance.now();
    const { logits } = await network.run({ image });
    if (!Number.isFinite(logits.data[0])) throw new Error("no result");
    // The first run is not warm.
    if (run >= 0) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { warm_ms: times[runs >> 1], best_ms: times[0] };
}

self.onmessage = async ({ data }) => {
  try {
    if (data.threads !== undefined) {
      if (data.threads > 1 && !self.crossOriginIsolated) throw new Error("no threads without isolation");
      ort.env.wasm.numThreads = data.threads;
      self.postMessage({ threads: data.threads });
    } else {
      self.postMessage(await time(data));
    }
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
