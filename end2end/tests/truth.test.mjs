// The engine against burn, both in one module in the browser: each step, so that an error is found in the step
// that makes it, and whole networks on random and on published weights. Natively the same are unit tests
// (model/src/engine/{cpu,gpu}/truth.rs) and model/tests/engine/reference.rs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { serve } from "../support/serve.mjs";

/** Pixel Spacing of the sample's files. */
const PIXEL_MM = 0.820312;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

describe("the engine against burn in Chromium", () => {
  const module = process.env.NEUROCARE_TRUTH;
  let server, browser, page;
  before(async () => {
    assert.ok(module, "NEUROCARE_TRUTH must name the folder of the module with burn (./neurocare test sets it)");
    server = await serve({
      "/": module,
      "/page/": here("../bench/page"),
      "/published/": here("../../public/weights"),
      "/random/": here("../../model/tests/fixtures/engine"),
      "/sample/": here("../../public/sample"),
    });
    browser = await launch();
    page = await browser.newPage();
    await page.goto(`${server.url}/page/burn.html`);
  });
  after(async () => {
    await browser?.close();
    server?.stop();
  });

  /** What `steps_off` answers, or `network_off` on a slice of the sample or on the file's golden image. */
  const ask = (what, weights, way, slice = null) =>
    page.evaluate(
      async ({ what, weights, way, slice, pixelMm }) => {
        const module = await import("/truth.js");
        await module.default({ module_or_path: "/truth_bg.wasm" });
        const bytes = async (path) => (await fetch(path)).arrayBuffer();
        const file = new Uint8Array(await bytes(weights));
        if (what === "steps") return module.steps_off(file, way);
        // The sample's files end with 512² stored values, which are 1024 more than HU.
        const hu = slice && new Int16Array((await bytes(slice)).slice(-2 * 512 * 512)).map((value) => value - 1024);
        return Array.from(await module.network_off(file, hu, pixelMm, way));
      },
      { what, weights, way, slice, pixelMm: PIXEL_MM },
    );

  const RANDOM = ["/random/unet8.safetensors", "/random/unetpp8.safetensors"];
  const PUBLISHED = ["/published/unet.safetensors", "/published/unetpp.safetensors"];
  const WAYS = ["cpu", "direct", "tiled"];

  for (const weights of [...RANDOM, ...PUBLISHED]) {
    for (const way of WAYS) {
      test(`${weights}, ${way}: each step gives what burn gives`, async () => {
        const found = await ask("steps", weights, way);
        assert.ok(found.length >= 10, `${found.length} steps`);
        for (const [step, off] of found) assert.ok(off <= 1e-5, `${step} is off by ${off} of the largest value`);
      });

      test(`${weights}, ${way}: so does the whole network`, async () => {
        const [off, largest] = await ask("network", weights, way);
        assert.ok(off <= 1e-3 && off <= 1e-4 * largest, `off by ${off}, largest ${largest}`);
      });
    }
  }

  // The tiled kernels are for real cards; an emulated one would take minutes.
  for (const weights of PUBLISHED) {
    for (const way of ["cpu", "direct"]) {
      test(`${weights}, ${way}: on a real slice it finds what burn finds`, async () => {
        const [off, largest, dice, pixels] = await ask("network", weights, way, "/sample/m186.500000.dcm");
        assert.ok(off <= 1e-3 && off <= 1e-4 * largest && dice >= 0.999 && pixels > 50, `off by ${off}, Dice ${dice}, ${pixels} pixels`);
      });
    }
  }
});
