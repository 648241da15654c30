// Every step of the engine on WebGPU against burn: an error is found in the step that makes it. Natively the
// same is a unit test (model/src/engine/gpu/truth.rs).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { serve } from "../support/serve.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

describe("every step of the engine in Chromium", () => {
  const module = process.env.NEUROCARE_TRUTH;
  let server, browser, page;
  before(async () => {
    assert.ok(module, "NEUROCARE_TRUTH must name the folder of the module with burn (./neurocare test sets it)");
    server = await serve({
      "/": module,
      "/page/": here("../bench/page"),
      "/published/": here("../../public/weights"),
      "/random/": here("../../model/tests/fixtures/engine"),
    });
    browser = await launch();
    page = await browser.newPage();
    await page.goto(`${server.url}/page/burn.html`);
  });
  after(async () => {
    await browser?.close();
    server?.stop();
  });

  const steps = (weights, kernel) =>
    page.evaluate(
      async ({ weights, kernel }) => {
        const { default: init, steps_off } = await import("/truth.js");
        await init({ module_or_path: "/truth_bg.wasm" });
        const file = await fetch(weights);
        return steps_off(new Uint8Array(await file.arrayBuffer()), kernel);
      },
      { weights, kernel },
    );

  for (const weights of ["/random/unet8", "/random/unetpp8", "/published/unet", "/published/unetpp"]) {
    for (const kernel of ["direct", "tiled"]) {
      test(`${weights}, ${kernel}: each step gives what burn gives`, async () => {
        const found = await steps(`${weights}.safetensors`, kernel);
        assert.ok(found.length >= 10, `${found.length} steps`);
        for (const [step, off] of found) assert.ok(off <= 1e-5, `${step} is off by ${off} of the largest value`);
      });
    }
  }
});
