// The reading room as a reader uses it: opening, segmenting, drawing, and what is found.
import { download } from "./download.mjs";
import { niftiVoxels } from "./mask.mjs";
import { settled } from "./settled.mjs";
import { SAMPLE } from "./worker.mjs";

/** For what computes: networks on a processor that other tests may be using, too. */
export const PATIENCE = { timeout: 240_000 };

/** A file of the sample, by name. */
export const sample = (name) => new URL(`../../public/sample/${name}`, import.meta.url).pathname;

/** Waits until the reading room is alive: what is chosen before is lost, and a link leaves the page. */
export const isAlive = (page) => page.getByRole("button", { name: "Try a sample", disabled: false }).waitFor();

const picture = (page) => page.getByRole("application", { name: /^CT viewer/ });

/**
 * Waits until the image of the slice in view has come, and the page knows how large it stands there: its number is
 * there before, and what is pressed is dropped.
 */
export async function isDrawn(page) {
  await picture(page).waitFor();
  await page.locator(".viewer .missing").waitFor({ state: "detached" });
  await page.waitForFunction(() => {
    const canvas = document.querySelector(".viewer canvas");
    return canvas?.width === Math.round(canvas?.clientWidth * devicePixelRatio);
  });
}

/** Where the picture stands on the screen, once it does: what is chosen beside it may move it first. */
export async function placeOf(page) {
  await picture(page).scrollIntoViewIfNeeded();
  return settled(page, () => picture(page).boundingBox());
}

/**
 * Waits until no run goes on any more, which the page tells those who do not see it. Before that lesions may have no
 * numbers yet, and what is drawn or pressed is dropped.
 */
export const atRest = (page) => page.getByText(/^(Done|Stopped): /).waitFor({ state: "attached", ...PATIENCE });

export async function openScan(page, link = true) {
  if (link) await page.getByRole("link", { name: /reading room/i }).first().click();
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText("Slice 2 of 3").first().waitFor();
  await isDrawn(page);
}

export async function openSlice(page, name) {
  await page.getByLabel("Choose files").setInputFiles(sample(name));
  await page.getByRole("heading", { name }).waitFor();
  await isDrawn(page);
}

export async function segmentSlice(page) {
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByText("1 slice segmented").waitFor(PATIENCE);
  await atRest(page);
}

export async function segmentAll(page) {
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Whole series (3)" }).click();
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
  await atRest(page);
}

/** Segments the slice in view once more, to the end. Who looks only after the press may be late to see that begin. */
export async function segmentAgain(page) {
  const cancel = page.getByRole("button", { name: "Cancel" });
  await Promise.all([cancel.waitFor(), page.getByRole("button", { name: "Segment this slice" }).click()]);
  await cancel.waitFor({ state: "detached", ...PATIENCE });
  await atRest(page);
}

/** Draws a rectangle with the tool that is chosen; in pixels of the screen from the middle of the picture. */
export async function drawAround(page, left, top, right, bottom) {
  const box = await placeOf(page);
  const at = (x, y) => [box.x + box.width / 2 + x, box.y + box.height / 2 + y];
  await page.mouse.move(...at(left, top));
  await page.mouse.down();
  for (const corner of [[right, top], [right, bottom], [left, bottom]]) {
    await page.mouse.move(...at(...corner), { steps: 4 });
  }
  await page.mouse.up();
}

/** The words of every finding in the list. */
export const findings = (page) => page.locator(".finding").allInnerTexts();

export async function saveAs(page, label, day = "2023-11-24") {
  await page.getByLabel("Patient label").fill(label);
  await page.getByLabel("Day of the examination").fill(day);
  const save = page.getByRole("button", { name: "Save", exact: true });
  await save.click();
  // An image that is saved under another label is asked about once.
  if (await page.getByText(/press Save again/).isVisible()) await save.click();
}

/** Voxels of the mask that the reader gets. */
export async function exportedMask(page) {
  const { bytes } = await download(page, page.getByRole("button", { name: "Mask (NIfTI)" }));
  return niftiVoxels(new Uint8Array(bytes));
}

/** Measures from the middle of the picture to the left. */
export async function measure(page) {
  const box = await placeOf(page);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 90, y, { steps: 4 });
  await page.mouse.up();
}

/** Gives that line a short axis, from above it to below. */
export async function cross(page) {
  await page.getByRole("button", { name: "Short axis (X)" }).click();
  // To press it, the page may have been scrolled.
  const box = await placeOf(page);
  const [x, y] = [box.x + box.width / 2 - 40, box.y + box.height / 2];
  for (const down of [-30, 25]) await page.mouse.click(x, y + down);
}

/** Lengths of the lines on the slice in view. */
export async function measured(page) {
  const words = await settled(page, () => picture(page).getAttribute("aria-label"));
  return words.match(/line of [\d.]+\smm|axes of [\d.]+ × [\d.]+\smm, mean [\d.]+\smm/g) ?? [];
}
