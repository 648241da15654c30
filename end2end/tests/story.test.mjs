// The product's main story, as a person lives it: open a real CT slice, see lung and tumour,
// have them measured and explained, compare with the readers, take the results along.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { says } from "../support/becomes.mjs";
import { BASE_URL, openPage, overflowPx, recordErrors, recordRequests } from "../support/browser.mjs";
import { download, downloads } from "../support/download.mjs";
import { niftiVoxels } from "../support/mask.mjs";
import { PATIENCE, atRest, isAlive, sample } from "../support/reading.mjs";
import { settled } from "../support/settled.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";


const choose = (page, legend, option) =>
  page.getByRole("group", { name: legend }).getByText(option, { exact: true }).click();

/** A ratio of the agreement panel as a number. */
async function ratio(page, name) {
  const panel = page.locator("section", { has: page.getByRole("heading", { name: "Reference mask" }) });
  const text = await panel.innerText();
  const match = text.match(new RegExp(`${name}\\s*([01]?\\.\\d+)`));
  assert.ok(match, `no ${name} in: ${text}`);
  return Number(match[1]);
}

/** The sample's Study Instance UID, (0020,000D). */
function studyUid() {
  const file = readFileSync(sample(SAMPLE[0]));
  const at = file.indexOf(Buffer.from([0x20, 0, 0x0d, 0, 0x55, 0x49]));
  return file.subarray(at + 8, at + 8 + file.readUInt16LE(at + 6));
}

/** No request may carry a body, leave our origin, or hide pixels in its address. */
function assertNothingSent(requests) {
  assert.ok(requests.length > 0);
  for (const { method, url, body } of requests) {
    if (url.startsWith("blob:") || url.startsWith("data:")) continue;
    assert.ok(url.startsWith(`${BASE_URL}/`), `a request to another place: ${url}`);
    assert.equal(method, "GET", `${method} ${url}`);
    assert.equal(body, null, `a body with ${url}`);
    assert.ok(url.length < 300, `a suspiciously long address: ${url.slice(0, 300)}`);
  }
}

for (const { backend, webgpu, network } of [
  { backend: "GPU", webgpu: true, network: "U-Net" },
  { backend: "CPU", webgpu: false, network: "U-Net++" },
]) {
  describe(`from the home page to measured findings, ${network} on the ${backend}`, () => {
    test("open DICOM files, segment, read the findings, compare with the readers, export", async (t) => {
      const page = await openPage(t, { webgpu, viewport: { width: 1280, height: 900 } });
      const requests = recordRequests(page);
      const errors = recordErrors(page);

      await page.goto(BASE_URL, { waitUntil: "networkidle" });
      await page.getByRole("link", { name: /reading room/i }).first().click();
      await isAlive(page);
      await choose(page, "Compute on", backend);
      await choose(page, "Network", network);

      await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
      await page.getByText("Slice 2 of 3").first().waitFor();
      await page.getByText(`${backend} ·`).waitFor(PATIENCE);
      await page.getByRole("button", { name: "Whole series (3)" }).click();
      await page.getByText("3 slices segmented").waitFor(PATIENCE);
      await atRest(page);

      // The nodule that four radiologists marked is the largest finding: 20 to 30 mm.
      const finding = page.locator(".finding").first();
      const words = await finding.innerText();
      const longest = Number(words.match(/([\d.]+)\s*×/)?.[1] ?? words.match(/([\d.]+)\s*mm/)[1]);
      assert.ok(longest > 18 && longest < 32, words);
      assert.match(words, /mm²/);
      assert.match(words, /HU/);
      await finding.click();
      await says(page.locator(".result"), /AI confidence[\s\S]*Recommended actions/i);
      await says(page.locator(".result"), /not a diagnosis/i);

      await page.getByLabel("Choose a mask").setInputFiles(sample("reference.nii.gz"));
      await page.getByText(/pixels marked/).waitFor();
      await page.getByRole("heading", { name: "All segmented slices" }).waitFor(PATIENCE);
      await atRest(page);
      assert.ok((await ratio(page, "Dice")) > 0.5);
      assert.ok((await ratio(page, "Recall")) > 0.5);
      await shoot(page, `result-${backend.toLowerCase()}`);

      const files = {};
      for (const [button, start] of [
        ["Mask (NIfTI)", Buffer.from([0x5c, 0x01, 0, 0])],
        ["Lung (NIfTI)", Buffer.from([0x5c, 0x01, 0, 0])],
        ["Mask (DICOM SEG)", Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")])],
        ["Contours (DICOM RT)", Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")])],
        ["Findings (CSV)", Buffer.from("status,lesion,slice,row,")],
        ["Findings (JSON)", Buffer.from("{")],
        ["Picture (PNG)", Buffer.from([0x89, 0x50, 0x4e, 0x47])],
      ]) {
        const { name, bytes } = await download(page, page.getByRole("button", { name: button }));
        assert.ok(bytes.subarray(0, start.length).equals(start), `${button}: ${bytes.subarray(0, 16).toString("hex")}`);
        files[button] = bytes;
        if (button.includes("DICOM")) {
          assert.match(name, /^neurocare-tumour-(mask|contours)-\d{4}-\d\d-\d\d-\d{6}\.dcm$/);
          // Patient and study are the scan's, or no archive would file it there.
          assert.ok(bytes.includes("LIDC-IDRI-0003") && bytes.includes(studyUid()));
        }
      }

      // The report comes with the Segmentation that it refers to, whose UID is in both, and with each lesion's figures.
      const press = page.getByRole("button", { name: "Measurements (DICOM SR)" });
      const pair = await downloads(page, press, 2);
      const [report, mask] = ["measurements", "tumour-mask"].map((name) => pair.find((it) => it.name.includes(name)).bytes);
      assert.ok(report.includes("LIDC-IDRI-0003") && report.includes(studyUid()) && report.includes("UNVERIFIED"));
      // (0008,0018), of the object; the meta information before has it under another tag.
      const at = mask.indexOf(Buffer.from([8, 0, 0x18, 0, 0x55, 0x49]));
      const uid = mask.subarray(at + 8, at + 8 + mask.readUInt16LE(at + 6)).toString().replace(/\0$/, "");
      assert.ok(uid.startsWith("2.25.") && report.includes(uid));
      files.report = report;

      // Both on one grid: what is marked lies in the lung, which is much larger.
      const [tumour, lung] = ["Mask (NIfTI)", "Lung (NIfTI)"].map((file) => niftiVoxels(new Uint8Array(files[file])));
      const count = (voxels, is) => voxels.reduce((sum, voxel, i) => sum + (voxel && is(i) ? 1 : 0), 0);
      const [all, inside] = [count(tumour, () => true), count(tumour, (i) => lung[i])];
      assert.ok(inside >= 0.95 * all && count(lung, () => true) > 20 * all, `${inside} of ${all} voxels lie in the lung`);

      // Each lesion has its number: the first one, whose outlines the table has, is as large there.
      const [header, ...lines] = files["Findings (CSV)"].toString().trim().split("\r\n").map((line) => line.split(","));
      const cell = (line, name) => line[header.indexOf(name)];
      const first = lines.filter((line) => cell(line, "lesion") === "1");
      const px = first.map((line) => Number(cell(line, "area_px")));
      assert.equal(count(tumour, (i) => tumour[i] === 1), px.reduce((a, b) => a + b));
      // And each is a region of the contours, with an outline a slice, or more.
      const contours = files["Contours (DICOM RT)"].toString("latin1");
      assert.ok(contours.includes("RTSTRUCT") && contours.includes("UNAPPROVED"));
      assert.equal(contours.split("Lesion ").length - 1, new Set(lines.map((line) => cell(line, "lesion"))).size);
      assert.ok(contours.split("CLOSED_PLANAR").length - 1 >= lines.length);
      const names = (text) => new Set(text.match(/Lesion \d+/g));
      assert.deepEqual(names(files.report.toString("latin1")), names(contours));
      assert.deepEqual([...new Set(first.map((line) => cell(line, "side")))], ["L"]);
      assert.deepEqual([...new Set(lines.map((line) => cell(line, "instance_number")))].sort(), ["62", "63", "64"]);

      assertNothingSent(requests);
      assert.deepEqual(errors, []);
    });
  });
}

test("the sample needs one click", async (t) => {
  const page = await openPage(t, { viewport: { width: 390, height: 844 } });
  const errors = recordErrors(page);
  await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Try a sample" }).click();
  await page.locator(".finding").first().waitFor(PATIENCE);
  await page.getByText(/LIDC-IDRI, The Cancer Imaging Archive/).waitFor();
  await shoot(page, "sample-390");

  // With every table there is, down to what WCAG 2.2 (1.4.10) asks of a page.
  await page.getByRole("button", { name: /Whole series/ }).click();
  await page.getByText(/3 slices segmented/).waitFor(PATIENCE);
  await atRest(page);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    assert.equal(await settled(page, () => overflowPx(page)), 0, `too wide for ${width} px`);
    const cards = await page.locator(".card").evaluateAll((all) => all.map((card) => card.getBoundingClientRect().right));
    assert.ok(Math.max(...cards) <= width - 8, `cards reach to ${Math.max(...cards)} of ${width} px`);
  }
  await shoot(page, "series-320");
  await page.getByText("Postprocessing", { exact: true }).click();
  await page.getByText("Keys, mouse and buttons").click();
  const over = await page.locator("#viewer-keys").evaluate((list) => list.scrollWidth - list.clientWidth);
  assert.equal(over, 0, "the list of keys is too wide for 320 px");
  const widths = await page.locator(".slider.wide input").evaluateAll((all) => all.map((it) => it.clientWidth));
  assert.ok(widths.length > 3 && Math.min(...widths) >= 160, `sliders are ${widths} px wide`);
  await shoot(page, "postprocessing-320");
  assert.deepEqual(errors, []);
});

test("a file that cannot be read: a message, and the page goes on", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
  await page.getByLabel("Choose files").setInputFiles({ name: "notes.dcm", mimeType: "text/plain", buffer: Buffer.from("not a scan ".repeat(90)) });
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.ok((await alert.innerText()).length > 30);
  await page.getByRole("button", { name: "Try a sample" }).click();
  await page.locator(".finding").first().waitFor(PATIENCE);
});
