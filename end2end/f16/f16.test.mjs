// The kernels of a card with 16-bit numbers in Chromium, on the driver that `run.sh` puts into it: against burn, and
// at the product's own work.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "../support/serve.mjs";
import { dice } from "../support/mask.mjs";
import { openTruth, PUBLISHED, RANDOM, SLICE } from "../support/truth.mjs";
import { exportedMask, openSample, prepare, RENAMED, segment, startWorker } from "../support/worker.mjs";

/** The mask of the sample's middle slice, and what the engine said of itself. */
async function segmented(page, architecture, backend) {
  await openSample(page);
  const info = await prepare(page, architecture, backend);
  await segment(page, info, [1]);
  return { info, mask: await exportedMask(page) };
}

describe("the engine on a card with f16 in Chromium", () => {
  let browser, server, address;
  before(async () => {
    server = await serve({ "/": fileURLToPath(new URL("../../site", import.meta.url)) });
    address = `${server.url}/bench.html`;
    browser = await chromium.launch({
      executablePath: process.env.NEUROCARE_CHROMIUM,
      // The sandbox of the GPU's process keeps drivers out that Chromium does not know.
      args: ["--no-sandbox", "--disable-gpu-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
    });
  });
  after(async () => {
    await browser?.close();
    server.stop();
  });

  for (const architecture of ["unet", "unetpp"]) {
    test(`${architecture}: f16 kernels pass the self-test and give the processor's mask`, async (t) => {
      const cpu = await startWorker(browser, address);
      const reference = await segmented(cpu, architecture, "cpu");
      await cpu.close();
      assert.ok(reference.mask.some((voxel) => voxel > 0));

      const page = await startWorker(browser, address);
      const inWorker = page.workers()[0];
      // Under an emulated card's name the engine would leave out what real cards are given.
      await inWorker.evaluate(RENAMED);
      await inWorker.evaluate(() => {
        self.shaders = { f16: 0, tiled: 0 };
        const create = GPUDevice.prototype.createShaderModule;
        GPUDevice.prototype.createShaderModule = function (descriptor) {
          self.shaders.f16 += descriptor.code.includes("enable f16;");
          self.shaders.tiled += descriptor.code.includes("var<workgroup>");
          return create.call(this, descriptor);
        };
      });
      const { info, mask } = await segmented(page, architecture, "gpu");
      const shaders = await inWorker.evaluate(() => self.shaders);
      assert.ok(shaders.f16 > 0 && shaders.tiled > 0, JSON.stringify(shaders));
      assert.ok(info.self_test_error < 0.02, `logits off by ${info.self_test_error}`);
      assert.ok(info.self_test_error > 1e-4, `logits off by ${info.self_test_error} only: that is not f16`);
      assert.ok(dice(mask, reference.mask) >= 0.999, `Dice with the processor ${dice(mask, reference.mask)}`);
      t.diagnostic(`logits off by ${info.self_test_error}, Dice with the processor ${dice(mask, reference.mask)}`);
      t.diagnostic(`${shaders.f16} shader modules with f16, ${shaders.tiled} with workgroup memory`);
      await page.close();
    });
  }

  describe("against burn", () => {
    let truth;
    before(async () => {
      truth = await openTruth(browser);
      await truth.page.evaluate(RENAMED);
    });
    after(() => truth?.stop());

    for (const weights of [...RANDOM, ...PUBLISHED]) {
      describe(weights, () => {
        let pair;
        before(async () => (pair = await truth.start(weights, "tiled")));
        after(() => pair?.free());

        for (const [image, slice] of [["the golden image", null], ["a part of a real slice", SLICE]]) {
          test(`each step in f16 on ${image}`, async () => {
            const found = await pair.steps(slice);
            assert.ok(found.length >= 10, `${found.length} steps`);
            // What is written is rounded to eleven significant bits; so are sums of 12 products.
            for (const [step, off] of found) assert.ok(off <= 2e-3, `${step} is off by ${off} of the largest value`);
            assert.ok(found.some(([, off]) => off > 1e-5), "that is not f16");
          });
        }

        test("the whole network in f16", async (t) => {
          const [off, largest] = await pair.network();
          assert.ok(off <= 2e-2, `off by ${off}, largest ${largest}`);
          assert.ok(off > 1e-5 * largest, `off by ${off} only, largest ${largest}: that is not f16`);
          t.diagnostic(`off by ${off}, largest ${largest}`);
        });

        if (!PUBLISHED.includes(weights)) return;
        test("on a real slice the kernels of real cards find in f32 what burn finds", async (t) => {
          // Under its own name the card is an emulated one, which computes in f32.
          const plain = await openTruth(browser);
          t.after(() => plain.stop());
          const single = await plain.start(weights, "tiled");
          const [off, largest, dice, pixels] = await single.network(SLICE);
          assert.ok(off <= 1e-3 && off <= 1e-4 * largest && dice >= 0.999 && pixels > 50, `off by ${off}, Dice ${dice}, ${pixels} pixels`);
          t.diagnostic(`off by ${off}, largest ${largest}, Dice ${dice}`);
        });

        test("on a real slice it finds in f16 what burn finds", async (t) => {
          const [off, largest, dice, pixels] = await pair.network(SLICE);
          assert.ok(off <= 2e-2 && dice >= 0.999 && pixels > 50, `off by ${off}, Dice ${dice}, ${pixels} pixels`);
          t.diagnostic(`off by ${off}, largest ${largest}, Dice ${dice}`);
        });
      });
    }
  });
});
