// A finding on the planes across the slices, and in three dimensions: where it is, and what is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { PATIENCE, atRest, isDrawn, openSlice, placeOf, segmentSlice } from "../support/reading.mjs";
import { settled } from "../support/settled.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

const [EDGE, SLICES, PIXEL_MM, SLICE_MM] = [256, 13, 1.5, 2.5];
const [LUNG_HU, NODULE_HU, MARK_HU] = [-850, 40, 1000];
const RADIUS_MM = 8;
/** Left, back and head of the middle of the ball, from that of the volume. */
const BALL_MM = [-75, 0, 5];
/** The marks, from the ball: towards left, front and feet. */
const MARKS_MM = [[15, 0, 0], [0, -15, 0], [0, 0, -15]];
/** Half an edge of what is shown. */
const REACH_MM = 25;

/** Two lungs in a body, the same on all slices; in one a ball, and marks on three sides of it. */
function chest() {
  const file = Buffer.alloc(352 + EDGE * EDGE * SLICES * 2);
  file.writeInt32LE(348, 0);
  [3, EDGE, EDGE, SLICES, 1, 1, 1, 1].forEach((n, i) => file.writeInt16LE(n, 40 + i * 2));
  [4, 16].forEach((n, i) => file.writeInt16LE(n, 70 + i * 2));
  [1, PIXEL_MM, PIXEL_MM, SLICE_MM].forEach((mm, i) => file.writeFloatLE(mm, 76 + i * 4));
  file.writeFloatLE(352, 108);
  file.writeFloatLE(1, 112);
  file.writeInt16LE(1, 254);
  [-PIXEL_MM, 0, 0, 0, 0, -PIXEL_MM, 0, 0, 0, 0, SLICE_MM, 0].forEach((mm, i) => file.writeFloatLE(mm, 280 + i * 4));
  file.write("n+1\0", 344, "latin1");
  for (let i = 0; i < EDGE * EDGE * SLICES; i++) {
    const [x, y] = [i % EDGE, Math.floor(i / EDGE) % EDGE].map((at) => (at - EDGE / 2) * PIXEL_MM);
    const z = (Math.floor(i / EDGE / EDGE) - (SLICES - 1) / 2) * SLICE_MM;
    let hu = (x / 160) ** 2 + (y / 110) ** 2 < 1 ? 30 : -1000;
    if (((Math.abs(x) - 75) / 60) ** 2 + (y / 80) ** 2 < 1) hu = LUNG_HU;
    const fromBall = [x, y, z].map((mm, axis) => mm - BALL_MM[axis]);
    if (Math.hypot(...fromBall) < RADIUS_MM) hu = NODULE_HU;
    if (MARKS_MM.some((mark) => mark.every((mm, axis) => Math.abs(fromBall[axis] - mm) < 3))) hu = MARK_HU;
    file.writeInt16LE(hu + (i % 7), 352 + i * 2);
  }
  return file;
}

/** Colour and opacity on a plane, in mm from its middle. */
const colourAt = (plane, right, down) =>
  plane.evaluate(
    (canvas, [right, down, reach]) => {
      const at = (mm) => Math.floor(((mm / reach + 1) / 2) * canvas.width);
      return [...canvas.getContext("2d").getImageData(at(right), at(down), 1, 1).data];
    },
    [right, down, REACH_MM],
  );

/** Whether tumour is seen on one side of the picture alone: -1 is left, 1 right. */
function isSeenOn([canvas, side]) {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const counts = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const isTumour = data[i] > data[i + 1] * 1.5 && data[i + 1] > data[i + 2];
    if (isTumour) counts[(i / 4) % width < width / 2 ? 0 : 1]++;
  }
  return side < 0 ? counts[0] > 50 && counts[1] === 0 : counts[1] > 50 && counts[0] === 0;
}

/** Longest wait for a picture that follows with the next frame. */
const FRAME_MS = 30_000;

/** White pixels of the viewer: the marks, and words. */
const white = (viewer) =>
  viewer.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 0 && Math.min(value, data[i + 1], data[i + 2]) > 250).length;
  });

test("a slab shows what lies on the slices beside", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles({ name: "chest.nii", mimeType: "", buffer: chest() });
  await page.getByText(`Slice ${(SLICES + 1) / 2} of ${SLICES}`).first().waitFor();
  // The mark below the ball is on the three slices from the second on.
  await page.getByRole("slider", { name: "Slice" }).fill("5");
  await page.getByText(`Slice 5 of ${SLICES}`).first().waitFor();
  await isDrawn(page);
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  const before = await settled(page, () => white(viewer));
  await page.getByRole("button", { name: "MIP" }).click();
  await page.getByText("MIP 12.5 mm").waitFor();
  await viewer.hover();
  await page.getByText(/HU at row \d+, column \d+ · maximum of the slab$/).waitFor();
  const deadline = Date.now() + FRAME_MS;
  while ((await white(viewer)) < before + 10) assert.ok(Date.now() < deadline, "the mark is not seen");
  await viewer.press("p");
  await page.getByText("MIP 12.5 mm").waitFor({ state: "detached" });
  // The picture follows with the next frame.
  const until = Date.now() + FRAME_MS;
  while ((await white(viewer)) !== before) assert.ok(Date.now() < until, "the mark stays");

  // What an ellipse tells is not what the slab shows.
  await viewer.press("e");
  const { x, y, width, height } = await placeOf(page);
  await page.mouse.move(x + width / 2 - 60, y + height / 2 - 60);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 60, y + height / 2 + 60, { steps: 5 });
  await page.mouse.up();
  const told = (pattern) =>
    page.waitForFunction((it) => new RegExp(it).test(document.querySelector(".viewer canvas").ariaLabel), pattern);
  await told("ellipse of .*HU, \\S+ to \\S+$");
  await viewer.press("p");
  await told("\\(this slice alone\\)$");
});

test("a scan of slices that lie far apart has no slabs, and says why", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  const apart = chest();
  // Its pixdim and its affine transform.
  apart.writeFloatLE(8, 88);
  apart.writeFloatLE(8, 320);
  await page.getByLabel("Choose files").setInputFiles({ name: "apart.nii", mimeType: "", buffer: apart });
  await page.getByText("8.00 mm between slices").waitFor();
  const mip = page.getByRole("button", { name: "MIP" });
  assert.equal(await mip.getAttribute("aria-disabled"), "true");
  // To Playwright it is not enabled; people can press it.
  await mip.click({ force: true });
  await page.getByText("No MIP of this scan: it needs slices that touch, at most 5 mm apart.").waitFor();
  assert.equal(await mip.getAttribute("aria-pressed"), "false");
});

test("sides of the patient are named only where the file says how the patient lies", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  const silent = chest();
  // Neither of its transforms is one.
  silent.writeInt16LE(0, 254);
  for (const [name, buffer, sides] of [["told.nii", chest(), ["R", "L"]], ["silent.nii", silent, ["sides unknown", ""]]]) {
    await page.getByLabel("Choose files").setInputFiles({ name, mimeType: "", buffer });
    await page.getByText(name).first().waitFor();
    await page.waitForFunction(
      (sides) => [...document.querySelectorAll(".side-letter")].map((it) => it.textContent).join() === sides,
      sides.join(),
    );
    await shoot(page, `sides-${name}`, { fullPage: false });
    await page.getByText("Open another").click();
  }
});

test("planes go through any place that is clicked, and lead to other slices", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles({ name: "chest.nii", mimeType: "", buffer: chest() });
  await page.getByText(`Slice ${(SLICES + 1) / 2} of ${SLICES}`).first().waitFor();
  const slice = (SLICES - 1) / 2 + BALL_MM[2] / SLICE_MM;
  await page.getByRole("slider", { name: "Slice" }).fill(String(slice + 1));
  await page.getByText(`Slice ${slice + 1} of ${SLICES}`).first().waitFor();
  await isDrawn(page);
  const title = page.getByRole("heading", { name: "Coronal and sagittal" });
  assert.equal(await title.isVisible(), false);
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  const box = await placeOf(page);
  const scale = Math.min(box.width, box.height) / EDGE / PIXEL_MM;
  const [x, y] = BALL_MM;
  await page.mouse.click(box.x + box.width / 2 + x * scale + 1, box.y + box.height / 2 + y * scale + 1);
  await title.waitFor();
  const grey = (hu) => ((hu + 3 + 1350) / 1500) * 255;
  for (const name of [/^Coronal/, /^Sagittal/]) {
    const plane = page.getByRole("img", { name });
    await page.waitForFunction((canvas) => canvas.width === 320, await plane.elementHandle());
    for (const [right, down, hu] of [[0, 0, NODULE_HU], [-11, 0, LUNG_HU], [0, -11, LUNG_HU]]) {
      const [red, , blue] = await settled(page, () => colourAt(plane, right, down));
      assert.ok(Math.abs(red - grey(hu)) < 6 && red === blue, `${name}: ${red} at ${right}, ${down} mm`);
    }
  }
  await page.getByRole("button", { name: "Whole chest" }).click();
  const coronal = page.getByRole("img", { name: /^Coronal/ });
  await page.waitForFunction((canvas) => canvas.width === 660, await coronal.elementHandle());
  await coronal.scrollIntoViewIfNeeded();
  await shoot(page, "across-whole", { fullPage: false });
  const plane = await coronal.boundingBox();
  const higher = SLICES - 2;
  const down = 0.5 - ((higher - (SLICES - 1) / 2) * SLICE_MM) / (EDGE * PIXEL_MM);
  await coronal.click({ position: { x: plane.width / 2, y: plane.height * down } });
  await page.getByText(`Slice ${higher + 1} of ${SLICES}`).first().waitFor();
  await viewer.press("Escape");
  await title.waitFor({ state: "hidden" });
  await viewer.press("c");
  await title.waitFor();
});

test("a finding is shown across the slices, true to scale, with its mask", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles({ name: "chest.nii", mimeType: "", buffer: chest() });
  await page.getByText(`Slice ${(SLICES + 1) / 2} of ${SLICES}`).first().waitFor();
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: `Whole series (${SLICES})` }).click();
  await page.getByText(`${SLICES} slices segmented`).waitFor(PATIENCE);
  await atRest(page);
  // Marks may be found, too.
  const ball = page.getByRole("row", { name: /1[4-7]\.\d\smm/ });
  await ball.getByRole("button", { name: /^\d+–\d+$/ }).click();
  await page.getByRole("heading", { name: "Coronal and sagittal" }).waitFor();
  const lung = Math.round(((LUNG_HU + 3 + 1350) / 1500) * 255);
  for (const [name, mark, none] of [[/^Coronal/, 15, -15], [/^Sagittal/, -15, 15]]) {
    const plane = page.getByRole("img", { name });
    await page.waitForFunction((canvas) => canvas.width === 320, await plane.elementHandle());
    const [red, green, blue] = await settled(page, () => colourAt(plane, 0, 0));
    assert.ok(red > green + 30 && green > blue, `${name}: no tumour in the middle, but ${[red, green, blue]}`);
    for (const [right, down] of [[mark, 0], [0, 15]]) {
      assert.ok((await colourAt(plane, right, down))[0] > 220, `${name}: no mark at ${right}, ${down} mm`);
    }
    for (const [right, down] of [[none, 0], [-10.5, 0], [10.5, 0], [0, -10], [0, 10], [0, 20]]) {
      const [grey, , , alpha] = await colourAt(plane, right, down);
      assert.ok(alpha === 255 && Math.abs(grey - lung) < 8, `${name} at ${right}, ${down} mm: ${grey} for ${lung}`);
    }
    // Thirteen slices are 32.5 mm, of which 11.25 mm are above the middle of the ball.
    for (const down of [-13, 23]) assert.equal((await colourAt(plane, 5, down))[3], 0, `${name} at ${down} mm`);
  }
  await shoot(page, "across");

  // Numbers of lesions go with their outlines, and N goes from one to the next.
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  await viewer.press("Escape");
  await isDrawn(page);
  const numbered = await settled(page, () => white(viewer));
  await viewer.press("t");
  const deadline = Date.now() + FRAME_MS;
  while ((await white(viewer)) >= numbered) assert.ok(Date.now() < deadline, "no number stands beside the outline");
  await viewer.press("t");
  const told = page.locator(".viewer").getByRole("status");
  const lesions = await page.getByRole("region", { name: "Lesions" }).locator("tbody tr").count();
  let number = Number.parseInt(await ball.getByRole("rowheader").innerText(), 10);
  for (const key of [...Array(lesions).fill("n"), "Shift+N"]) {
    await viewer.press(key);
    number = ((number + (key === "n" ? 0 : lesions - 2)) % lesions) + 1;
    await told.filter({ hasText: `lesion ${number} ·` }).waitFor({ state: "attached" });
  }
  await page.getByRole("button", { name: /^Largest: slice/ }).click();
  await page.locator(".finding[aria-pressed=true]").filter({ hasText: /1[4-7]\.\d × / }).waitFor();

  // To the patient's right: on the left from the front, on the right from behind.
  const solid = page.getByRole("img", { name: /^Segmented lung/ });
  for (const [degrees, side] of [["0", -1], ["180", 1]]) {
    await page.getByRole("slider", { name: "Turn" }).fill(degrees);
    await page.waitForFunction(isSeenOn, [await solid.elementHandle(), side]);
  }
  await becomes(() => page.getByRole("slider", { name: "Turn" }).getAttribute("aria-valuetext"), "Seen from behind");
  await solid.scrollIntoViewIfNeeded();
  const box = await settled(page, () => solid.boundingBox());
  await page.mouse.move(box.x + 20, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 20, { steps: 9 });
  await page.mouse.up();
  await page.waitForFunction(isSeenOn, [await solid.elementHandle(), -1]);
  await shoot(page, "solid");

  // A single slice has neither.
  await page.getByText("Open another").click();
  page.on("dialog", (dialog) => dialog.accept());
  await openSlice(page, SAMPLE[0]);
  await segmentSlice(page);
  await page.locator(".finding").first().click();
  assert.equal(await page.getByRole("heading", { name: /^Coronal and sagittal|^3D view/ }).count(), 0);
});
