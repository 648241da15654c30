// Weights: what is done while they come, and which are refused.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { launch } from "../support/browser.mjs";
import { answer, ask, network, prepare, startWorker } from "../support/worker.mjs";

const manifest = JSON.parse(readFileSync(new URL("../../public/weights/manifest.json", import.meta.url), "utf8"));
const UNET = "**/weights/unet.safetensors";

/** Has a worker's U-Net arrive as `alter` leaves its bytes, the first `times` that it is asked for; how often it was. */
async function altered(page, alter, times = Infinity) {
  const asked = { count: 0 };
  await page.context().route(UNET, async (route) => {
    asked.count += 1;
    if (asked.count > times) return route.continue();
    const response = await route.fetch();
    const body = await response.body();
    alter(body);
    return route.fulfill({ response, body });
  });
  return asked;
}

/** Far behind the header: the last bit of one weight, which no self-test sees. */
const damage = (body) => (body[body.length - 20_000] ^= 1);

/** Asks for the U-Net; all events until it is ready or not. */
const ready = (page, more = {}) => ask(page, { type: "prepare", ...network("unet", "cpu"), ...more }, [], ["engine_ready"]);

/** As the page does, which knows the file's sum. */
const checked = (page) => ready(page, { weights_sha256: manifest.unet.sha256 });

describe("weights", () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  test("kernels are compiled while the weights are downloaded", async () => {
    const page = await startWorker(browser);
    const inWorker = (work) => page.workers()[0].evaluate(work);
    await inWorker(() => {
      self.kernels = 0;
      for (const name of ["createComputePipeline", "createComputePipelineAsync"]) {
        const create = GPUDevice.prototype[name];
        GPUDevice.prototype[name] = function (...args) {
          self.kernels += 1;
          return create.apply(this, args);
        };
      }
    });
    let compiled = 0;
    await page.context().route(UNET, async (route) => {
      const until = Date.now() + 60_000;
      while (compiled === 0 && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        compiled = await inWorker(() => self.kernels);
      }
      await route.continue();
    });
    await prepare(page, "unet", "gpu");
    assert.ok(compiled > 0, "none before the weights were there");
    await page.close();
  });

  test("weights that arrive with one bit changed are fetched once more", async () => {
    const page = await startWorker(browser);
    const asked = await altered(page, damage, 1);
    answer(await checked(page), "engine_ready");
    assert.equal(asked.count, 2);
    await page.close();
  });

  test("weights that stay damaged are refused, and can be had when the server has them whole", async () => {
    const page = await startWorker(browser);
    const asked = await altered(page, damage, 2);
    const { cause, way_out } = answer(await checked(page), "not_ready");
    assert.match(cause, /damaged, or the server has another release/);
    assert.match(way_out, /Reload the page/);
    assert.equal(asked.count, 2);
    answer(await checked(page), "engine_ready");
    assert.equal(asked.count, 3);
    await page.close();
  });

  test("weights that fail the golden self-test are refused", async () => {
    const page = await startWorker(browser);
    await altered(page, (body) => {
      // Ones in place of a long run of f16 weights: every name and shape stays right.
      const start = 8 + Number(body.readBigUInt64LE(0));
      for (let at = start + 60000; at + 1 < start + 120000; at += 2) body.writeUInt16LE(0x3c00, at);
    });
    assert.match(answer(await ready(page), "not_ready").cause, /self-test/);
    await page.close();
  });
});
