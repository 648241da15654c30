// Which back end computes: measured on the first visit, shown, and remembered by the browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, says } from "../support/becomes.mjs";
import { BASE_URL, openPage, recordErrors } from "../support/browser.mjs";
import { PATIENCE } from "../support/reading.mjs";
import { shoot } from "../support/shot.mjs";
import { NAMELESS, RENAMED } from "../support/worker.mjs";

for (const [what, script, name, shown] of [
  ["of a GPU with a name", RENAMED, "acme one", "the GPU (acme one)."],
  ["of a GPU whose name the browser hides", NAMELESS, "", "the GPU."],
]) test(`speeds ${what} are measured on the first visit and not on the second`, async (t) => {
  const page = await openPage(t, { webgpu: true, serviceWorkers: "block", viewport: { width: 1280, height: 900 } });
  await page.context().route("**/engine-worker.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: script + (await response.text()) });
  });
  const errors = recordErrors(page);
  const status = page.locator(".engine-status");

  await page.goto(`${BASE_URL}/read`);
  await status.getByText("CPU").waitFor(PATIENCE);
  await says(status, /Measured\s+GPU [\d.]+ .?s, processor [\d.]+ .?s for 256 × 256 pixels/);
  const text = await status.innerText();
  assert.ok(text.includes(`The processor is faster here than ${shown}`), text);
  await shoot(page, "measured");

  // As if the GPU had been faster then.
  const kept = await page.evaluate(() => {
    const speeds = JSON.parse(localStorage.getItem("speeds-unet"));
    localStorage.setItem("speeds-unet", JSON.stringify({ ...speeds, gpu_ms: 2, cpu_ms: 30 }));
    return speeds;
  });
  assert.ok(kept.gpu_ms > kept.cpu_ms && kept.adapter === name, JSON.stringify(kept));
  await page.reload();
  await status.getByText("GPU", { exact: true }).waitFor(PATIENCE);
  await says(status, /Measured\s+GPU 2 ms, processor 30 ms/);

  // Another release may be faster: what an older one took says nothing.
  await page.evaluate(() => localStorage.setItem("speeds-release-unet", "older"));
  await page.reload();
  await status.getByText("CPU").waitFor(PATIENCE);
  assert.doesNotMatch(await status.innerText(), /processor 30 ms/);

  // By hand there is nothing to measure.
  await page.getByRole("group", { name: "Compute on" }).getByText("CPU", { exact: true }).click();
  await status.locator("strong", { hasText: "CPU" }).waitFor(PATIENCE);

  // The next visit begins with what was chosen, though the GPU is noted as the faster one.
  await page.evaluate((speeds) => {
    localStorage.setItem("speeds-unet", JSON.stringify({ ...speeds, gpu_ms: 2, cpu_ms: 30 }));
  }, kept);
  await page.reload();
  await status.locator("strong", { hasText: "CPU" }).waitFor(PATIENCE);
  await becomes(() => page.getByRole("group", { name: "Compute on" }).getByLabel("CPU", { exact: true }).isChecked(), true);
  await page.getByRole("group", { name: "Compute on" }).getByText("Automatic", { exact: true }).click();
  await page.reload();
  await status.locator("strong").waitFor(PATIENCE);
  await becomes(() => page.getByRole("group", { name: "Compute on" }).getByLabel("Automatic", { exact: true }).isChecked(), true);
  assert.deepEqual(errors, []);
});
