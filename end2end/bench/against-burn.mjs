// The engine and burn by turns on the same WebGPU adapter in Chromium, its own software one.
//
//   ./neurocare against-burn && (cd end2end && npm ci && cd bench && node against-burn.mjs)
//
// Both run in one module, with the published networks and the same image; burn without fusion and
// autotuning, which do not work in a browser. EDGE (256) and ROUNDS (5) choose what is measured.
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { middle } from "./median.mjs";
import { serve } from "../support/serve.mjs";

const EDGE = Number(process.env.EDGE ?? 256);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), ".cache/neurocare/target");
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const server = await serve({ "/": join(target, "bound/against_burn"), "/page/": here("page"), "/weights/": here("../../public/weights") });
const browser = await launch();
try {
  console.log("| network | edge | engine (fastest), ms | burn (fastest), ms | engine / burn | logits differ by | adapter |");
  console.log("|---|---|---|---|---|---|---|");
  for (const network of ["unet", "unetpp"]) {
    const page = await browser.newPage();
    await page.goto(`${server.url}/page/burn.html`);
    const { rounds, adapter } = await page.evaluate(
      async ({ network, edge, rounds }) => {
        const { default: init, against_burn } = await import("/against_burn.js");
        await init({ module_or_path: "/against_burn_bg.wasm" });
        const file = await fetch(`/weights/${network}.safetensors`);
        const weights = new Uint8Array(await file.arrayBuffer());
        const { info } = await navigator.gpu.requestAdapter();
        return { rounds: await against_burn(weights, edge, rounds), adapter: `${info.vendor} ${info.architecture}` };
      },
      { network, edge: EDGE, rounds: ROUNDS },
    );
    const [engine, burn, differences] = [0, 1, 2].map((column) => rounds.map((round) => round[column]));
    const cell = (times) => `${middle(times).toFixed(1)} (${Math.min(...times).toFixed(1)})`;
    const ratio = middle(rounds.map(([ours, theirs]) => ours / theirs));
    const cells = [cell(engine), cell(burn), ratio.toFixed(3), Math.max(...differences).toExponential(1), adapter];
    console.log(`| ${network} | ${EDGE} | ${cells.join(" | ")} |`);
    await page.close();
  }
} finally {
  await browser.close();
  server.stop();
}
