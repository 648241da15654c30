// Playing through the slices of a series like a film, and that anything else a reader does stops it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage, overflowPx } from "../support/browser.mjs";
import { isAlive, openScan, openSlice } from "../support/reading.mjs";
import { settled } from "../support/settled.mjs";
import { SAMPLE } from "../support/worker.mjs";

/** No whole number of rounds at any pace: who plays on is not always at the same slice. */
const LOOK_MS = 130;

test("a series is played from its button or with a key, goes round, and stops at any other use", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await isAlive(page);
  await openScan(page, false);
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  const spoken = page.locator(".viewer").getByRole("status");
  const count = page.locator(".slice-slider .count");
  const [play, stop] = ["Play", "Stop playing"].map((name) => page.getByRole("button", { name, exact: true }));
  const stays = async (why) => {
    const before = await count.innerText();
    for (let looks = 0; looks < 6; looks++) {
      await page.waitForTimeout(LOOK_MS);
      assert.equal(await count.innerText(), before, why);
    }
  };
  await stays("nothing plays by itself");

  await page.getByRole("combobox", { name: "Speed" }).selectOption("5 / s");
  await play.click();
  for (const number of [3, 1, 2, 3]) await count.filter({ hasText: `Slice ${number} of 3` }).waitFor();
  assert.equal(await count.getAttribute("aria-live"), "off", "slices that come by themselves are not read out");
  // Another pace is no other use.
  await page.getByRole("combobox", { name: "Speed" }).selectOption("20 / s");
  await stop.click();
  await stays("it was stopped");
  await becomes(() => count.getAttribute("aria-live"), null);

  const uses = {
    "a click on the image": () => viewer.click(),
    "a key": () => viewer.press("i"),
    "the key that began it": () => viewer.press("g"),
    "the wheel": () => page.mouse.wheel(0, 100),
    "a button of the toolbar": () => page.getByRole("button", { name: "Zoom in" }).click(),
    "the slider": () => page.getByRole("slider", { name: "Slice" }).press("ArrowRight"),
  };
  for (const [name, use] of Object.entries(uses)) {
    await viewer.press("g");
    await stop.waitFor();
    await becomes(() => spoken.textContent(), "Playing", name);
    await use();
    await play.waitFor();
    await stays(name);
  }
  // The button has the keyboard then, and the arrow is the image's all the same.
  await play.click();
  await stop.press("ArrowUp");
  await play.waitFor();
  await stays("a key while the button has the keyboard");

  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await settled(page, () => overflowPx(page)), 0);
});

test("a single slice is not played", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await isAlive(page);
  await openSlice(page, SAMPLE[0]);
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  await viewer.press("g");
  assert.equal(await page.getByRole("button", { name: "Play", exact: true }).count(), 0);
  assert.equal(await page.locator(".viewer").getByRole("status").textContent(), "");
});
