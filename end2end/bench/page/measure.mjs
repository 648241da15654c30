// In the page: both engines, each in workers of its own, which stay from round to round.

/** The answer of a worker to a message. */
function ask(worker, message, pick) {
  return new Promise((resolve, reject) => {
    worker.onerror = (error) => reject(new Error(error.message));
    worker.onmessage = ({ data }) => {
      const answer = pick(data);
      if (answer instanceof Error) reject(answer);
      else if (answer !== undefined) resolve(answer);
    };
    if (message !== null) worker.postMessage(message);
  });
}

const pickOurs = (type) => (data) => {
  const event = JSON.parse(data.json);
  if (event.failed || event.fatal) return new Error(data.json);
  return event === type ? event : event[type] && { ...event[type], buffers: data.buffers };
};
const pickOrt = (data) => (data.error ? new Error(data.error) : data);

/** The engine's worker as a browser without relaxed SIMD has it. */
async function plainWorker() {
  const script = await (await fetch("/engine-worker.js")).text();
  const asked = "WebAssembly.validate(RELAXED_SIMD)";
  if (!script.includes(asked)) throw new Error("engine-worker.js chooses its module in another way");
  // A script without an address of its own has to name whole addresses.
  const plain = script.replace(asked, "false").replaceAll('"/', `"${location.origin}/`);
  return URL.createObjectURL(new Blob([plain], { type: "text/javascript" }));
}

async function startOurs({ script = "/engine-worker.js", backend = "cpu" } = {}) {
  const worker = new Worker(script, { type: "module" });
  await ask(worker, null, pickOurs("loaded"));
  return async (architecture, edge, runs) => {
    const request = { bench: { case: { architecture, width: 16, edge, backend }, runs } };
    const answer = await ask(worker, { json: JSON.stringify(request), buffers: [] }, pickOurs("benched"));
    const { adapter, warm_ms, best_ms } = JSON.parse(answer.figures);
    return { adapter, warm_ms, best_ms, logits: new Float32Array(answer.buffers[0]) };
  };
}

async function startOrt(threads, provider = "wasm") {
  const worker = new Worker("/measure/ort-worker.mjs", { type: "module" });
  await ask(worker, { threads, provider }, pickOrt);
  return (architecture, edge, runs) => ask(worker, { architecture, edge, runs }, pickOrt);
}

const starts = {
  ours: async () => [await startOurs()],
  plain: async () => [await startOurs({ script: await plainWorker() })],
  ort1: async () => [await startOrt(1)],
  // Two slices side by side against one slice on two threads.
  ours2: async () => [await startOurs(), await startOurs()],
  ort2: async () => [await startOrt(2)],
  gpu: async () => [await startOurs({ backend: "gpu" })],
  ortgpu: async () => [await startOrt(1, "webgpu")],
};
const engines = {};
const logits = {};

/** One turn of an engine: figures of each of its workers, which run side by side. */
window.turn = async (engine, architecture, edge, runs) => {
  engines[engine] ??= await starts[engine]();
  const answers = await Promise.all(engines[engine].map((run) => run(architecture, edge, runs)));
  logits[engine] = answers[0].logits;
  return answers.map(({ warm_ms, best_ms, adapter }) => ({ warm_ms, best_ms, adapter }));
};

/** The largest difference of two engines' logits in their last turns, as a share of the largest logit. */
window.difference = (one, other) => {
  const [a, b] = [logits[one], logits[other]];
  if (a.length !== b.length) throw new Error(`${a.length} logits against ${b.length}`);
  const most = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((far, value, i) => Math.max(far, Math.abs(value - b[i])), 0) / most;
};
