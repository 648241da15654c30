// Parts of the engine: fetched when they are needed, and asked for again where the line broke.
import assert from "node:assert/strict";
import { test } from "node:test";
import { enter } from "../support/account.mjs";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage, recordErrors, recordRequests } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { PATIENCE, findings, openScan, sample, saveAs, segmentSlice } from "../support/reading.mjs";
import { SAMPLE } from "../support/worker.mjs";

const RESULTS = "**/results-*.wasm";
const MISSING = "A part of the program could not be fetched.";

test("the first mask waits for what opens scans, and for no other part of the engine", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  const requests = recordRequests(page);
  const errors = recordErrors(page);
  // It never comes.
  await page.route(RESULTS, () => {});
  await page.goto(BASE_URL);
  await openScan(page);
  await segmentSlice(page);
  await page.locator(".finding").first().waitFor();
  const asks = (part) => ({ url }) => new RegExp(`/${part}-[0-9a-f]{16}\\.wasm$`).test(url);
  const asked = () => ["opening", "results", "bench"].map((part) => requests.filter(asks(part)).length);
  await becomes(asked, [1, 1, 0]);
  assert.deepEqual(errors, []);
});

test("without the part for results they are saved, and corrected once it can be fetched", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.route(RESULTS, (route) => route.abort());
  await enter(page);
  await openScan(page);
  await segmentSlice(page);
  await saveAs(page, "Patient 12");
  await page.getByText("Saved.", { exact: true }).waitFor();
  const outlines = (await findings(page)).length;
  const reject = page.locator(".findings").getByRole("button", { name: /^Reject this finding/ }).last();
  await reject.click();
  await page.getByText(MISSING).waitFor();
  assert.equal((await findings(page)).length, outlines, "nothing is rejected");
  await page.unroute(RESULTS);
  // By the keyboard: a second click right after the first is taken for a slip.
  await reject.press("Enter");
  await page.getByText("Rejected by the reader").waitFor();
});

test("a part that hangs is asked for again, and is waited for meanwhile", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  // In a moment what takes two minutes otherwise.
  await page.route("**/engine-parts.js", async (route) => {
    const answer = await route.fetch();
    const script = await answer.text();
    const limit = "AbortSignal.timeout(120000)";
    assert.ok(script.includes(limit));
    await route.fulfill({ response: answer, body: script.replaceAll(limit, "AbortSignal.timeout(7000)") });
  });
  let asked = 0;
  await page.route(RESULTS, (route) => (++asked > 1 ? route.continue() : null));
  await page.goto(BASE_URL);
  await openScan(page);
  await segmentSlice(page);
  await page.locator(".findings").getByRole("button", { name: /^Reject this finding/ }).last().click();
  await page.getByText("Rejected by the reader").waitFor(PATIENCE);
  assert.equal(asked, 2);
});

test("results can be exported without a line once there are some", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.goto(BASE_URL);
  const part = page.waitForResponse(/\/results-[0-9a-f]{16}\.wasm$/, PATIENCE);
  await openScan(page);
  await segmentSlice(page);
  await (await part).finished();
  await page.context().setOffline(true);
  const { bytes } = await download(page, page.getByRole("button", { name: "Findings (CSV)" }));
  assert.ok(bytes.toString().startsWith("status,lesion,slice"));
});

test("a scan is not opened without the part for it, and is when it can be fetched", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  const part = "**/opening-*.wasm";
  await page.route(part, (route) => route.abort());
  await page.goto(`${BASE_URL}/read`);
  const choose = () => page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await choose();
  await page.getByText(MISSING).waitFor();
  await page.unroute(part);
  await choose();
  await page.getByText("Slice 2 of 3").first().waitFor();
  await becomes(() => page.getByText(MISSING).count(), 0);
});
