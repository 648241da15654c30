// What a slice takes besides the network (lung field, resampling, masks, measuring), in
// Chromium, on one worker:
//
//   ./neurocare setup && ./neurocare site && (cd end2end && npm ci && cd bench && node slice.mjs [SITE…])
//
// Several sites, each built of another version, take turns; ROUNDS (16) says how often.
import { launch } from "../support/browser.mjs";
import { openSample, prepare, segment, startWorker } from "../support/worker.mjs";
import { fileURLToPath } from "node:url";
import { middle } from "./median.mjs";
import { serve } from "../support/serve.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 16);

async function start(browser, address) {
  const page = await startWorker(browser, address);
  await openSample(page);
  const info = await prepare(page, "unet", "cpu");
  return async (run) => {
    const events = await segment(page, info, [1], run);
    return events.map(({ event }) => event).find(({ type }) => type === "segmented");
  };
}

const folders = process.argv.length > 2 ? process.argv.slice(2) : [fileURLToPath(new URL("../../site", import.meta.url))];
const browser = await launch({ webgpu: false });
const servers = [];
try {
  const sites = [];
  for (const folder of folders) {
    const server = await serve({ "/": folder });
    servers.push(server);
    sites.push({ folder, segment: await start(browser, `${server.url}/bench.html`), network: [], rest: [] });
  }
  for (let round = 1; round <= ROUNDS; round++) {
    for (const site of sites) {
      const { total_ms, network_ms } = await site.segment(round);
      site.network.push(network_ms);
      site.rest.push(total_ms - network_ms);
    }
  }
  console.log("| site | network (fastest), ms | all the rest of a slice (fastest), ms |");
  console.log("|---|---|---|");
  for (const { folder, network, rest } of sites) {
    const cell = (times) => `${middle(times).toFixed(1)} (${Math.min(...times).toFixed(1)})`;
    console.log(`| ${folder} | ${cell(network)} | ${cell(rest)} |`);
  }
} finally {
  await browser.close();
  servers.forEach((server) => server.stop());
}
