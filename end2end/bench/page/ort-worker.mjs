// onnxruntime-web in a worker, as our engine is: the first message names the back end and the number of
// threads, every other one a network to time.
let ort;
let backend;
const sessions = new Map();

async function start({ threads, provider }) {
  if (threads > 1 && !self.crossOriginIsolated) throw new Error("no threads without isolation");
  backend = provider;
  ort = await import(`/ort/ort.${backend}.min.mjs`);
  ort.env.wasm.wasmPaths = "/ort/";
  ort.env.wasm.numThreads = threads;
}

async function session(architecture, edge) {
  const name = `${architecture}-${edge}`;
  if (!sessions.has(name)) {
    sessions.set(name, await ort.InferenceSession.create(`/networks/${name}.onnx`, {
      executionProviders: [backend],
      graphOptimizationLevel: "all",
    }));
  }
  return sessions.get(name);
}

async function time({ architecture, edge, runs }) {
  const network = await session(architecture, edge);
  // The same image as the engine's own measurement (`model/src/engine/bench.rs`), whose angles are f32.
  const pixels = Float32Array.from({ length: edge * edge }, (_, i) => Math.sin(Math.fround(i * Math.fround(0.37))));
  const image = new ort.Tensor("float32", pixels, [1, 1, edge, edge]);
  const times = [];
  let answer;
  for (let run = -1; run < runs; run++) {
    const start = performance.now();
    answer = (await network.run({ image })).logits.data;
    // The first run is not warm.
    if (run >= 0) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { warm_ms: times[runs >> 1], best_ms: times[0], logits: answer };
}

self.onmessage = async ({ data }) => {
  try {
    if (data.threads !== undefined) {
      await start(data);
      self.postMessage({ threads: data.threads });
    } else {
      self.postMessage(await time(data));
    }
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
