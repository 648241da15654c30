// A worker that is lost takes no results with it: the page opens the scan in the next one and puts them back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { drawAround, exportedMask, findings, sample, segmentAll } from "../support/reading.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

/** The sample's slices, segmented, one of them corrected, and with a line measured by hand. */
async function openCorrected(t) {
  // What a service worker passes on, a test does not see.
  const page = await openPage(t, { viewport: { width: 1280, height: 900 }, serviceWorkers: "block" });
  await page.addInitScript(() => {
    globalThis.Worker = class extends Worker {
      constructor(...how) {
        super(...how);
        globalThis.engine = this;
      }
    };
  });
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await segmentAll(page);
  await page.getByRole("button", { name: "Cancel" }).waitFor({ state: "detached" });
  await page.getByText("Add area", { exact: true }).click();
  await drawAround(page, -60, -30, -20, 10);
  await page.getByText("Corrected by the reader: slice 2").waitFor();
  await page.getByText("Measure", { exact: true }).click();
  const box = await page.getByRole("application", { name: /^CT viewer/ }).boundingBox();
  const [middle, below] = [box.x + box.width / 2, box.y + box.height / 2 + 60];
  await page.mouse.move(middle - 40, below);
  await page.mouse.down();
  await page.mouse.move(middle + 40, below, { steps: 5 });
  await page.mouse.up();
  return page;
}

/** The worker ends as it does without memory. */
const lose = (page) =>
  page.evaluate(() => {
    engine.terminate();
    engine.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
  });

async function figures(page) {
  const { bytes } = await download(page, page.getByRole("button", { name: "Findings (JSON)" }));
  const { corrected_slices, measured } = JSON.parse(bytes.toString());
  return { corrected_slices, measured };
}

test("masks, corrections and lines are back in the next worker, and can be corrected there", async (t) => {
  const page = await openCorrected(t);
  const before = [await findings(page), await exportedMask(page), await figures(page)];
  assert.equal(before[2].measured.length, 1);
  await lose(page);
  await page.getByText(/out of memory.*What was found on it is back, with your corrections/).waitFor();
  await page.getByText("3 slices segmented").waitFor();
  assert.deepEqual([await findings(page), await exportedMask(page), await figures(page)], before);
  await shoot(page, "lost", { fullPage: false });

  await page.getByText("Cut area", { exact: true }).click();
  await drawAround(page, -190, -190, 190, 190);
  await page.getByRole("button", { name: "Undo (U)" }).click();
  await page.getByText("Corrected by the reader: slice 2").waitFor();
  assert.deepEqual(await findings(page), before[0]);
});

test("where the files cannot be read again, what was found stays to be looked at", async (t) => {
  const page = await openCorrected(t);
  const before = await findings(page);
  await page.evaluate(() => {
    File.prototype.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotFoundError"));
  });
  await lose(page);
  await page.getByText(/could not be read from the disk once more.*still shown, to be saved or printed/).waitFor();
  await page.getByText("3 slices segmented").waitFor();
  assert.deepEqual(await findings(page), before);
  for (const name of ["Findings (CSV)", "Segment this slice"]) {
    assert.equal(await page.getByRole("button", { name }).getAttribute("aria-disabled"), "true", name);
  }
  await page.getByText("Add area", { exact: true }).click();
  await drawAround(page, -60, -30, -20, 10);
  await page.getByText("Open it again to correct it").waitFor();
});

test("a new release that the worker may be of is told to whoever has no account", async (t) => {
  const page = await openCorrected(t);
  const words = page.getByText("The site has a new release");
  assert.equal(await words.isVisible(), false);
  await page.route("**/api/account/me", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "x-release": "0123456789abcdef" } });
  });
  await lose(page);
  await words.waitFor();
  await page.getByText("is back, with your corrections").waitFor();
});
