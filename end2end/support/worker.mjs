// The engine's worker without the reading room: messages in, events out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BASE_URL } from "./browser.mjs";
import { niftiVoxels } from "./mask.mjs";

/** A script for a worker: the browser's software adapter under another name. */
const renamed = (vendor, architecture) => `Object.defineProperty(GPUAdapter.prototype, "info", {
  get: () => ({ vendor: "${vendor}", architecture: "${architecture}", device: "", description: "", isFallbackAdapter: false }),
});\n`;

/** One that nobody knows. */
export const RENAMED = renamed("acme", "one");

/** None, as browsers give it that hide what may tell users apart. */
export const NAMELESS = renamed("", "");

/** Start a worker on an own page and wait until its code has loaded. */
export async function startWorker(browser, address = `${BASE_URL}/about`) {
  const page = await browser.newPage();
  await page.goto(address);
  await page.evaluate(() => {
    const worker = new Worker("/engine-worker.js", { type: "module" });
    const engine = { worker, events: [], wake: () => {} };
    // `"loaded"` or `{ opened: {…} }` with its name as `type`.
    const named = (event) =>
      typeof event === "string" ? { type: event } : { type: Object.keys(event)[0], ...Object.values(event)[0] };
    worker.onmessage = ({ data }) => {
      engine.events.push({ event: named(JSON.parse(data.json)), buffers: data.buffers, at: performance.now() });
      engine.wake();
    };
    worker.onerror = (error) => {
      engine.events.push({ event: { type: "fatal", detail: error.message }, buffers: [] });
      engine.wake();
    };
    // Resolves with all events up to the first of one of the types.
    engine.until = async (types) => {
      const seen = [];
      for (;;) {
        while (engine.events.length > 0) {
          const next = engine.events.shift();
          seen.push(next);
          if (types.includes(next.event.type)) return seen;
        }
        await new Promise((resolve) => (engine.wake = resolve));
      }
    };
    window.engine = engine;
  });
  await page.evaluate(async () => {
    const [{ event }] = await window.engine.until(["loaded", "fatal"]);
    if (event.type !== "loaded") throw new Error(event.detail);
  });
  return page;
}

/**
 * Send a request with files (`{name, bytes}`) and return the events up to the one that
 * answers it, each with its buffers as base64 and the page's clock when it came.
 */
export function ask(page, request, files, answers) {
  const encoded = files.map((file) => Buffer.from(file.bytes).toString("base64"));
  return page.evaluate(
    async ({ request, encoded, answers }) => {
      const buffers = encoded.map((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
      const { type, ...body } = request;
      window.engine.worker.postMessage({ json: JSON.stringify({ [type]: body }), buffers }, buffers);
      const events = await window.engine.until([...answers, "failed", "not_opened", "run_failed", "not_ready", "fatal"]);
      const base64 = (buffer) => {
        let text = "";
        const bytes = new Uint8Array(buffer);
        for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
        return btoa(text);
      };
      return events.map(({ event, buffers, at }) => ({ event, buffers: buffers.map(base64), at }));
    },
    { request, encoded, answers },
  );
}

/** The last event of an answer, which must be of the type. */
export function answer(events, type) {
  const last = events.at(-1).event;
  if (last.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(last)}`);
  return last;
}

/** Bytes of a buffer that `ask` returned. */
export const bytesOf = (base64) => new Uint8Array(Buffer.from(base64, "base64"));

/** A file of the repository's sample scan. */
export function sampleFile(name) {
  return { name, bytes: readFileSync(new URL(`../../public/sample/${name}`, import.meta.url)) };
}

/** The three DICOM slices of the sample scan. */
export const SAMPLE = ["m184.000000.dcm", "m186.500000.dcm", "m189.000000.dcm"];

/** Open the sample scan in the worker. */
export async function openSample(page) {
  const events = await ask(page, { type: "open", names: SAMPLE }, SAMPLE.map(sampleFile), ["opened"]);
  return answer(events, "opened");
}

/** A network and where its weights are, as a worker is asked to prepare it. */
export const network = (architecture, backend) => ({ architecture, backend, weights_url: `/weights/${architecture}.safetensors` });

/** Make a published network ready on a back end, which it must be unless that is `auto`; what `engine_ready` says. */
export async function prepare(page, architecture, backend) {
  const request = { type: "prepare", ...network(architecture, backend) };
  const info = answer(await ask(page, request, [], ["engine_ready"]), "engine_ready");
  if (backend !== "auto" && info.backend !== backend) throw new Error(`${info.backend} for ${backend}: ${info.reason}`);
  return info;
}

/** Whether the network has computed it, rather than a slice beside it having changed it. */
export const isComputed = ({ event }) => event.type === "segmented" && !event.is_repeated;

/** Segment slices with the page's own settings, to the end; all events of the run. */
export async function segment(page, info, slices, run = 1) {
  const request = { type: "segment", run, slices, settings: settingsOf(info) };
  const events = await ask(page, request, [], ["finished"]);
  answer(events, "finished");
  return events;
}

/** Segment the three slices of the sample; each as it was last said to be. */
export async function segmentSample(page, info) {
  // A slice comes again when those beside it are known, if that changes it; the last word counts.
  const bySlice = new Map();
  for (const it of (await segment(page, info, [0, 1, 2])).filter(({ event }) => event.type === "segmented")) {
    assert.equal(it.event.is_repeated, bySlice.has(it.event.slice));
    bySlice.set(it.event.slice, it);
  }
  return [...bySlice.values()];
}

/** A network's masks of the sample by a worker of its own; held to the weights' self-test and to the readers' mask. */
export async function sampleMask(browser, architecture, backend) {
  const page = await startWorker(browser);
  await openSample(page);
  const reference = ["reference.nii.gz"];
  answer(
    await ask(page, { type: "open_reference", names: reference }, reference.map(sampleFile), ["reference_opened"]),
    "reference_opened",
  );
  const info = await prepare(page, architecture, backend);
  // Of burn's logits on a real crop, which come with the weights.
  assert.ok(info.self_test_error < 1e-3, `${backend}: off by ${info.self_test_error}`);
  const slices = await segmentSample(page, info);
  assert.equal(slices.length, 3);
  const mask = await exportedMask(page);
  for (const { event } of slices) {
    assert.ok(event.agreement.dice > 0.5, `${backend} slice ${event.slice}: Dice ${event.agreement.dice}`);
  }
  await page.close();
  return mask;
}

/** The worker's masks, voxel by voxel as the page exports them. */
export async function exportedMask(page) {
  const events = await ask(page, { type: "export", kind: "mask_nifti" }, [], ["exported"]);
  answer(events, "exported");
  return niftiVoxels(bytesOf(events.at(-1).buffers[0]));
}

/** The page's own settings of a run, for an engine that is ready. */
export const settingsOf = ({ architecture, threshold, least_peak }) => ({
  architecture,
  denoise: "none",
  postprocess: { threshold, least_peak, opening_mm: 0, closing_mm: 0.8, fill_holes: true, min_area_mm2: 2, smooth: true },
});
