// The engine against burn, both in one module in the browser: each step, so that an error is found in the step
// that makes it, and whole networks on random and on published weights. Natively the same are unit tests
// (model/src/engine/{cpu,gpu}/truth.rs) and model/tests/engine/reference.rs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "../support/browser.mjs";
import { openTruth, PUBLISHED, RANDOM, SLICE } from "../support/truth.mjs";

describe("the engine against burn in Chromium", () => {
  let browser, truth;
  before(async () => {
    browser = await launch();
    truth = await openTruth(browser);
  });
  after(async () => {
    await browser?.close();
    truth?.stop();
  });

  for (const weights of [...RANDOM, ...PUBLISHED]) {
    for (const way of ["cpu", "direct", "tiled"]) {
      describe(`${weights}, ${way}`, () => {
        let pair;
        before(async () => (pair = await truth.start(weights, way)));
        after(() => pair?.free());

        for (const [image, slice] of [["the golden image", null], ["a part of a real slice", SLICE]]) {
          test(`on ${image} each step gives what burn gives`, async () => {
            const found = await pair.steps(slice);
            assert.ok(found.length >= 10, `${found.length} steps`);
            for (const [step, off] of found) assert.ok(off <= 1e-5, `${step} is off by ${off} of the largest value`);
          });
        }

        test("so does the whole network", async () => {
          const [off, largest, dice, pixels] = await pair.network();
          assert.ok(off <= 1e-3 && off <= 1e-4 * largest, `off by ${off}, largest ${largest}`);
          // Above a limit that halves the image, whatever the network's own would find there.
          assert.ok(dice >= 0.999 && pixels > 1000, `Dice ${dice}, ${pixels} pixels`);
        });

        // The tiled kernels are for real cards; an emulated one would take minutes.
        if (way === "tiled" || !PUBLISHED.includes(weights)) return;
        test("on a real slice it finds what burn finds", async () => {
          const [off, largest, dice, pixels] = await pair.network(SLICE);
          assert.ok(off <= 1e-3 && off <= 1e-4 * largest && dice >= 0.999 && pixels > 50, `off by ${off}, Dice ${dice}, ${pixels} pixels`);
        });
      });
    }
  }
});
