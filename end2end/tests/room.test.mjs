// What the reading room holds on to: the scan that was chosen last, and the reader's work.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { BASE_URL, launch } from "../support/browser.mjs";
import { SAMPLE } from "../support/worker.mjs";

const sample = (name) => new URL(`../../public/sample/${name}`, import.meta.url).pathname;
const PATIENCE = { timeout: 240_000 };

const findings = (page) => page.locator(".finding").allInnerTexts();

/** Drops a file somewhere on the page. */
const drop = (page, name, bytes) =>
  page.evaluate(
    ({ name, base64 }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      window.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    },
    { name, base64: Buffer.from(bytes).toString("base64") },
  );

async function openSeries(page) {
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText("Slice 2 of 3").first().waitFor();
  await page.getByText("CPU ·").waitFor(PATIENCE);
}

const moveThreshold = (page, percent) =>
  page.getByRole("slider", { name: /^Threshold/ }).evaluate((input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, String(percent));

/** The findings once settings that changed just now are applied. */
async function settled(page) {
  await pause(500);
  await page.getByText(/^Done: /).waitFor({ state: "attached", ...PATIENCE });
  return findings(page);
}

test("a sample that comes late does not take the place of a scan that was opened meanwhile", async (t) => {
  const browser = await launch({ webgpu: false });
  t.after(() => browser.close());
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  let letGo;
  const gate = new Promise((resolve) => (letGo = resolve));
  await page.route("**/sample/*.dcm", async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
  const asked = page.waitForRequest("**/sample/*.dcm");
  await page.getByRole("button", { name: "Try a sample" }).click();
  await asked;
  await drop(page, "own.dcm", readFileSync(sample(SAMPLE[0])));
  await page.getByRole("heading", { name: "own.dcm" }).waitFor();
  const last = page.waitForResponse(`**/sample/${SAMPLE.at(-1)}`);
  letGo();
  await (await last).finished();
  await pause(1000);
  assert.equal(await page.locator(".scan-title h2").innerText(), "own.dcm");
});

test("a dropped file that cannot be read costs nothing of the work, and leaving with it asks first", async (t) => {
  const browser = await launch({ webgpu: false });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await openSeries(page);
  await page.getByRole("button", { name: "Whole series (3)" }).click();
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
  await page.locator(".findings").getByRole("button", { name: /^Reject this finding/ }).last().click();
  await page.getByText("Rejected by the reader").waitFor();
  const before = await settled(page);

  await drop(page, "notes.dcm", "not a scan ".repeat(90));
  await page.locator(".notices .notice.error").waitFor();
  await page.getByText("Rejected by the reader").waitFor();
  assert.deepEqual(await findings(page), before);

  const questions = [];
  page.on("dialog", (dialog) => {
    questions.push(dialog.type());
    return dialog.accept();
  });
  await page.reload();
  assert.deepEqual(questions, ["beforeunload"]);
  await page.reload();
  assert.equal(questions.length, 1, "there is nothing to lose any more");
});

test("a threshold that is moved during the first run counts in the end", async (t) => {
  const browser = await launch({ webgpu: false });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await openSeries(page);
  await page.getByText("Postprocessing").click();
  await page.getByRole("button", { name: "Whole series (3)" }).click();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  await moveThreshold(page, 95);
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
  const moved = await settled(page);

  await page.getByRole("button", { name: "Standard values" }).click();
  const standard = await settled(page);
  assert.notDeepEqual(moved, standard);
  await moveThreshold(page, 95);
  assert.deepEqual(await settled(page), moved);
});
