// Pictures do not say how large their pixels are: the reader does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { enter } from "../support/account.mjs";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage, recordErrors } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import {
  atRest, cross, drawAround, findings, isAlive, isDrawn, measure, placeOf, sample, saveAs, segmentAgain, segmentSlice,
} from "../support/reading.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

const EDGE_PX = 512;
const PIXEL_MM = 0.82;
const BY_READER = /Sizes in mm are by the reader’s calibration: 0\.820\smm a pixel/;

function chunk(kind, bytes) {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), bytes]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(bytes.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A slice of the sample as a screen shows it, from air (black) to 400 HU (white). */
function picture() {
  const bytes = readFileSync(sample(SAMPLE[1]));
  const start = bytes.length - EDGE_PX * EDGE_PX * 2;
  const rows = Buffer.alloc(EDGE_PX * (EDGE_PX + 1));
  for (let row = 0; row < EDGE_PX; row++) {
    for (let col = 0; col < EDGE_PX; col++) {
      const hu = bytes.readInt16LE(start + (row * EDGE_PX + col) * 2) - 1024;
      rows[row * (EDGE_PX + 1) + col + 1] = Math.min(255, Math.max(0, ((hu + 1000) / 1400) * 255));
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(EDGE_PX, 0);
  head.writeUInt32BE(EDGE_PX, 4);
  head[8] = 8;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

async function openPicture(page) {
  await isAlive(page);
  const file = { name: "slice.png", mimeType: "image/png", buffer: picture() };
  await page.getByLabel("Choose files").setInputFiles(file);
  await page.getByRole("heading", { name: "slice.png" }).waitFor();
  await isDrawn(page);
}

/** With an area that is drawn, so that there is something to measure whatever the network finds. */
async function openDrawn(page) {
  await openPicture(page);
  await segmentSlice(page);
  await page.getByText("Add area", { exact: true }).click();
  await drawAround(page, -60, -30, -20, 10);
  await page.getByText("Corrected by the reader: slice 1").waitFor();
  await atRest(page);
}

async function calibrate(page, mm, button) {
  const field = page.getByLabel("Millimetres");
  if (!(await field.isVisible())) await page.getByText("Calibrate: size of a pixel, or a known length").click();
  await field.fill(mm);
  await page.getByRole("button", { name: button }).click();
}

async function exported(page) {
  const csv = await download(page, page.getByRole("button", { name: "Findings (CSV)" }));
  const [titles, ...lines] = csv.bytes.toString().trimEnd().split("\r\n").map((line) => line.split(","));
  const { bytes } = await download(page, page.getByRole("button", { name: "Findings (JSON)" }));
  const { scan, summary } = JSON.parse(bytes.toString());
  return { sizesBy: lines.map((line) => line[titles.indexOf("sizes_by")]), scan, findings: summary.findings };
}

test("a picture is measured in mm once the reader says how large its pixels are, and says whose word that is", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
  const errors = recordErrors(page);
  await page.goto(`${BASE_URL}/read`);
  await openDrawn(page);
  await page.getByText("pixel size unknown").waitFor();
  const before = await exported(page);
  assert.ok(before.sizesBy.length > 0 && before.sizesBy.every((by) => by === ""));
  assert.equal(before.scan.is_calibrated_by_reader, false);
  assert.match((await findings(page)).join(), /\d\spx/);

  await calibrate(page, "0.0007", "This is the pixel size");
  await page.getByRole("alert").filter({ hasText: "That cannot be the size of a CT" }).waitFor();
  await calibrate(page, "0,82", "This is the pixel size");
  await page.getByText("0.82 × 0.82 mm pixels by the reader’s calibration").waitFor();
  await page.locator(".result").getByText(BY_READER).waitFor();
  await page.locator(".finding", { hasText: "mm" }).first().waitFor();
  const after = await exported(page);
  assert.ok(after.sizesBy.every((by) => by === "reader"));
  assert.equal(after.scan.is_calibrated_by_reader, true);
  assert.equal(after.findings.length, before.findings.length);
  for (const [i, { longest_px, longest_mm, area_px, area_mm2 }] of after.findings.entries()) {
    assert.equal(longest_px, before.findings[i].longest_px);
    assert.ok(Math.abs(longest_mm - longest_px * PIXEL_MM) < 1e-3);
    assert.ok(Math.abs(area_mm2 - area_px * PIXEL_MM ** 2) < 1e-2);
  }
  await shoot(page, "calibrated");

  // The network has not seen it at that size yet.
  await page.getByText("segment again to have the network see the image at that scale").waitFor();
  await segmentAgain(page);
  assert.ok((await exported(page)).sizesBy.every((by) => by === "reader"));

  await page.getByRole("button", { name: "Remove calibration" }).click();
  await page.getByText("pixel size unknown").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "calibration-mm", "the button is gone");
  await becomes(() => page.getByText(BY_READER).count(), 0);
  assert.deepEqual(errors, []);
});

test("without the part that measures sizes stay in pixels, and are in mm once it can be fetched", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 }, serviceWorkers: "block" });
  const part = "**/results-*.wasm";
  await page.route(part, (route) => route.abort());
  await page.goto(`${BASE_URL}/read`);
  await openPicture(page);
  await calibrate(page, "0.82", "This is the pixel size");
  await page.getByText("A part of the program could not be fetched.").waitFor();
  await page.getByText("pixel size unknown").waitFor();
  assert.equal(await page.getByText("by the reader’s calibration").count(), 0);
  await page.unroute(part);
  await calibrate(page, "0.82", "This is the pixel size");
  await page.getByText("0.82 × 0.82 mm pixels by the reader’s calibration").waitFor();
  assert.equal(await page.getByText("A part of the program could not be fetched.").count(), 0);
});

test("a line of known length says how large pixels are", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
  await page.goto(`${BASE_URL}/read`);
  await openPicture(page);
  await page.getByText("Calibrate: size of a pixel, or a known length").click();
  const button = page.getByRole("button", { name: "This is the length of the last line" });
  assert.ok(await button.isDisabled());
  await page.getByText("Measure", { exact: true }).click();
  const box = await placeOf(page);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x - 60, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y, { steps: 5 });
  await page.mouse.up();
  await page.getByRole("application", { name: /line of [\d.]+\spx/ }).waitFor();
  await calibrate(page, "50", "This is the length of the last line");
  await page.getByText("mm pixels by the reader’s calibration").waitFor();
  await page.getByRole("application", { name: /line of 50\.0\smm/ }).waitFor();
  assert.ok(await button.evaluate((it) => it === document.activeElement), "the keyboard is where it was");
  await page.getByRole("region", { name: "Measured by the reader" }).getByText(/Sizes in mm are by the reader’s calibration/).waitFor();
});

test("a short axis is where it was if its end was being moved when pixels got a size, and that is given up", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
  await page.goto(`${BASE_URL}/read`);
  await openPicture(page);
  await page.getByText("Calibrate: size of a pixel, or a known length").click();
  await page.getByLabel("Millimetres").fill("0.82");
  await page.getByText("Measure", { exact: true }).click();
  await measure(page);
  await cross(page);
  const axes = async (unit) => {
    const viewer = page.getByRole("application", { name: new RegExp(`axes of [\\d.]+ × [\\d.]+\\s${unit}`) });
    const [, ...numbers] = (await viewer.getAttribute("aria-label")).match(/axes of ([\d.]+) × ([\d.]+)/);
    return numbers.map(Number);
  };
  const before = await axes("px");
  const box = await placeOf(page);
  const [x, y] = [box.x + box.width / 2 - 40, box.y + box.height / 2];
  await page.mouse.move(x, y + 25);
  await page.mouse.down();
  await page.mouse.move(x, y + 60, { steps: 4 });
  assert.ok((await axes("px"))[1] > before[1] + 1, "its end is held");
  await page.getByRole("button", { name: "This is the pixel size" }).evaluate((button) => button.click());
  await page.getByText("0.82 × 0.82 mm pixels by the reader’s calibration").waitFor();
  await page.keyboard.press("Escape");
  const isAsBefore = async () => {
    const after = await axes("mm");
    return after.every((mm, i) => Math.abs(mm - before[i] * PIXEL_MM) < 0.1);
  };
  await becomes(isAsBefore, true);
  await page.mouse.up();
});

test("in the full screen of a phone, too, it is told what cannot be the size of a pixel", async (t) => {
  const page = await openPage(t, { viewport: { width: 390, height: 844 } });
  await page.goto(`${BASE_URL}/read`);
  await openPicture(page);
  await page.getByRole("application", { name: /^CT viewer/ }).press("f");
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await calibrate(page, "0.0007", "This is the pixel size");
  await page.getByRole("alert").filter({ hasText: "That cannot be the size of a CT" }).waitFor();
});

test("a calibration is saved, and comes back with the analysis", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
  await enter(page);
  await page.goto(`${BASE_URL}/read`);
  await openDrawn(page);
  await calibrate(page, "0.82", "This is the pixel size");
  await page.locator(".result").getByText(BY_READER).waitFor();
  await saveAs(page, "Patient 12");
  await page.getByText("Saved.", { exact: true }).waitFor();
  const before = await findings(page);

  await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
  await page.getByRole("row", { name: /Patient 12/ }).getByText("Sizes are by the reader’s calibration.").waitFor();
  await page.getByRole("rowheader").getByRole("link").click();
  await page.getByText(BY_READER).first().waitFor();
  await becomes(() => findings(page), before);

  await page.goto(`${BASE_URL}/read`);
  await openPicture(page);
  await page.getByText("pixel size unknown").waitFor();
  await page.getByText(/mm by your calibration\.$/).waitFor();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByText("0.82 × 0.82 mm pixels by the reader’s calibration").waitFor();
  await page.locator(".finding").first().waitFor();
  await atRest(page);
  assert.deepEqual(await findings(page), before);
  const { sizesBy, scan } = await exported(page);
  assert.ok(sizesBy.length > 0 && sizesBy.every((by) => by === "reader"));
  assert.equal(scan.is_calibrated_by_reader, true);
});
