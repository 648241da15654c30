// Our engine (with relaxed and with plain SIMD) and onnxruntime-web, by turns in the same
// Chromium, on the processor:
//
//   ./neurocare setup && ./neurocare site && (cd end2end && npm ci && cd bench && npm ci && npm run against-onnxruntime)
//
// Prints a table and writes `against-onnxruntime.json`. Turns alternate, so that whatever else the
// machine does weighs on both; ratios are those of the medians. Both engines' logits must agree.
// EDGES (256; several with commas), NETWORKS, ROUNDS and RUNS choose what is measured; GPU=1 compares both through
// WebGPU instead, on Chromium's software adapter (a minute a run).
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { middle } from "./median.mjs";
import { serve } from "../support/serve.mjs";

const TITLES = { unet: "U-Net 16", unetpp: "U-Net++ 16" };
const listed = (name, usual) => (process.env[name] ?? usual).split(",");
const NETWORKS = listed("NETWORKS", "unet,unetpp");
const EDGES = listed("EDGES", "256").map(Number);
const ON_GPU = process.env.GPU === "1";
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const RUNS = Number(process.env.RUNS ?? 15);
const TURNS = ON_GPU ? ["gpu", "ortgpu"] : ["ours", "plain", "ort1", "ours2", "ort2"];
/** Largest difference of logits, as a share of the largest; weights without meaning are rounded to f16 on a GPU. */
const AGREE = ON_GPU ? 1e-2 : 1e-4;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const cases = () => NETWORKS.flatMap((network) => EDGES.map((edge) => [network, edge]));

/** The networks as ONNX files, with the weights that our engine makes up for itself. */
function exportNetworks(folder) {
  mkdirSync(folder);
  for (const [network, edge] of cases()) {
    const out = join(folder, `${network}-${edge}.onnx`);
    const program = ["run", "--quiet", "--release", "--package", "model", "--features", "cli", "--bin", "onnx", "--"];
    const choice = ["--network", network, "--width", "16", "--edge", String(edge), "--out", out];
    execFileSync("cargo", [...program, ...choice], { cwd: here("../.."), stdio: "inherit" });
  }
}

/** Milliseconds a slice of one turn: workers side by side share the slices. */
const aSlice = (figures) => 1 / figures.reduce((rate, { warm_ms }) => rate + 1 / warm_ms, 0);

async function measure(page, network, edge) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const times = {};
    for (const turn of TURNS) {
      const figures = await page.evaluate((args) => window.turn(...args), [turn, network, edge, RUNS]);
      times[turn] = aSlice(figures);
      times[`${turn}_best`] = Math.min(...figures.map(({ best_ms }) => best_ms));
      times[`${turn}_adapter`] = figures[0].adapter;
    }
    rounds.push(times);
    console.error(`${TITLES[network]}, ${edge}, round ${round + 1} of ${ROUNDS}: ${JSON.stringify(times)}`);
  }
  const median = (pick) => middle(rounds.map(pick));
  const best = (pick) => Math.min(...rounds.map(pick));
  const off_by = await page.evaluate((pair) => window.difference(...pair), ON_GPU ? ["gpu", "ortgpu"] : ["ours", "ort1"]);
  if (!(off_by < AGREE)) throw new Error(`the engines' logits differ by ${off_by} of the largest`);
  const common = { network: TITLES[network], edge, rounds, off_by };
  if (ON_GPU) {
    return {
      ...common, adapter: rounds[0].gpu_adapter, ours_ms: median((r) => r.gpu), ort_ms: median((r) => r.ortgpu),
      ratio: median((r) => r.gpu) / median((r) => r.ortgpu), ours_best_ms: best((r) => r.gpu_best), ort_best_ms: best((r) => r.ortgpu_best),
    };
  }
  const ratio = (ours, theirs) => median((r) => r[ours]) / median((r) => r[theirs]);
  return {
    ...common, ours_ms: median((r) => r.ours), ort_ms: median((r) => r.ort1), ratio: ratio("ours", "ort1"),
    ours_best_ms: best((r) => r.ours_best), ort_best_ms: best((r) => r.ort1_best),
    plain_ms: median((r) => r.plain), plain_ratio: ratio("plain", "ours"),
    ours_two_workers_ms: median((r) => r.ours2), ort_two_threads_ms: median((r) => r.ort2),
    ratio_two: ratio("ours2", "ort2"),
  };
}

function print(results) {
  if (ON_GPU) printGpu(results);
  else printProcessor(results);
}

function printGpu(results) {
  console.log("| network | edge | adapter | engine (fastest), ms | ORT, WebGPU (fastest), ms | engine / ORT | logits differ by |");
  console.log("|---|---|---|---|---|---|---|");
  for (const r of results) {
    const cells = [
      r.adapter, `${r.ours_ms.toFixed(1)} (${r.ours_best_ms.toFixed(1)})`, `${r.ort_ms.toFixed(1)} (${r.ort_best_ms.toFixed(1)})`,
      r.ratio.toFixed(3), r.off_by.toExponential(1),
    ];
    console.log(`| ${r.network} | ${r.edge} | ${cells.join(" | ")} |`);
  }
}

function printProcessor(results) {
  console.log("| network | edge | engine (fastest), ms | ORT (fastest), ms | engine / ORT | engine, 2 workers, ms a slice | ORT, 2 threads, ms a slice | engine / ORT | engine with plain SIMD, ms | plain / relaxed | logits differ by |");
  console.log("|---|---|---|---|---|---|---|---|---|---|---|");
  for (const r of results) {
    const cells = [
      `${r.ours_ms.toFixed(1)} (${r.ours_best_ms.toFixed(1)})`, `${r.ort_ms.toFixed(1)} (${r.ort_best_ms.toFixed(1)})`, r.ratio.toFixed(2),
      r.ours_two_workers_ms.toFixed(1), r.ort_two_threads_ms.toFixed(1), r.ratio_two.toFixed(2),
      r.plain_ms.toFixed(1), r.plain_ratio.toFixed(2), r.off_by.toExponential(1),
    ];
    console.log(`| ${r.network} | ${r.edge} | ${cells.join(" | ")} |`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "against-onnxruntime-"));
const ort = here("node_modules/onnxruntime-web/");
let server;
let browser;
try {
  exportNetworks(join(folder, "networks"));
  server = await serve({
    "/": here("../../site"), "/measure/": here("page"), "/ort/": join(ort, "dist"), "/networks/": join(folder, "networks"),
  });
  browser = await launch({ webgpu: ON_GPU });
  const page = await browser.newPage();
  page.on("console", (message) => console.error(message.text()));
  await page.goto(`${server.url}/measure/index.html`);
  await page.waitForFunction(() => window.turn !== undefined);
  const load_before = loadavg()[0];
  const results = [];
  for (const [network, edge] of cases()) results.push(await measure(page, network, edge));
  const machine = {
    processor: cpus()[0].model, cores: cpus().length, load_before, load_after: loadavg()[0], chromium: browser.version(),
    onnxruntime_web: JSON.parse(readFileSync(join(ort, "package.json"))).version, rounds: ROUNDS, runs: RUNS,
  };
  print(results);
  console.log(JSON.stringify(machine));
  writeFileSync(here("against-onnxruntime.json"), `${JSON.stringify({ machine, results }, null, 1)}\n`);
} finally {
  await browser?.close();
  server?.stop();
  rmSync(folder, { recursive: true });
}
