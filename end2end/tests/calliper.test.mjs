// Measuring by hand: lines over the slice, their lengths against the file's own pixel spacing; second axes across them;
// ellipses, what they enclose against the file's own values.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { becomes, says } from "../support/becomes.mjs";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { isDrawn, placeOf, segmentSlice } from "../support/reading.mjs";
import { settled } from "../support/settled.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

const file = new URL(`../../public/sample/${SAMPLE[0]}`, import.meta.url).pathname;
const EDGE_PX = 512;

/** Row spacing of the file: (0028,0030), explicit VR. */
function spacingMm() {
  const [, row, col] = /\x28\x00\x30\x00DS..([\d.]+)\\([\d.]+)/s.exec(readFileSync(file, "latin1"));
  assert.equal(row, col);
  return Number(row);
}

/** The viewer's description, once what was just drawn or pressed is in it. */
const described = (viewer) => settled(viewer.page(), () => viewer.getAttribute("aria-label"));

/** Lengths in the viewer's description. */
async function lengths(viewer) {
  const words = await described(viewer);
  return [...words.matchAll(/line of ([\d.]+)\smm/g)].map((found) => Number(found[1]));
}

/** The slice in the viewer, how many mm a pixel of the screen is, and places and drags from the viewer's middle. */
async function openSlice(t) {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(file);
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  await isDrawn(page);
  const box = await placeOf(page);
  const mm = spacingMm() / (Math.min(box.width, box.height) / EDGE_PX);
  const at = (right, down) => [box.x + box.width / 2 + right, box.y + box.height / 2 + down];
  const drag = async (from, to) => {
    await page.mouse.move(...at(...from));
    await page.mouse.down();
    await page.mouse.move(...at(...to), { steps: 5 });
    await page.mouse.up();
  };
  return { page, viewer, mm, at, drag };
}

test("a length is measured by dragging or by two clicks, moved, and taken away", async (t) => {
  const { page, viewer, mm, at, drag } = await openSlice(t);
  const near = (measured, screenPx) =>
    assert.ok(Math.abs(measured - screenPx * mm) < 1.5 * mm, `${measured} mm for ${screenPx * mm} mm`);

  await page.getByText("Measure", { exact: true }).click();
  await drag([-120, -40], [0, -40]);
  const first = await lengths(viewer);
  assert.equal(first.length, 1);
  near(first[0], 120);

  await page.mouse.click(...at(-90, 40));
  await page.mouse.click(...at(-50, 70));
  const both = await lengths(viewer);
  assert.equal(both.length, 2, "two clicks are a line, too");
  near(both[1], 50);
  const list = page.locator('section[aria-labelledby="measured-title"]');
  const length = (words) => Number(/([\d.]+)\smm/.exec(words)[1]);
  const listed = async () => (await list.getByRole("button").allInnerTexts()).map(length);
  await becomes(listed, both);
  await shoot(page, "calliper", { fullPage: false });

  await page.mouse.dblclick(...at(90, 90));
  await page.mouse.down();
  await page.mouse.move(...at(120, 90), { steps: 5 });
  await page.mouse.move(...at(90, 90), { steps: 5 });
  await page.mouse.up();
  assert.deepEqual(await lengths(viewer), both, "neither a double click nor a drag to its start leaves a line");

  // The end of the first line is taken hold of; the image does not move along.
  await drag([-120, -40], [-60, -40]);
  near((await lengths(viewer)).at(-1), 60);

  await page.getByRole("button", { name: "Zoom in" }).click();
  assert.equal((await lengths(viewer)).length, 2, "lines stay on the slice when it is drawn larger");
  await page.getByRole("button", { name: "Remove line" }).click();
  assert.deepEqual(await lengths(viewer), [both[1]]);
  await viewer.press("Delete");
  assert.deepEqual(await lengths(viewer), []);
  await viewer.press("ControlOrMeta+z");
  assert.deepEqual(await lengths(viewer), [both[1]], "the one that was taken away last is back first");
  const undo = page.getByRole("button", { name: "Undo measuring (Ctrl + Z)" });
  await undo.click();
  assert.equal((await lengths(viewer)).length, 2);
  await viewer.press("ControlOrMeta+z");
  near((await lengths(viewer)).at(-1), 120);
  await viewer.press("ControlOrMeta+z");
  await viewer.press("u");
  assert.deepEqual(await lengths(viewer), [], "both lines are taken back, the last one first");
  await becomes(() => undo.isDisabled(), true);
  await viewer.press("ControlOrMeta+y");
  assert.equal((await lengths(viewer)).length, 1);
  await page.getByRole("button", { name: "Redo measuring (Ctrl + Y)" }).click();
  assert.deepEqual((await lengths(viewer)).at(-1), both[1]);
  await viewer.press("Delete");
  await viewer.press("Delete");
  await becomes(() => page.getByRole("button", { name: "Remove line" }).isDisabled(), true);
  await becomes(() => list.isVisible(), false);

  // Elsewhere nothing that was measured is taken away: it would not come back.
  await viewer.press("ControlOrMeta+z");
  await viewer.press("m");
  await becomes(() => page.getByRole("button", { name: "Remove line" }).count(), 0);
  await viewer.press("m");
  await viewer.press("Delete");

  // M goes back to moving the image, and a drag leaves no line.
  await viewer.press("m");
  await drag([-120, -40], [0, -40]);
  assert.deepEqual(await lengths(viewer), []);
  await becomes(() => page.getByRole("button", { name: "Remove line" }).count(), 0);
});

test("a length is measured with keys alone", async (t) => {
  const { page, viewer, mm } = await openSlice(t);
  const spoken = page.locator(".viewer").getByRole("status");
  for (const key of ["m", "+", "+", "+", "Enter", "Shift+ArrowUp", "Shift+ArrowUp"]) await viewer.press(key);
  await becomes(() => spoken.textContent(), "", "nothing is told of a line that is only begun");
  await viewer.press("Enter");
  const found = await lengths(viewer);
  assert.equal(found.length, 1);
  await becomes(async () => (await spoken.textContent()).replace("\u00a0", " "), `Line of ${found[0].toFixed(1)} mm`);
  const expected = (80 * mm) / 1.25 ** 3;
  assert.ok(Math.abs(found[0] - expected) < 0.1, `${found[0]} mm for ${expected} mm`);
  await viewer.press("Delete");
  assert.deepEqual(await lengths(viewer), []);
  await becomes(() => spoken.textContent(), "");

  // Both ends in one place are none.
  for (const key of ["Enter", "Enter"]) await viewer.press(key);
  await page.getByText("the line is dropped").waitFor();
  await becomes(() => spoken.textContent(), "");
  await becomes(() => page.getByRole("button", { name: /^Undo measuring/ }).isDisabled(), false);
  await viewer.press("e");
  for (const key of ["Enter", "Shift+ArrowUp", "Enter"]) await viewer.press(key);
  await page.getByText("No pixel lies inside: the ellipse is dropped").waitFor();
  await becomes(() => page.getByRole("button", { name: "Remove line" }).isDisabled(), true);
  assert.doesNotMatch(await described(viewer), /ellipse/);
});

test("lines that nothing was segmented beside are asked about before they are lost", async (t) => {
  const { page, viewer } = await openSlice(t);
  for (const key of ["m", "+", "+", "+", "Enter", "Shift+ArrowUp", "Shift+ArrowUp", "Enter"]) await viewer.press(key);
  assert.equal((await lengths(viewer)).length, 1);
  const asked = page.waitForEvent("dialog");
  await Promise.all([
    asked.then((question) => {
      assert.match(question.message(), /found or measured .* not saved/);
      return question.dismiss();
    }),
    page.getByLabel("Choose files").setInputFiles(new URL(`../../public/sample/${SAMPLE[1]}`, import.meta.url).pathname),
  ]);
  assert.equal((await lengths(viewer)).length, 1);
});

/** The values of the file's pixels: explicit VR, little-endian, not packed, with a slope of 1. */
function valuesHu() {
  const bytes = readFileSync(file);
  const text = bytes.toString("latin1");
  const intercept = Number(/\x28\x00\x52\x10DS..([-\d.]+)/s.exec(text)[1]);
  assert.equal(Number(/\x28\x00\x53\x10DS..([\d.]+)/s.exec(text)[1]), 1);
  const isSigned = text[text.indexOf("\x28\x00\x03\x01US") + 8] === "\x01";
  const start = bytes.length - EDGE_PX * EDGE_PX * 2;
  const read = isSigned ? "readInt16LE" : "readUInt16LE";
  return (row, col) => bytes[read](start + (row * EDGE_PX + col) * 2) + intercept;
}

/** Area, mean, deviation, least and greatest value in the viewer's description of each ellipse. */
async function regions(viewer) {
  const words = (await described(viewer)).replaceAll("−", "-").replaceAll("\u00a0", " ").replaceAll("\u202f", "");
  const pattern = /ellipse of (\d+) mm², (-?[\d.]+) ± ([\d.]+) HU, (-?\d+) to (-?\d+)/g;
  return [...words.matchAll(pattern)].map((found) => found.slice(1).map(Number));
}

test("an ellipse tells area, mean, deviation and range of the values inside", async (t) => {
  const { page, viewer, mm, at, drag } = await openSlice(t);
  await page.getByText("ROI", { exact: true }).click();
  await drag([-100, -60], [-20, 20]);
  const [[area, mean, sd, min, max], ...others] = await regions(viewer);
  assert.deepEqual(others, []);
  const expected = Math.PI * (40 * mm) ** 2;
  assert.ok(Math.abs(area - expected) < expected / 50, `${area} mm² for ${expected} mm²`);

  // The same from the file, between the corners that the export tells.
  await segmentSlice(page);
  const { bytes } = await download(page, page.getByRole("button", { name: "Findings (JSON)" }));
  const [told] = JSON.parse(bytes).ellipses;
  const value = valuesHu();
  const middle = told.from.map((from, axis) => (from + told.to[axis]) / 2);
  const radii = told.from.map((from, axis) => Math.abs(from - told.to[axis]) / 2);
  const inside = [];
  for (let row = 0; row < EDGE_PX; row++) {
    for (let col = 0; col < EDGE_PX; col++) {
      const share = ((row - middle[0]) / radii[0]) ** 2 + ((col - middle[1]) / radii[1]) ** 2;
      if (share < 1) inside.push(value(row, col));
    }
  }
  const meanOfFile = inside.reduce((sum, it) => sum + it, 0) / inside.length;
  const squares = inside.reduce((sum, it) => sum + (it - meanOfFile) ** 2, 0);
  // Corners are written as 32-bit numbers: a centre on the very edge may change sides.
  const isNear = (a, b, by) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
  isNear(told.area_px, inside.length, 4);
  isNear(mean, meanOfFile, 1);
  isNear(sd, Math.sqrt(squares / (inside.length - 1)), 1);
  assert.deepEqual([min, max], [told.min_value, told.max_value]);
  const csv = await download(page, page.getByRole("button", { name: "Findings (CSV)" }));
  assert.match(csv.bytes.toString(), new RegExp(`^ellipse,,1,.*,${min},${max},file\\r?$`, "m"));
});

test("ellipses are moved, drawn by two clicks or with keys, listed and taken away", async (t) => {
  const { page, viewer, at } = await openSlice(t);
  await viewer.press("e");
  await becomes(() => page.getByRole("radio", { name: "ROI" }).isChecked(), true);
  await page.mouse.click(...at(-140, -40));
  await page.mouse.click(...at(-60, 40));
  const [first] = await regions(viewer);
  assert.ok(first, "two clicks are an ellipse, too");

  // By its middle.
  await page.mouse.move(...at(-100, 0));
  await page.mouse.down();
  await page.mouse.move(...at(0, 10), { steps: 5 });
  await page.mouse.up();
  const [moved] = await regions(viewer);
  assert.ok(Math.abs(moved[0] - first[0]) <= first[0] / 20, `${moved[0]} mm² of ${first[0]} mm²`);
  assert.notEqual(moved[1], first[1]);

  const spoken = page.locator(".viewer").getByRole("status");
  for (const key of ["+", "+", "+", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter"]) await viewer.press(key);
  for (const key of ["Shift+ArrowUp", "Shift+ArrowLeft", "Enter"]) await viewer.press(key);
  assert.equal((await regions(viewer)).length, 2);
  assert.match(await settled(page, () => spoken.textContent()), /^Ellipse of [\d\s]+mm², .* ± .*HU, .* to /);
  const list = page.locator('section[aria-labelledby="measured-title"]').getByRole("button");
  await becomes(() => list.count(), 2);
  await says(list.first(), /^Slice 1 · [\d\s]+mm², .*±/);

  await page.getByRole("button", { name: "Remove ellipse" }).click();
  assert.deepEqual(await regions(viewer), [moved]);
  await viewer.press("Delete");
  assert.deepEqual(await regions(viewer), []);
  await viewer.press("ControlOrMeta+z");
  assert.deepEqual(await regions(viewer), [moved]);
  await viewer.press("ControlOrMeta+z");
  await viewer.press("ControlOrMeta+z");
  assert.equal((await regions(viewer)).length, 1, "nor is the one that was drawn last there any more");
  await viewer.press("ControlOrMeta+z");
  assert.deepEqual(await regions(viewer), [first], "and the other one is where it was before");
});

/** Long axis, short axis and mean in the viewer's description of each length with two axes. */
async function axes(viewer) {
  const words = await described(viewer);
  const found = words.matchAll(/axes of ([\d.]+) × ([\d.]+)\smm, mean ([\d.]+)\smm/g);
  return [...found].map((numbers) => numbers.slice(1).map(Number));
}

test("a length is given its short axis, at a right angle, in all that is told of it", async (t) => {
  const { page, viewer, mm, at, drag } = await openSlice(t);
  const near = (measured, screenPx) =>
    assert.ok(Math.abs(measured - screenPx * mm) < 1.5 * mm, `${measured} mm for ${screenPx * mm} mm`);
  await page.getByText("Measure", { exact: true }).click();
  const button = page.getByRole("button", { name: "Short axis (X)" });
  await becomes(() => button.isDisabled(), true, "there is no length yet");
  await viewer.press("x");
  await page.getByText("Measure a length on this slice first").waitFor();

  await drag([-120, 0], [0, 0]);
  await button.click();
  await becomes(() => button.getAttribute("aria-pressed"), "true");
  await becomes(() => page.getByRole("radio", { name: "Measure" }).isChecked(), true);
  // Its second end does not go along with the pointer: the angle stays right.
  await drag([-70, -30], [-30, 20]);
  await becomes(() => button.getAttribute("aria-pressed"), "false");
  const [[long, short, mean], ...others] = await axes(viewer);
  assert.deepEqual([others, await lengths(viewer)], [[], []]);
  near(long, 120);
  near(short, 50);
  assert.ok(Math.abs(mean - (long + short) / 2) < 0.11, `${mean} of ${long} and ${short}`);
  const words = `${long.toFixed(1)} × ${short.toFixed(1)} mm, mean ${mean.toFixed(1)} mm`;
  const listed = page.locator('section[aria-labelledby="measured-title"]').getByRole("button");
  await becomes(async () => (await listed.innerText()).replaceAll("\u00a0", " "), `Slice 1 · ${words}`);
  await shoot(page, "short-axis", { fullPage: false });

  // An end of it is moved, the line drawn over, and by two clicks it is drawn anew.
  await drag([-70, -30], [-90, -50]);
  const [moved] = await axes(viewer);
  assert.equal(moved[0], long);
  near(moved[1], 70);
  await viewer.press("x");
  await page.mouse.click(...at(-60, -40));
  assert.deepEqual([await axes(viewer), await lengths(viewer)], [[], [long]], "one end is no axis");
  await page.mouse.click(...at(-60, 100));
  const [longer] = await axes(viewer);
  near(longer[0], 140);
  assert.equal(longer[1], long, "the longer of both is the long axis");

  await viewer.press("ControlOrMeta+z");
  assert.deepEqual([await axes(viewer), await lengths(viewer)], [[], [long]]);
  await viewer.press("ControlOrMeta+z");
  assert.deepEqual(await axes(viewer), [moved]);
  await viewer.press("ControlOrMeta+z");
  assert.deepEqual(await axes(viewer), [[long, short, mean]]);
  await viewer.press("ControlOrMeta+z");
  assert.deepEqual(await lengths(viewer), [long], "the length alone");
  await viewer.press("ControlOrMeta+y");
  assert.deepEqual(await axes(viewer), [[long, short, mean]]);

  await segmentSlice(page);
  const { bytes } = await download(page, page.getByRole("button", { name: "Findings (JSON)" }));
  const [told] = JSON.parse(bytes).measured;
  assert.equal(told.length_mm.toFixed(1), long.toFixed(1));
  assert.equal(told.short_axis.length_mm.toFixed(1), short.toFixed(1));
  const way = ({ from, to }) => [to[0] - from[0], to[1] - from[1]];
  const [one, other] = [way(told), way(told.short_axis)];
  assert.ok(Math.abs(one[0] * other[0] + one[1] * other[1]) < 0.1, `${one} and ${other}`);
  const csv = await download(page, page.getByRole("button", { name: "Findings (CSV)" }));
  const [header, ...rows] = csv.bytes.toString().trim().split(/\r?\n/).map((row) => row.split(","));
  const row = rows.find(([status]) => status === "measured");
  const cells = ["longest_mm", "perpendicular_mm", "mean_diameter_mm"].map((name) => Number(row[header.indexOf(name)]));
  const expected = [told.length_mm, told.short_axis.length_mm, told.short_axis.mean_diameter_mm];
  assert.deepEqual(cells, expected.map((value) => Number(value.toFixed(2))));
  await page.getByRole("button", { name: "Remove axes" }).click();
  assert.deepEqual([await axes(viewer), await lengths(viewer)], [[], []]);
});

test("a short axis is put with keys alone, and told", async (t) => {
  const { page, viewer, mm } = await openSlice(t);
  const spoken = page.locator(".viewer").getByRole("status");
  const said = async () => (await spoken.textContent()).replaceAll("\u00a0", " ");
  const press = async (...keys) => {
    for (const key of keys) await viewer.press(key);
  };
  const [up, down, left, right] = ["Up", "Down", "Left", "Right"].map((way) => `Shift+Arrow${way}`);
  await press("m", "+", "+", "+", "Enter", left, left, left, "Enter", "x");
  await becomes(said, "Short axis: its first end comes next");
  await press("Escape");
  assert.match(await settled(page, said), /^Line of [\d.]+ mm$/);
  await press("x", right, up, "Enter");
  await becomes(said, "Short axis: its other end comes next");
  await press("Escape");
  assert.match(await settled(page, said), /^Line of [\d.]+ mm$/, "the axis is given up, not the line");
  await press("x", "Enter");
  await press(down, down, "Enter");
  const [found] = await axes(viewer);
  const [long, short, mean] = found.map((value) => value.toFixed(1));
  await becomes(said, `Axes of ${long} × ${short} mm, mean ${mean} mm`);
  const zoomed = mm / 1.25 ** 3;
  assert.ok(Math.abs(found[0] - 120 * zoomed) < 0.1 && Math.abs(found[1] - 80 * zoomed) < 0.1, `${found}`);

  // Both ends on one side are no axis, and the one before is still to be had.
  await press("x", "Enter", "Enter");
  await page.getByText("the short axis is dropped").waitFor();
  assert.deepEqual((await lengths(viewer)).map((value) => value.toFixed(1)), [long]);
  await press("ControlOrMeta+z");
  assert.deepEqual(await axes(viewer), [found]);
  // With M it is lines again that are drawn.
  await press("x", "m", right, "Enter", up, "Enter");
  assert.equal((await lengths(viewer)).length, 1, "beside the axes");
});
