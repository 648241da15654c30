// What a slice of a series takes, with everything it needs, in Chromium: by one worker alone and by as
// many as the product takes:
//
//   ./neurocare site && (cd end2end && npm ci && cd bench && node series.mjs)
//
// GPU=1 computes on the browser's adapter. SLICES, ROUNDS and NETWORK choose what is measured; slices
// are those of the sample, over and over.
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { answer, ask, openSample, settingsOf, startWorker } from "../support/worker.mjs";
import { serve } from "./serve.mjs";

const SLICES = Number(process.env.SLICES ?? 24);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const NETWORK = process.env.NETWORK ?? "unet";
const BACKEND = process.env.GPU === "1" ? "gpu" : "cpu";
const middle = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** A worker with the sample open; `alone` it can start no others. */
async function start(browser, address, alone) {
  const page = await startWorker(browser, address);
  if (alone) {
    await page.workers()[0].evaluate(() => {
      self.Worker = class {
        constructor() {
          throw new Error("no more workers");
        }
      };
    });
  }
  await openSample(page);
  const request = { type: "prepare", architecture: NETWORK, backend: BACKEND, weights_url: `/weights/${NETWORK}.safetensors` };
  const info = answer(await ask(page, request, [], ["engine_ready"]), "engine_ready");
  if (info.backend !== BACKEND) throw new Error(info.reason);
  const slices = Array.from({ length: SLICES }, (_, i) => i % 3);
  return async (run) => {
    const before = await page.evaluate(() => performance.now());
    const events = await ask(page, { type: "segment", run, slices, settings: settingsOf(info) }, [], ["finished"]);
    answer(events, "finished");
    const computed = events.map(({ event }) => event).filter(({ type, total_ms }) => type === "segmented" && total_ms > 0);
    if (computed.length !== SLICES) throw new Error(`${computed.length} slices came`);
    return {
      slice_ms: (events.at(-1).at - before) / SLICES,
      network_ms: middle(computed.map(({ network_ms }) => network_ms)),
      rest_ms: middle(computed.map(({ total_ms, network_ms }) => total_ms - network_ms)),
    };
  };
}

const server = await serve({ "/": fileURLToPath(new URL("../../site", import.meta.url)) });
const browser = await launch({ webgpu: BACKEND === "gpu" });
try {
  const ways = [];
  for (const alone of [true, false]) {
    ways.push({ name: alone ? "one worker" : "as the product does", run: await start(browser, `${server.url}/bench.html`, alone), rounds: [] });
  }
  for (let round = 1; round <= ROUNDS; round++) {
    for (const way of ways) way.rounds.push(await way.run(round));
  }
  console.log(`${NETWORK}, ${BACKEND}, ${SLICES} slices of 512 × 512, medians of ${ROUNDS}`);
  console.log("| | ms a slice | slices a minute | of it network, ms | all the rest, ms |");
  console.log("|---|---|---|---|---|");
  for (const { name, rounds } of ways) {
    const of = (figure) => middle(rounds.map((round) => round[figure]));
    const slice = of("slice_ms");
    console.log(`| ${name} | ${slice.toFixed(1)} | ${(60_000 / slice).toFixed(0)} | ${of("network_ms").toFixed(1)} | ${of("rest_ms").toFixed(1)} |`);
  }
} finally {
  await browser.close();
  server.stop();
}
