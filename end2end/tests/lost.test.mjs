// A worker that is lost takes no results with it: the page opens the scan in the next one and puts them back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import {
  PATIENCE, atRest, drawAround, exportedMask, findings, isDrawn, placeOf, sample, segmentAgain, segmentAll,
} from "../support/reading.mjs";
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
  await isDrawn(page);
  await segmentAll(page);
  await page.getByText("Add area", { exact: true }).click();
  await drawAround(page, -60, -30, -20, 10);
  await page.getByText("Corrected by the reader: slice 2").waitFor();
  await atRest(page);
  await page.getByText("Measure", { exact: true }).click();
  const box = await placeOf(page);
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

const isBack = (page) => page.getByText(/What was found on the scan is back, with your corrections/).waitFor(PATIENCE);

test("masks, corrections and lines are back in the next worker, and can be corrected there", async (t) => {
  const page = await openCorrected(t);
  const before = [await findings(page), await exportedMask(page), await figures(page)];
  assert.equal(before[2].measured.length, 1);
  await lose(page);
  await page.getByText(/out of memory.*the scan is opened in it once more/).waitFor();
  await isBack(page);
  await becomes(() => findings(page), before[0]);
  assert.deepEqual([await findings(page), await exportedMask(page), await figures(page)], before);
  await shoot(page, "lost", { fullPage: false });

  await page.getByText("Cut area", { exact: true }).click();
  await drawAround(page, -190, -190, 190, 190);
  await atRest(page);
  await page.getByRole("button", { name: "Undo (Ctrl + Z)" }).click();
  await atRest(page);
  await page.getByText("Corrected by the reader: slice 2").waitFor();
  await becomes(() => findings(page), before[0]);
});

test("slices that were segmented with different settings are all back, with their own", async (t) => {
  const page = await openCorrected(t);
  await page.getByRole("application", { name: /^CT viewer/ }).press("ArrowUp");
  await page.getByText("Slice 3 of 3").first().waitFor();
  await page.getByText("Median", { exact: true }).click();
  await segmentAgain(page);
  const madeWith = async () => {
    const { bytes } = await download(page, page.getByRole("button", { name: "Findings (JSON)" }));
    const { made_with } = JSON.parse(bytes.toString());
    return made_with.map(({ slices, settings }) => [slices, settings.denoise]);
  };
  const before = [await findings(page), await exportedMask(page), await figures(page), await madeWith()];
  assert.deepEqual(before[3], [[[0, 1], "none"], [[2], "median"]]);
  await lose(page);
  await isBack(page);
  await becomes(() => findings(page), before[0]);
  assert.deepEqual([await findings(page), await exportedMask(page), await figures(page), await madeWith()], before);
});

test("one more slice that is segmented in the next worker leaves what was found on the others", async (t) => {
  const page = await openCorrected(t);
  const before = [await exportedMask(page), await figures(page)];
  const middle = (mask) => mask.slice(mask.length / 3, (mask.length * 2) / 3);
  assert.ok(middle(before[0]).some((voxel) => voxel > 0));
  await lose(page);
  await isBack(page);
  await page.getByRole("application", { name: /^CT viewer/ }).press("ArrowUp");
  await page.getByText("Slice 3 of 3").first().waitFor();
  await segmentAgain(page);
  assert.deepEqual([middle(await exportedMask(page)), await figures(page)], [middle(before[0]), before[1]]);
});

test("where the files cannot be read again, what was found stays to be looked at", async (t) => {
  const page = await openCorrected(t);
  const before = await findings(page);
  await page.evaluate(() => {
    File.prototype.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotFoundError"));
  });
  await lose(page);
  await page.getByText(/could not be read from the disk once more.*still shown, to be printed, but/).waitFor();
  await page.getByText("3 slices segmented").waitFor();
  await becomes(() => findings(page), before);
  for (const name of ["Findings (CSV)", "Segment this slice"]) {
    await becomes(() => page.getByRole("button", { name }).getAttribute("aria-disabled"), "true", name);
  }
  await page.getByText("Add area", { exact: true }).click();
  await drawAround(page, -60, -30, -20, 10);
  await page.getByText("Open it again first").waitFor();
});

test("a new release that the worker may be of is told to whoever has no account", async (t) => {
  const page = await openCorrected(t);
  const words = page.getByText("The site has a new release");
  assert.equal(await words.isVisible(), false);
  const asked = [];
  page.on("request", (request) => asked.push([request.method(), new URL(request.url()).pathname]));
  await page.route("**/read", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "x-release": "0123456789abcdef" } });
  });
  await lose(page);
  await words.waitFor();
  assert.ok(asked.some(([method, path]) => method === "HEAD" && path === "/read"));
  assert.deepEqual(asked.filter(([method]) => !["GET", "HEAD"].includes(method)), []);
  await isBack(page);
});

test("another file that does not open costs nothing of the scan that is on its way into the next worker", async (t) => {
  const page = await openCorrected(t);
  const before = [await findings(page), await exportedMask(page), await figures(page)];
  await page.evaluate(() => {
    const read = File.prototype.arrayBuffer;
    const isFirst = () => document.documentElement.dataset.chosen === undefined;
    File.prototype.arrayBuffer = function () {
      return isFirst() ? new Promise(() => {}) : read.call(this);
    };
  });
  await lose(page);
  await page.getByText("Opening the scan…").waitFor();
  page.on("dialog", (dialog) => dialog.accept());
  await page.evaluate(() => {
    document.documentElement.dataset.chosen = "";
  });
  const buffer = Buffer.from("not a scan ".repeat(90));
  await page.getByLabel("Choose files").setInputFiles({ name: "notes.dcm", mimeType: "application/dicom", buffer });
  await isBack(page);
  await becomes(() => findings(page), before[0]);
  assert.deepEqual([await findings(page), await exportedMask(page), await figures(page)], before);
});
