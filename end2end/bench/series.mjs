// What a slice of a series takes, with everything it needs, in Chromium: by one worker alone and by as
// many as the product takes:
//
//   ./neurocare setup && ./neurocare site && (cd end2end && npm ci && cd bench && node series.mjs)
//
// GPU=1 computes on Chromium's software adapter. SLICES, ROUNDS and NETWORK choose what is measured; the scan
// is the sample's three slices, over and over, each at a height of its own.
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { answer, ask, prepare, SAMPLE, sampleFile, segment, startWorker } from "../support/worker.mjs";
import { middle } from "./median.mjs";
import { serve } from "../support/serve.mjs";

const SLICES = Number(process.env.SLICES ?? 24);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const NETWORK = process.env.NETWORK ?? "unet";
const BACKEND = process.env.GPU === "1" ? "gpu" : "cpu";

/** The value of an element with a short length, explicit VR, as a part of the file that can be written. */
function element(bytes, group, number, vr) {
  const at = bytes.indexOf(Buffer.from([group & 255, group >> 8, number & 255, number >> 8, ...Buffer.from(vr)]));
  if (at < 0) throw new Error(`no element ${group.toString(16)},${number.toString(16)}`);
  return bytes.subarray(at + 8, at + 8 + bytes.readUInt16LE(at + 6));
}

/** A slice of the sample as slice `index` of a scan, 2.5 mm apart. */
function sliceAt(index) {
  const bytes = Buffer.from(sampleFile(SAMPLE[index % SAMPLE.length]).bytes);
  const write = (value, text) => {
    if (text.length > value.length) throw new Error(`"${text}" is too long`);
    value.write(text.padEnd(value.length));
  };
  const position = element(bytes, 0x0020, 0x0032, "DS");
  const [x, y] = position.toString("latin1").split("\\").map(Number);
  write(position, [x, y, -2.5 * index].map((mm) => mm.toFixed(1)).join("\\"));
  const uid = element(bytes, 0x0008, 0x0018, "UI");
  uid.write(String(1000 + index), uid.length - 6);
  return { name: `${index}.dcm`, bytes };
}

/** A worker with the scan open; `alone` it can start no others. */
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
  const scan = Array.from({ length: SLICES }, (_, index) => sliceAt(index));
  const opened = answer(await ask(page, { type: "open", names: scan.map(({ name }) => name) }, scan, ["opened"]), "opened");
  if (opened.slices !== SLICES) throw new Error(JSON.stringify(opened));
  const info = await prepare(page, NETWORK, BACKEND);
  const slices = Array.from({ length: SLICES }, (_, index) => index);
  return async (run) => {
    const before = await page.evaluate(() => performance.now());
    const events = await segment(page, info, slices, run);
    const computed = events.map(({ event }) => event).filter(({ type, is_repeated }) => type === "segmented" && !is_repeated);
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
