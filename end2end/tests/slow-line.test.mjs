// A first visit on a slow line: from the address to the first mask of the sample.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { openLine } from "../support/line.mjs";
import { sample } from "../support/reading.mjs";
import { SAMPLE } from "../support/worker.mjs";

const MEGABIT = 125_000;
const LIMIT_S = 45;
/** What has come by the time that the slice is seen, 12 s of the line: not the network, which the mask waits for. */
const SLICE_BYTES = 1_500_000;
/** What has come by the time that the engine is ready: all that the mask waits for, 2.60 MB. Unlike seconds it is the
 * same on a busy machine. */
const READY_BYTES = 2_670_000;

test(`at 1 Mbit/s a first visit comes to its first mask within ${LIMIT_S} s`, async (t) => {
  const page = await openPage(t);
  const line = await openLine({ bytesPerSecond: MEGABIT, latencyMs: 40 });
  t.after(line.cut);
  // The page itself notes when it shows them: who looks now and then is late by what the line brings meanwhile.
  await page.addInitScript((shown) => {
    window.seenAt = {};
    const look = () => {
      for (const [what, place, words] of shown) {
        if (document.querySelector(place)?.textContent.includes(words)) window.seenAt[what] ??= Date.now();
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  }, [["engine", ".engine-status", "CPU ·"], ["slice", ".slice-slider", "Slice 2 of 3"]]);
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  await page.goto(`${line.url}/read?sample=1`, { timeout: 60_000 });
  const seen = [];
  const see = async (what, locator) => {
    await locator.waitFor({ timeout: 120_000 });
    const sent = line.sent(await page.evaluate((what) => window.seenAt[what], what));
    seen.push(`${what} ${seconds().toFixed(1)} s, ${(sent / 1e6).toFixed(2)} MB`);
    return sent;
  };
  await see("page", page.locator("h1"));
  // What the engine computes on is shown once it is ready.
  const ready = see("engine", page.locator(".engine-status").getByText("CPU ·"));
  const bySlice = await see("slice", page.getByText("Slice 2 of 3").first());
  await see("mask", page.locator(".finding").first());
  const total = seconds();
  const byReady = await ready;
  t.diagnostic(seen.join("; "));
  assert.ok(total <= LIMIT_S, `${total.toFixed(1)} s: ${seen.join("; ")}`);
  assert.ok(bySlice <= SLICE_BYTES, seen.join("; "));
  assert.ok(byReady <= READY_BYTES, seen.join("; "));
  assert.ok(line.sent() > 2_000_000, "the line was not the way that it came");
});

test("files that are chosen before the page's program has come are opened when it is there", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  let letGo;
  const gate = new Promise((resolve) => (letGo = resolve));
  await page.route("**/pkg/*.wasm", async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(`${BASE_URL}/read`, { waitUntil: "commit" });
  await page.getByText("The page is still loading.").waitFor();
  assert.ok(await page.getByRole("button", { name: "Try a sample" }).isDisabled());
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  letGo();
  await page.getByText("Slice 2 of 3").first().waitFor();
});
