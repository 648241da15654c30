// Whatever computes, a scan has one mask: by WebGPU, by WebAssembly, and by the reference implementation.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "../support/browser.mjs";
import { dice, nativeMask } from "../support/mask.mjs";
import { sampleMask } from "../support/worker.mjs";

describe("the masks of real slices", () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  for (const architecture of ["unet", "unetpp"]) {
    test(`${architecture}: GPU, CPU and native burn give the same, and it lies on the nodule`, async () => {
      const gpu = await sampleMask(browser, architecture, "gpu");
      const cpu = await sampleMask(browser, architecture, "cpu");
      const native = nativeMask(architecture);
      assert.ok(dice(gpu, cpu) >= 0.999, `GPU against CPU: ${dice(gpu, cpu)}`);
      assert.ok(dice(gpu, native) >= 0.999, `GPU against burn: ${dice(gpu, native)}`);
      assert.ok(dice(cpu, native) >= 0.999, `CPU against burn: ${dice(cpu, native)}`);
    });
  }

  test("a browser without fused multiply-add gets another module and gives the same", async (t) => {
    const context = await browser.newContext();
    t.after(() => context.close());
    const loaded = [];
    context.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    const asked = "WebAssembly.validate(RELAXED_SIMD)";
    await context.route("**/engine-worker.js", async (route) => {
      const answer = await route.fetch();
      const script = await answer.text();
      assert.ok(script.includes(asked));
      await route.fulfill({ response: answer, body: script.replace(asked, "false") });
    });
    const mask = await sampleMask(context, "unet", "cpu");
    const modules = loaded.filter((path) => path.endsWith("engine_bg.wasm"));
    assert.deepEqual([...new Set(modules)], ["/engine/engine_bg.wasm"]);
    assert.ok(dice(mask, nativeMask("unet")) >= 0.999, `against burn: ${dice(mask, nativeMask("unet"))}`);
  });
});
