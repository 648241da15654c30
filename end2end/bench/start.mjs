// What compiling the GPU's kernels while the weights are on their way saves, in Chromium on its own
// software adapter: how long until a network is ready if its weights are there at once, and if they
// take some seconds.
//
//   ./neurocare setup && ./neurocare site && (cd end2end && npm ci && cd bench && node start.mjs)
//
// ROUNDS (3) says how often.
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { prepare, startWorker } from "../support/worker.mjs";
import { middle } from "./median.mjs";
import { serve } from "../support/serve.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 3);
/** How long the weights take: about what they do at 1 Mbit/s. */
const DOWNLOAD_MS = 10_000;

/** How long a network takes to be ready in a browser that has never run it, in ms. */
async function ready(address, architecture, downloadMs) {
  const browser = await launch();
  try {
    const page = await startWorker(browser, address);
    await page.context().route("**/weights/*.safetensors", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, downloadMs));
      await route.continue();
    });
    const begin = performance.now();
    await prepare(page, architecture, "gpu");
    return performance.now() - begin;
  } finally {
    await browser.close();
  }
}

const server = await serve({ "/": fileURLToPath(new URL("../../site", import.meta.url)) });
try {
  console.log(`| network | ready, weights there at once, ms | ready, weights after ${DOWNLOAD_MS} ms | of the former during the download |`);
  console.log("|---|---|---|---|");
  for (const architecture of ["unet", "unetpp"]) {
    const times = { atOnce: [], later: [] };
    for (let round = 0; round < ROUNDS; round++) {
      times.atOnce.push(await ready(`${server.url}/bench.html`, architecture, 0));
      times.later.push(await ready(`${server.url}/bench.html`, architecture, DOWNLOAD_MS));
    }
    const [atOnce, later] = [middle(times.atOnce), middle(times.later)];
    const hidden = (atOnce + DOWNLOAD_MS - later) / atOnce;
    console.log(`| ${architecture} | ${atOnce.toFixed(0)} | ${later.toFixed(0)} | ${(100 * hidden).toFixed(0)} % |`);
  }
} finally {
  server.stop();
}
