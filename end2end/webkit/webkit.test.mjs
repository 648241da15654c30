// The product in WebKit, Safari's engine: the engine's masks, a reader's way to findings, and no line.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BASE_URL } from "../support/browser.mjs";
import { TRIED, untilKept } from "../support/kept.mjs";
import { openLine } from "../support/line.mjs";
import { dice, nativeMask } from "../support/mask.mjs";
import { sample } from "../support/reading.mjs";
import { launchWebKit } from "../support/webkit.mjs";
import { SAMPLE, sampleMask } from "../support/worker.mjs";

describe("in WebKit", () => {
  let browser;
  before(async () => (browser = await launchWebKit()));
  after(() => browser.close());

  for (const architecture of ["unet", "unetpp"]) {
    test(`${architecture}: the processor's mask is burn's, and it lies on the nodule`, async () => {
      const mask = await sampleMask(browser, architecture, "cpu");
      const agreement = dice(mask, nativeMask(architecture));
      assert.ok(agreement >= 0.999, `against burn: ${agreement}`);
    });
  }

  test("a reader opens DICOM files, segments them, reads the findings and takes them along", async () => {
    const page = await browser.newPage();
    await page.goto(`${BASE_URL}/read`);
    await page.choose("Choose files", SAMPLE.map(sample));
    await page.text("Slice 2 of 3");
    await page.text("CPU ·");
    await page.press("Whole series (3)");
    await page.text("3 slices segmented");
    // At the end of the run the list is sorted by lesions.
    await page.text("Done: ");
    const [largest] = await page.findings();
    const longest = Number(largest.match(/([\d.]+)\s*×/)[1]);
    assert.ok(longest > 18 && longest < 32, largest);
    await page.shoot("findings");
  });

  test("after one visit the reading room works without a line", async (t) => {
    const line = await openLine();
    t.after(line.cut);
    const page = await browser.newPage();
    const trySample = async () => {
      await page.goto(`${line.url}/read`);
      await page.press("Try a sample");
      await page.text("Lesion 1");
      await page.text("Done: ");
      return page.findings();
    };
    const before = await trySample();
    assert.ok(before.length > 0);
    await untilKept(page, TRIED);
    await line.cut();
    assert.deepEqual(await trySample(), before);
  });
});
