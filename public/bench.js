// Measures the engine in this browser, for whoever wants to know: the worker's own figures
// (`model/src/bench.rs`), without the page's module.

// The theme that was chosen on the other pages.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's choice stays.
}

const NETWORKS = [["unet", "U-Net"], ["unetpp", "U-Net++"]];
const RUNS = 15;
const DOWNLOADS = [
  "/pkg/neurocare.css", "/pkg/neurocare.js", "/pkg/neurocare-parts.js", "/pkg/neurocare_bg.wasm", "/engine-worker.js",
  "/engine/engine.js", "/engine/engine-parts.js", "/engine/engine_bg.wasm",
  "/engine-relaxed/engine.js", "/engine-relaxed/engine-parts.js", "/engine-relaxed/engine_bg.wasm",
  "/weights/unet.safetensors", "/weights/unetpp.safetensors",
];

const PARTS = "/engine-parts.js";

const element = (id) => document.getElementById(id);
const say = (words) => (element("status").textContent = words);

/** `"loaded"` or `{ opened: {…} }` with its name as `type`. */
const named = (event) =>
  typeof event === "string" ? { type: event } : { type: Object.keys(event)[0], ...Object.values(event)[0] };

/** One request at a time to a worker. */
class Engine {
  #worker = new Worker("/engine-worker.js", { type: "module" });

  /** The first event of one of these types; throws what the engine says when it cannot. */
  hear(...types) {
    return new Promise((resolve, reject) => {
      this.#worker.onerror = (error) => reject(new Error(error.message || "The engine could not be loaded."));
      this.#worker.onmessage = ({ data }) => {
        const event = named(JSON.parse(data.json));
        if (types.includes(event.type)) resolve(event);
        else if (event.type === "failed") reject(new Error(`${event.cause} ${event.way_out}`));
        else if (event.type === "fatal") reject(new Error(event.detail));
      };
    });
  }

  ask(request, answer) {
    const heard = this.hear(answer);
    this.#worker.postMessage({ json: JSON.stringify(request), buffers: [] });
    return heard;
  }

  end() {
    this.#worker.terminate();
  }
}

function addRow(body, cells) {
  const row = element(body).insertRow();
  for (const cell of cells) row.insertCell().textContent = cell;
}

/** Bytes of each file as it is sent, asked for without fetching it. */
async function sizes() {
  const one = async (path) => {
    const answer = await fetch(path, { method: "HEAD", cache: "no-store" });
    return { path, bytes: answer.ok ? Number(answer.headers.get("content-length")) : null };
  };
  const scripts = DOWNLOADS.filter((path) => path.endsWith(PARTS));
  const parts = await Promise.all(scripts.map(partsOf));
  return Promise.all([...DOWNLOADS, ...parts.flat()].map(one));
}

/** What the engine fetches when it needs it, as its script says. */
async function partsOf(script) {
  const text = await (await fetch(script)).text();
  return Array.from(text.matchAll(/"\.(\/[\w.-]+\.wasm)"/g), ([, name]) => script.replace(PARTS, name));
}

/** Downloads a network and tests it on the best that this machine has. */
async function prepare(engine, [architecture, name]) {
  say(`${name}: downloading and testing…`);
  const weights_url = `/weights/${architecture}.safetensors`;
  const { type, ...info } = await engine.ask({ prepare: { architecture, backend: "auto", weights_url } }, "engine_ready");
  return info;
}

async function bench(engine, [architecture, name], edge, backend, width) {
  say(`${name}, ${edge} × ${edge}, ${backend.toUpperCase()}: measuring…`);
  const request = { bench: { case: { architecture, width, edge, backend }, runs: RUNS } };
  const figures = JSON.parse((await engine.ask(request, "benched")).figures);
  const [what, by] = [[name, `${edge} × ${edge}`], backend.toUpperCase()];
  addRow("times", [
    ...what, `${by}: ${figures.adapter}`, figures.prepare_ms.toFixed(0), figures.first_ms.toFixed(0), figures.warm_ms.toFixed(1), figures.best_ms.toFixed(1),
    figures.gmac_per_s.toFixed(1), percent(figures.gmac_per_s / figures.peak_gmac_per_s),
    figures.memory_mib.toFixed(0), figures.planned_mib.toFixed(0), figures.weights_mib.toFixed(0),
  ]);
  for (const step of figures.steps) {
    const isTimed = step.ms > 0;
    addRow("steps", [
      ...what, by, step.name, step.ms.toFixed(2), isTimed ? (1000 * step.gmac / step.ms).toFixed(1) : "–", step.mb.toFixed(2),
      isTimed ? percent(step.roof) : "–",
    ]);
  }
  return figures;
}

const percent = (share) => `${(100 * share).toFixed(0)} %`;

/** What the machine can do with nothing else to do, from the first figures of each back end. */
function peaks(figures) {
  const firsts = ["cpu", "gpu"].map((backend) => figures.find(({ case: { backend: own } }) => own === backend));
  const peak = ({ adapter, peak_gmac_per_s, copy_gb_per_s }) =>
    `${adapter}: peak ${peak_gmac_per_s.toFixed(1)} GMAC/s, copying ${copy_gb_per_s.toFixed(1)} GB/s read and written.`;
  return firsts.filter(Boolean).map(peak).join(" ");
}

async function measure(report) {
  report.downloads = await sizes();
  element("downloads").replaceChildren();
  for (const { path, bytes } of report.downloads) addRow("downloads", [path, bytes === null ? "–" : (bytes / 1000).toFixed(1)]);
  const engine = new Engine();
  try {
    await engine.hear("loaded");
    for (const network of NETWORKS) report.prepared.push(await prepare(engine, network));
    const isChosen = report.prepared.some(({ backend }) => backend === "gpu");
    const withGpu = isChosen || element("gpu").checked;
    const width = Number(element("width").value);
    const edges = element("edges").value.split(",").map(Number);
    for (const backend of withGpu ? ["cpu", "gpu"] : ["cpu"]) {
      for (const network of NETWORKS) {
        for (const edge of edges) report.figures.push(await bench(engine, network, edge, backend, width));
      }
    }
    say(isChosen ? "Done." : `Done. ${report.prepared.map(({ reason }) => reason).find(Boolean) ?? ""}`);
  } finally {
    element("peaks").textContent = peaks(report.figures);
    engine.end();
  }
}

element("start").addEventListener("click", async () => {
  const { userAgent, hardwareConcurrency, deviceMemory } = navigator;
  const report = {
    at: new Date().toISOString(), userAgent, hardwareConcurrency, deviceMemory, downloads: [], prepared: [], figures: [],
  };
  element("start").disabled = true;
  for (const body of ["times", "steps"]) element(body).replaceChildren();
  element("peaks").textContent = "";
  try {
    await measure(report);
  } catch (error) {
    report.error = error.message;
    say(error.message);
  }
  element("json").value = JSON.stringify(report, null, 1);
  element("copy").disabled = false;
  element("start").disabled = false;
});

element("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(element("json").value);
  say("Copied.");
});
