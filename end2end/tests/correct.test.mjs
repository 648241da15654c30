// Outlines corrected by hand: areas added, cut, taken back, and marked as the reader's wherever they go.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { PATIENCE, atRest, drawAround, findings, isDrawn, placeOf, sample } from "../support/reading.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

const file = sample(SAMPLE[0]);
const MM_A_PIXEL = 0.82;
const EDGE_PX = 512;

const areas = async (page) =>
  (await findings(page)).map((words) => Number(/([\d.\u202f]+)\smm²/.exec(words)[1].replaceAll("\u202f", "")));

/** The text of a file that a button makes. */
async function exported(page, name) {
  const { bytes } = await download(page, page.getByRole("button", { name }));
  return bytes.toString();
}

test("an area is added, one is cut, both are taken back, and files say what was corrected", async (t) => {
  const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(file);
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  await isDrawn(page);
  await page.getByText("CPU ·").waitFor(PATIENCE);

  await page.getByText("Add area", { exact: true }).click();
  await drawAround(page, -60, -30, -20, 10);
  await page.getByText("Segment this slice first").waitFor();

  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByText("1 slice segmented").waitFor(PATIENCE);
  await atRest(page);
  const before = await findings(page);
  await drawAround(page, -60, -30, -20, 10);
  await page.getByText("Corrected by the reader: slice 1").waitFor();
  await atRest(page);
  const box = await placeOf(page);
  const mm = (MM_A_PIXEL * EDGE_PX) / Math.min(box.width, box.height);
  const drawn = (40 * mm) ** 2;
  const added = await areas(page);
  assert.equal(added.length, before.length + 1);
  assert.ok(added.some((mm2) => Math.abs(mm2 - drawn) < 0.08 * drawn), `${added} for ${drawn} mm²`);
  await shoot(page, "correct", { fullPage: false });

  // A strip out of the middle makes two of it.
  await page.getByText("Cut area", { exact: true }).click();
  await drawAround(page, -70, -15, -10, -5);
  await page.locator(".finding").nth(before.length + 1).waitFor();
  await atRest(page);
  assert.match(await exported(page, "Findings (CSV)"), /^drawn,.*,(HU|grey),,NeuroCare AI /m);
  await page.getByText("drawn by hand").first().waitFor();
  assert.deepEqual(JSON.parse(await exported(page, "Findings (JSON)")).corrected_slices, [0]);

  // So does a line measured by hand.
  await page.getByText("Measure", { exact: true }).click();
  // To press what exports, the page may have been scrolled.
  const place = await placeOf(page);
  const [middle, below] = [place.x + place.width / 2, place.y + place.height / 2 + 60];
  await page.mouse.move(middle - 40, below);
  await page.mouse.down();
  await page.mouse.move(middle + 40, below, { steps: 5 });
  await page.mouse.up();
  const [line, ...others] = JSON.parse(await exported(page, "Findings (JSON)")).measured;
  assert.deepEqual(others, []);
  assert.ok(Math.abs(line.length_mm - 80 * mm) < 1.5 * mm, `${line.length_mm} mm for ${80 * mm} mm`);
  assert.match(await exported(page, "Findings (CSV)"), new RegExp(`^measured,,1,.*,${line.length_mm.toFixed(2)},`, "m"));
  await page.getByText("Cut area", { exact: true }).click();

  await page.getByRole("button", { name: "Undo (Ctrl + Z)" }).click();
  await page.locator(".finding").nth(before.length + 1).waitFor({ state: "detached" });
  await atRest(page);
  await viewer.press("u");
  await page.getByText("Corrected by the reader").waitFor({ state: "detached" });
  await atRest(page);
  assert.deepEqual(await findings(page), before);
  await becomes(() => page.getByRole("button", { name: "Undo (Ctrl + Z)" }).isDisabled(), true);

  // What was taken back is drawn again as it was, and taken back once more; not while lines are measured.
  await viewer.press("m");
  await viewer.press("ControlOrMeta+y");
  await page.getByText("Cut area", { exact: true }).click();
  await page.getByRole("button", { name: "Redo (Ctrl + Y)" }).click();
  await page.locator(".finding").nth(before.length).waitFor();
  await atRest(page);
  assert.deepEqual(await areas(page), added);
  await viewer.press("ControlOrMeta+Shift+z");
  await page.locator(".finding").nth(before.length + 1).waitFor();
  await atRest(page);
  await becomes(() => page.getByRole("button", { name: "Redo (Ctrl + Y)" }).isDisabled(), true);
  await viewer.press("ControlOrMeta+z");
  await page.locator(".finding").nth(before.length + 1).waitFor({ state: "detached" });
  await atRest(page);
  await viewer.press("ControlOrMeta+z");
  await page.getByText("Corrected by the reader").waitFor({ state: "detached" });
  await atRest(page);
  assert.deepEqual(await findings(page), before);
  assert.doesNotMatch(await exported(page, "Findings (CSV)"), /^(corrected|drawn),/m);

  // Around everything: what lies inside as a whole is rejected.
  await drawAround(page, -190, -190, 190, 190);
  await page.getByText("Rejected by the reader").waitFor();
  await atRest(page);
  assert.deepEqual(await findings(page), []);
  await page.getByRole("button", { name: /^Take back/ }).first().click();
  await page.locator(".finding").first().waitFor();
});

test("an area is added with keys alone", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByText("1 slice segmented").waitFor(PATIENCE);
  await atRest(page);
  const before = await findings(page);
  const viewer = page.getByRole("application", { name: /^CT viewer, slice 2 of 3/ });
  const press = async (...keys) => {
    for (const key of keys) await viewer.press(key);
  };
  const twice = (key) => [key, key];

  await page.getByRole("radio", { name: "Add area" }).press("Space");
  await press("+", "+", "+", ...twice("Shift+ArrowLeft"), "Shift+ArrowLeft");
  await press("Enter", ...twice("Shift+ArrowRight"), "Enter", "ArrowUp", ...twice("Shift+ArrowUp"), "Enter");
  // One in the wrong place is taken back.
  await press("Shift+ArrowUp", "Enter", "Backspace", "Shift+ArrowDown");
  await press(...twice("Shift+ArrowLeft"), "Enter", ...twice("Shift+ArrowDown"), "Enter");
  await page.getByText("Corrected by the reader: slice 2").waitFor();
  await atRest(page);
  const box = await placeOf(page);
  const side = (((80 / 1.25 ** 3) * MM_A_PIXEL * EDGE_PX) / Math.min(box.width, box.height));
  const added = await areas(page);
  assert.equal(added.length, before.length + 1);
  assert.ok(added.some((mm2) => Math.abs(mm2 - side ** 2) < 0.08 * side ** 2), `${added} for ${side ** 2} mm²`);

  // Too few corners are no area, and the slice stays until they are given up.
  await press("Enter", "Enter");
  await page.getByText("An area has three corners or more").waitFor();
  await page.getByText("1 corner set").waitFor({ state: "attached" });
  await press("ArrowUp");
  await page.getByText("Close the area first").waitFor();
  await page.getByRole("button", { name: "Next slice" }).click();
  await press("Escape", "ArrowUp");
  await page.getByRole("application", { name: /^CT viewer, slice 3 of 3/ }).waitFor();
});

test("what is drawn stays on its slice: the wheel and keys wait until it is done", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Whole series (3)" }).click();
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
  await atRest(page);
  const viewer = page.getByRole("application", { name: /^CT viewer, slice 2 of 3/ });
  await page.getByText("Add area", { exact: true }).click();
  const box = await placeOf(page);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x - 60, y - 30);
  await page.mouse.down();
  await page.mouse.move(x - 20, y - 30, { steps: 4 });
  await page.mouse.wheel(0, 300);
  await page.keyboard.press("ArrowUp");
  await page.mouse.move(x - 40, y + 10, { steps: 4 });
  await page.mouse.up();
  await page.getByText("Corrected by the reader: slice 2").waitFor();
  assert.match(await viewer.getAttribute("aria-label"), /slice 2 of 3/);
  await page.mouse.wheel(0, 300);
  await page.getByRole("application", { name: /^CT viewer, slice 1 of 3/ }).waitFor();
});
