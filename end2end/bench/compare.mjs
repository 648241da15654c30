// Our engine (with relaxed and with plain SIMD) and onnxruntime-web, by turns in the same
// Chromium, on the processor:
//
//   ./neurocare site && (cd end2end && npm ci && cd bench && npm ci && npm run compare)
//
// Prints a table and writes `compare.json`. Turns alternate, so that whatever else the
// machine does weighs on both; ratios are taken within a round.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { serve } from "./serve.mjs";

const NETWORKS = { unet: "U-Net 16", unetpp: "U-Net++ 16" };
const EDGE = 256;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const RUNS = Number(process.env.RUNS ?? 15);
const TURNS = ["ours", "plain", "ort1", "ours2", "ort2"];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const middle = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** The networks as ONNX files, with the weights that our engine makes up for itself. */
function exportNetworks(folder) {
  mkdirSync(folder);
  for (const network of Object.keys(NETWORKS)) {
    const out = join(folder, `${network}-${EDGE}.onnx`);
    const program = ["run", "--quiet", "--release", "--package", "model", "--features", "cli", "--bin", "onnx", "--"];
    const choice = ["--network", network, "--width", "16", "--edge", String(EDGE), "--out", out];
    execFileSync("cargo", [...program, ...choice], { cwd: here("../.."), stdio: "inherit" });
  }
}

/** Milliseconds a slice of one turn: workers side by side share the slices. */
const aSlice = (figures) => 1 / figures.reduce((rate, { warm_ms }) => rate + 1 / warm_ms, 0);

async function measure(page, network) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const times = {};
    for (const turn of TURNS) {
      const figures = await page.evaluate((args) => window.turn(...args), [turn, network, EDGE, RUNS]);
      times[turn] = aSlice(figures);
      times[`${turn}_best`] = Math.min(...figures.map(({ best_ms }) => best_ms));
    }
    rounds.push(times);
    console.error(`${NETWORKS[network]}, round ${round + 1} of ${ROUNDS}: ${JSON.stringify(times)}`);
  }
  const median = (pick) => middle(rounds.map(pick));
  const best = (pick) => Math.min(...rounds.map(pick));
  return {
    network: NETWORKS[network], edge: EDGE, rounds,
    ours_ms: median((r) => r.ours), ort_ms: median((r) => r.ort1), ratio: median((r) => r.ort1 / r.ours),
    ours_best_ms: best((r) => r.ours_best), ort_best_ms: best((r) => r.ort1_best),
    plain_ms: median((r) => r.plain), plain_ratio: median((r) => r.plain / r.ours),
    ours_two_workers_ms: median((r) => r.ours2), ort_two_threads_ms: median((r) => r.ort2),
    ratio_two: median((r) => r.ort2 / r.ours2),
  };
}

function print(results) {
  console.log("| network | edge | engine (fastest), ms | ORT (fastest), ms | ORT / engine | engine, 2 workers, ms a slice | ORT, 2 threads, ms a slice | ORT / engine | engine with plain SIMD, ms | plain / relaxed |");
  console.log("|---|---|---|---|---|---|---|---|---|---|");
  for (const r of results) {
    const cells = [
      `${r.ours_ms.toFixed(1)} (${r.ours_best_ms.toFixed(1)})`, `${r.ort_ms.toFixed(1)} (${r.ort_best_ms.toFixed(1)})`, r.ratio.toFixed(2),
      r.ours_two_workers_ms.toFixed(1), r.ort_two_threads_ms.toFixed(1), r.ratio_two.toFixed(2),
      r.plain_ms.toFixed(1), r.plain_ratio.toFixed(2),
    ];
    console.log(`| ${r.network} | ${r.edge} | ${cells.join(" | ")} |`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "compare-"));
const ort = here("node_modules/onnxruntime-web/");
let server;
let browser;
try {
  exportNetworks(join(folder, "networks"));
  server = await serve({
    "/": here("../../site"), "/compare/": here("page"), "/ort/": join(ort, "dist"), "/networks/": join(folder, "networks"),
  });
  browser = await launch({ webgpu: false });
  const page = await browser.newPage();
  page.on("console", (message) => console.error(message.text()));
  await page.goto(`${server.url}/compare/index.html`);
  await page.waitForFunction(() => window.turn !== undefined);
  const load_before = loadavg()[0];
  const results = [];
  for (const network of Object.keys(NETWORKS)) results.push(await measure(page, network));
  const machine = {
    processor: cpus()[0].model, cores: cpus().length, load_before, load_after: loadavg()[0], chromium: browser.version(),
    onnxruntime_web: JSON.parse(readFileSync(join(ort, "package.json"))).version, rounds: ROUNDS, runs: RUNS,
  };
  print(results);
  console.log(JSON.stringify(machine));
  writeFileSync(here("compare.json"), `${JSON.stringify({ machine, results }, null, 1)}\n`);
} finally {
  await browser?.close();
  server?.stop();
  rmSync(folder, { recursive: true });
}
