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
  return event === type ? event : event[type];
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

async function startOurs(script = "/engine-worker.js") {
  const worker = new Worker(script, { type: "module" });
  await ask(worker, null, pickOurs("loaded"));
  return async (architecture, edge, runs) => {
    const request = { bench: { case: { architecture, width: 16, edge, backend: "cpu" }, runs } };
    const answer = await ask(worker, { json: JSON.stringify(request), buffers: [] }, pickOurs("benched"));
    const { adapter, warm_ms, best_ms } = JSON.parse(answer.figures);
    return { adapter, warm_ms, best_ms };
  };
}

async function startOrt(threads) {
  const worker = new Worker("/compare/ort-worker.mjs", { type: "module" });
  await ask(worker, { threads }, pickOrt);
  return (architecture, edge, runs) => ask(worker, { architecture, edge, runs }, pickOrt);
}

const engines = {
  ours: [await startOurs()],
  plain: [await startOurs(await plainWorker())],
  ort1: [await startOrt(1)],
  // Two slices side by side against one slice on two threads.
  ours2: [await startOurs(), await startOurs()],
  ort2: [await startOrt(2)],
};

/** One turn of an engine: figures of each of its workers, which run side by side. */
window.turn = (engine, architecture, edge, runs) =>
  Promise.all(engines[engine].map((run) => run(architecture, edge, runs)));
