// Parts of the engine: fetched when they are needed, and asked for again where the line broke.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE_URL, openPage, recordErrors, recordRequests } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { openScan, sample, segmentSlice } from "../support/reading.mjs";
import { SAMPLE } from "../support/worker.mjs";

const fetched = (requests, part) => requests.filter(({ url }) => new RegExp(`/engine[\\w-]*/${part}-[0-9a-f]{16}\\.wasm$`).test(url)).length;

test("the first mask waits for what opens scans, and for no other part of the engine", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  const requests = recordRequests(page);
  const errors = recordErrors(page);
  await page.goto(BASE_URL);
  await openScan(page);
  assert.deepEqual(["opening", "results", "bench"].map((part) => fetched(requests, part)), [1, 0, 0]);
  await segmentSlice(page);
  await page.waitForResponse(/\/results-[0-9a-f]{16}\.wasm$/, { timeout: 5_000 }).catch(() => null);
  assert.deepEqual(["opening", "results", "bench"].map((part) => fetched(requests, part)), [1, 1, 0]);
  assert.deepEqual(errors, []);
});

test("results can be exported without a line once there are some", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.goto(BASE_URL);
  await openScan(page);
  const part = page.waitForResponse(/\/results-[0-9a-f]{16}\.wasm$/);
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
  await page.getByText("A part of the program could not be fetched.").waitFor();
  await page.unroute(part);
  await choose();
  await page.getByText("Slice 2 of 3").first().waitFor();
  assert.equal(await page.getByText("A part of the program could not be fetched.").count(), 0);
});
