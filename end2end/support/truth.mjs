// The engine and burn in one module in a page, and how far the one is off from the other.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { serve } from "./serve.mjs";

/** Pixel Spacing of the sample's files. */
const PIXEL_MM = 0.820312;

export const RANDOM = ["/random/unet8.safetensors", "/random/unetpp8.safetensors"];
export const PUBLISHED = ["/published/unet.safetensors", "/published/unetpp.safetensors"];
export const SLICE = "/sample/m186.500000.dcm";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The module and what it is asked about, in a page of its own; how to start what is asked, and how to stop. */
export async function openTruth(browser) {
  const module = process.env.NEUROCARE_TRUTH;
  assert.ok(module, "NEUROCARE_TRUTH must name the folder of the module with burn (./neurocare test sets it)");
  const server = await serve({
    "/": module,
    "/page/": here("../bench/page"),
    "/published/": here("../../public/weights"),
    "/random/": here("../../model/tests/fixtures/engine"),
    "/sample/": here("../../public/sample"),
  });
  const page = await browser.newPage();
  await page.goto(`${server.url}/page/burn.html`);

  /** A network in both, the engine's ready on a way: what is asked several times is started once. */
  async function start(weights, way) {
    const pair = await page.evaluateHandle(
      async ({ weights, way }) => {
        const module = await import("/truth.js");
        await module.default({ module_or_path: "/truth_bg.wasm" });
        const file = await (await fetch(weights)).arrayBuffer();
        return module.Pair.start(new Uint8Array(file), way);
      },
      { weights, way },
    );
    /** What `steps_off` or `network_off` answers, on a slice of the sample or on the file's golden image. */
    const ask = (what, slice = null) =>
      pair.evaluate(
        async (pair, { what, slice, pixelMm }) => {
          const bytes = async (path) => (await fetch(path)).arrayBuffer();
          // The sample's files end with 512² stored values, which are 1024 more than HU.
          const hu = slice && new Int16Array((await bytes(slice)).slice(-2 * 512 * 512)).map((value) => value - 1024);
          return Array.from(await pair[what](hu, pixelMm));
        },
        { what, slice, pixelMm: PIXEL_MM },
      );
    return {
      steps: (slice) => ask("steps_off", slice),
      network: (slice) => ask("network_off", slice),
      free: () => pair.evaluate((it) => it.free()),
    };
  }
  return { page, start, stop: () => server.stop() };
}
