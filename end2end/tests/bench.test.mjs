// The page that measures the engine for anyone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE_URL, openPage, recordErrors, recordRequests } from "../support/browser.mjs";

test("the bench page measures both networks on the processor, says so, and sends nothing", async (t) => {
  const page = await openPage(t);
  const errors = recordErrors(page);
  const requests = recordRequests(page);
  await page.goto(`${BASE_URL}/about`);
  await page.getByRole("link", { name: "Measure how fast it is here" }).click();
  await page.getByRole("button", { name: "Measure" }).click();
  await page.getByText(/^Done\./).waitFor({ timeout: 600_000 });

  const rows = await page.locator("#times tr").allInnerTexts();
  assert.equal(rows.length, 4);
  const cells = rows[0].split("\t");
  assert.deepEqual(cells.slice(0, 2), ["U-Net", "256 × 256"]);
  assert.match(cells[2], /^CPU: /);
  assert.equal(cells.length, 12);
  for (const number of cells.slice(4)) assert.ok(parseFloat(number) > 0, rows[0]);
  assert.ok(parseFloat(cells[3]) >= 0, rows[0]);
  assert.match(cells[8], /^\d+ %$/);
  assert.match(await page.locator("#peaks").innerText(), /peak [\d.]+ GMAC\/s, copying [\d.]+ GB\/s/);

  await page.getByText("Every step", { exact: true }).click();
  const steps = await page.locator("#steps tr").allInnerTexts();
  await page.locator("summary", { hasText: "Everything" }).click();
  const report = JSON.parse(await page.getByLabel("Everything, as JSON").inputValue());
  assert.equal(report.error, undefined);
  // 23 steps of a U-Net and 45 of a U-Net++, on two sizes of image each; together they are the run.
  assert.equal(steps.length, 2 * (23 + 45));
  for (const { steps, best_ms, gmac, peak_gmac_per_s } of report.figures) {
    // Most of the arithmetic is Winograd's, some two to three times faster than the roof says; either may have been
    // measured while others had the processor.
    const { roof, ms, gmac: own } = steps.reduce((a, b) => (a.gmac > b.gmac ? a : b));
    assert.ok(Math.abs(roof - 1000 * own / peak_gmac_per_s / ms) < 1e-6 && roof > 0.1 && roof < 10, `${roof} of the roof`);
    const sum = (what) => steps.reduce((all, step) => all + step[what], 0);
    assert.ok(Math.abs(sum("gmac") - gmac) < 1e-9 && sum("ms") > 0.5 * best_ms && sum("ms") <= 1.01 * best_ms, `${sum("ms")} of ${best_ms} ms`);
  }
  assert.match(steps.find((step) => step.includes("x00 conv2 16→16")), /\t\d+ %$/);
  assert.ok(report.figures.every(({ runs }) => runs >= 3 && runs <= 15));
  assert.equal(report.prepared[0].backend, "cpu");
  // As sent, not as unpacked, which is about three times as much; limits as in `xtask/src/budget.rs`.
  const sent = Object.fromEntries(report.downloads.map(({ path, bytes }) => [path, bytes]));
  for (const folder of ["/engine", "/engine-relaxed"]) {
    const bytes = ["engine.js", "engine-parts.js", "engine_bg.wasm"].reduce((sum, name) => sum + sent[`${folder}/${name}`], 0);
    assert.ok(bytes > 150_000 && bytes <= 200_000, `${folder}: ${bytes} bytes`);
    const parts = Object.keys(sent).filter((path) => path.startsWith(`${folder}/`) && /-[0-9a-f]{16}\.wasm$/.test(path));
    assert.ok(["opening", "results", "bench"].every((part) => parts.some((path) => path.includes(`/${part}-`))), `${parts}`);
  }
  for (const network of ["unet", "unetpp"]) {
    const bytes = sent[`/weights/${network}.safetensors`];
    assert.ok(bytes > 500_000 && bytes <= 1_300_000, `${network}: ${bytes} bytes`);
  }
  const shown = await page.locator("#downloads tr").allInnerTexts();
  assert.deepEqual(shown, report.downloads.map(({ path, bytes }) => `${path}\t${(bytes / 1000).toFixed(1)}`));
  for (const { memory_mib, planned_mib, weights_mib } of report.figures) {
    assert.ok(planned_mib > 0 && weights_mib > 0 && memory_mib >= planned_mib + weights_mib);
  }
  assert.deepEqual(errors, []);
  for (const { url, body } of requests) {
    assert.ok(url.startsWith(`${BASE_URL}/`), url);
    assert.equal(body, null);
  }
});

test("the graphics card is measured, too, where that is asked for", async (t) => {
  const page = await openPage(t, { webgpu: true });
  const errors = recordErrors(page);
  await page.goto(`${BASE_URL}/bench.html`);
  await page.getByLabel("Channels at full resolution").selectOption("8");
  await page.getByLabel("Images").selectOption("256 × 256");
  await page.getByLabel("Measure the graphics card even if it is emulated or slower").check();
  await page.getByRole("button", { name: "Measure" }).click();
  await page.getByText(/^Done\./).waitFor({ timeout: 600_000 });

  await page.locator("summary", { hasText: "Everything" }).click();
  const report = JSON.parse(await page.getByLabel("Everything, as JSON").inputValue());
  assert.equal(report.error, undefined);
  const cases = report.figures.map(({ case: it }) => `${it.backend} ${it.architecture} ${it.width} ${it.edge}`);
  const networks = ["unet 8 256", "unetpp 8 256"];
  assert.deepEqual(cases, ["cpu", "gpu"].flatMap((backend) => networks.map((network) => `${backend} ${network}`)));
  const [onProcessor, , onCard] = report.figures;
  assert.match(onCard.adapter, /swiftshader/i);
  assert.ok(onCard.warm_ms > onProcessor.warm_ms && onCard.peak_gmac_per_s > 0 && onCard.copy_gb_per_s > 0 && onCard.runs >= 3, JSON.stringify(onCard));
  assert.ok(Math.abs(onCard.gmac - onProcessor.gmac) < 1e-9);
  assert.deepEqual(errors, []);
});
