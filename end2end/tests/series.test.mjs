// A folder that holds more than one series: which one is open, and how a reader comes to another.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage, overflowPx, recordRequests } from "../support/browser.mjs";
import { sample, segmentSlice } from "../support/reading.mjs";
import { settled } from "../support/settled.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

const SHORT = "3000610 · STANDARD · 2.50 mm thick · 2 slices · 2000-01-01";
const LONG = "3000611 · STANDARD · 2.50 mm thick · 3 slices · 2000-01-01";

/** A folder with the sample's series and, under the number before, a copy of two of its slices. */
function folder(t, change = (copy) => copy) {
  const place = mkdtempSync(join(tmpdir(), "series-"));
  t.after(() => rmSync(place, { recursive: true }));
  SAMPLE.forEach((name, i) => {
    const bytes = readFileSync(sample(name), "latin1");
    const copy = bytes.replace("170706757615202213033480003264", "170706757615202213033480003265").replace("3000611 ", "3000610 ");
    assert.notEqual(copy, bytes);
    writeFileSync(join(place, name), bytes, "latin1");
    if (i > 0) writeFileSync(join(place, `copy-${name}`), change(copy), "latin1");
  });
  return place;
}

const seriesList = (page) => page.getByRole("combobox", { name: "Series", exact: true });
const openButton = (page) => page.getByRole("button", { name: "Open this series" });

/** Waits until the open scan is called so, and has so many slices. */
async function isOpen(page, title, slices) {
  await page.getByRole("heading", { name: title, exact: true }).waitFor();
  await page.getByText(`Slice 2 of ${slices}`).first().waitFor();
}

async function take(page, place) {
  await seriesList(page).selectOption({ index: place });
  await openButton(page).click();
}

test("another series of the same folder opens in place of the longest, and unsaved results are asked for", async (t) => {
  const page = await openPage(t);
  const requests = recordRequests(page);
  const files = folder(t);
  const [short, long] = ["3000610 (1 of 2)", "3000611 (2 of 2)"].map((series) => `${basename(files)}, series ${series}`);
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose a folder").setInputFiles(files);
  await isOpen(page, long, 3);
  const list = seriesList(page);
  await becomes(() => list.locator("option").allInnerTexts(), [SHORT, `Now open: ${LONG}`]);
  await becomes(() => list.inputValue(), "1");
  await becomes(() => openButton(page).isDisabled(), true, "it is open");
  assert.match(await page.locator(".print-only", { hasText: "read by" }).textContent(), / · series 3000611 \(2 of 2\) · read by/);
  await page.getByText("2 series found; the axial CT series with most slices (3) is open.").waitFor();
  await shoot(page, "series", { fullPage: false });
  await segmentSlice(page);

  let yes = false;
  page.on("dialog", (dialog) => (yes ? dialog.accept() : dialog.dismiss()));
  await take(page, 0);
  await isOpen(page, long, 3);
  assert.equal(await page.getByText("1 slice segmented").isVisible(), true, "the reader would rather keep the results");
  yes = true;
  await openButton(page).click();
  await isOpen(page, short, 2);
  await becomes(() => list.locator("option").allInnerTexts(), [`Now open: ${SHORT}`, LONG]);
  await becomes(() => list.inputValue(), "0");
  await becomes(() => page.getByText("1 slice segmented").count(), 0);
  await becomes(() => page.getByText("most slices").count(), 0);

  await page.emulateMedia({ media: "print" });
  assert.equal(await list.isVisible(), false, "it is on the screen only");
  await page.emulateMedia({ media: null });
  await take(page, 1);
  await isOpen(page, long, 3);
  assert.ok(requests.every(({ body }) => body === null));

  rmSync(join(files, SAMPLE[0]));
  await take(page, 0);
  await page.getByText(`“${SAMPLE[0]}” could not be read from the disk.`).waitFor();
  await isOpen(page, long, 3);
  await becomes(() => list.inputValue(), "1", "what was open stays, and the list shows it");
});

test("series of two patients are told apart, and whose is open is shown at once", async (t) => {
  const page = await openPage(t);
  const files = folder(t, (copy) => copy.replaceAll("LIDC-IDRI-0003", "LIDC-IDRI-0004"));
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose a folder").setInputFiles(files);
  await page.getByText("Files of 2 patients were opened together").waitFor();
  const options = await seriesList(page).locator("option").allInnerTexts();
  const patients = options.map((words) => words.match(/^(?:Now open: )?(patient [AB]) · 300061/)?.[1]);
  assert.deepEqual(patients.sort(), ["patient A", "patient B"], options.join("\n"));
  await page.getByText("Patient ID: LIDC-IDRI-0003").waitFor();
  await shoot(page, "series-of-two-patients", { fullPage: false });
  await page.locator(".whose summary").click();
  await take(page, 0);
  await page.getByText("Patient ID: LIDC-IDRI-0004").waitFor();
  // A scan alone is nobody else's.
  await page.getByText("Open another").click();
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText(/^Files of 2 patients/).waitFor({ state: "detached" });
  assert.equal(await page.getByText("Patient ID: LIDC-IDRI-0003").isVisible(), false);
});

test("a series is chosen with keys, and on a phone", async (t) => {
  const page = await openPage(t, { viewport: { width: 320, height: 640 } });
  const files = folder(t);
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose a folder").setInputFiles(files);
  await isOpen(page, `${basename(files)}, series 3000611 (2 of 2)`, 3);
  assert.equal(await settled(page, () => overflowPx(page)), 0);
  await seriesList(page).focus();
  await page.keyboard.press("ArrowUp");
  await isOpen(page, `${basename(files)}, series 3000611 (2 of 2)`, 3);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await isOpen(page, `${basename(files)}, series 3000610 (1 of 2)`, 2);
});

test("files of one series have nothing to choose from", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText("Slice 2 of 3").first().waitFor();
  assert.equal(await seriesList(page).count(), 0);
});
