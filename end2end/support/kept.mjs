// What the browser keeps of the program.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { SAMPLE } from "./worker.mjs";

export const PAGES = ["/", "/about", "/privacy", "/read"];

/** What is kept of a visit that tried the sample with the U-Net, at least. */
export const TRIED = [
  ...PAGES, "/pkg/neurocare.css", "/pkg/neurocare.js", "/pkg/neurocare-parts.js", "/pkg/neurocare_bg.wasm", "/engine-worker.js",
  "/weights/unet.safetensors", "/sample/sample.json", ...SAMPLE.map((name) => `/sample/${name}`),
  "/decoder/decoder.js", "/decoder/decoder_bg.wasm",
];

/** Paths of all that any cache of this origin holds. */
export const kept = (page) =>
  page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
    return requests.map(({ url }) => url.slice(location.origin.length)).sort();
  });

/** Asks until nothing is missing any more. */
export async function until(missing) {
  const end = Date.now() + 120_000;
  for (;;) {
    const now = await missing();
    if (now.length === 0) return;
    assert.ok(Date.now() < end, `still missing: ${now.join(" ")}`);
    await pause(100);
  }
}

/** Waits until all of the paths are kept. */
export const untilKept = (page, paths) =>
  until(async () => {
    const now = await kept(page);
    return paths.filter((path) => !now.includes(path));
  });
