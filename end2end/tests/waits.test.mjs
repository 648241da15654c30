// Whatever the worker waits for, a line or a GPU, is given up in the end, and nothing that works is lost by it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { BASE_URL, launch, openPage } from "../support/browser.mjs";
import { openScan, PATIENCE, segmentSlice } from "../support/reading.mjs";
import { answer, ask, network, openSample, prepare, sampleFile, SAMPLE, segment, segmentSample, startWorker } from "../support/worker.mjs";

const PNG = "grey8.png";
const DECODER = "**/decoder/decoder.js*";

/** A script for a worker in which what may take this long in seconds is given up after five. */
const hasten = (limit) => `{
  const set = self.setTimeout;
  self.setTimeout = (work, ms, ...rest) => set.call(self, work, ms === ${limit * 1000} ? 5000 : ms, ...rest);
}`;

/** A picture, which needs a decoder. */
const PICTURE = readFileSync(new URL(`../../model/tests/fixtures/open/${PNG}`, import.meta.url));

/** Asks for it; all events until the answer. */
const openPicture = (page) => ask(page, { type: "open", names: [PNG] }, [{ name: PNG, bytes: PICTURE }], ["opened"]);

/** Asks for a series; all events until it is open, or something else has failed. */
const openSeries = (page) => ask(page, { type: "open", names: SAMPLE }, SAMPLE.map(sampleFile), ["opened"]);

/** Asks for a network; all events until it is ready or not. */
const ready = (page, architecture, backend = "cpu") =>
  ask(page, { type: "prepare", ...network(architecture, backend) }, [], ["engine_ready"]);

/** Sends a request, as its JSON is, whose answer is not waited for here. */
const say = (page, request, file = []) =>
  page.evaluate(({ json, file }) => {
    const buffers = file.length > 0 ? [new Uint8Array(file).buffer] : [];
    window.engine.worker.postMessage({ json, buffers }, buffers);
  }, { json: JSON.stringify(request), file: [...file] });

/** All events until one of this type. */
const until = (page, type) =>
  page.evaluate(async (type) => (await window.engine.until([type])).map(({ event }) => ({ event })), type);

const types = (events) => events.map(({ event }) => event.type);

describe("what the worker waits for", () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  /** A worker in a context of its own, in which routes are `set` before it starts; both end with the test. */
  async function startIn(t, set = async () => {}) {
    const context = await browser.newContext({ serviceWorkers: "block" });
    t.after(() => context.close());
    await set(context);
    return startWorker(context);
  }

  for (const file of ["decoder.js", "decoder_bg.wasm"]) {
    test(`a decoder whose ${file} hangs is given up, said to be missing and asked for again`, async (t) => {
      let asked = 0;
      const page = await startIn(t, async (context) => {
        // In a moment what takes two minutes otherwise.
        await context.route("**/engine-worker.js", async (route) => {
          const real = await route.fetch();
          const script = await real.text();
          const limit = "AbortSignal.timeout(120000)";
          assert.ok(script.includes(limit));
          await route.fulfill({ response: real, body: script.replace(limit, "AbortSignal.timeout(7000)") });
        });
        await context.route(`**/decoder/${file}*`, (route) => (++asked > 1 ? route.continue() : null));
      });
      const failed = await openPicture(page);
      assert.equal(answer(failed, "not_opened").cause, "The part of the program that reads PNG could not be loaded.");
      assert.ok(types(failed).includes("awaiting"), "the page knows that the worker lives");
      answer(await openPicture(page), "opened");
      answer(await openPicture(page), "opened");
      assert.equal(asked, 2);
    });
  }

  test("opening a picture can be stopped while its decoder hangs", async (t) => {
    const page = await startIn(t, (context) => context.route(DECODER, () => {}));
    // One that came before is void.
    await say(page, "cancel");
    // When the page knows that there is something to wait for.
    await page.evaluate(() => {
      const { worker } = window.engine;
      worker.addEventListener("message", ({ data }) => data.json === '"awaiting"' && worker.postMessage({ json: '"cancel"', buffers: [] }));
    });
    const stopped = await openPicture(page);
    assert.equal(answer(stopped, "not_opened").cause, "Opening was stopped.");
    assert.deepEqual(types(stopped), ["awaiting", "not_opened"]);
    await openSample(page);
  });

  test("another scan does not wait for what the one before it waits for", async (t) => {
    const page = await startIn(t, (context) => context.route(DECODER, () => {}));
    await say(page, { open: { names: [PNG] } }, PICTURE);
    assert.match(answer(await openSeries(page), "not_opened").cause, /another scan was chosen/);
    answer(await until(page, "opened"), "opened");
  });

  test("another scan does not wait for a part that results need", async (t) => {
    const page = await startIn(t, (context) => context.route("**/results-*.wasm", () => {}));
    await openSample(page);
    await say(page, { restore: { run: 5 } });
    // What is asked for beside a scan is not stopped so.
    await say(page, "cancel");
    await page.waitForTimeout(1000);
    assert.deepEqual(await page.evaluate(() => window.engine.events), []);
    assert.equal(answer(await openSeries(page), "run_failed").run, 5);
    answer(await until(page, "opened"), "opened");
  });

  for (const [moment, limit, stub] of [
    ["says nothing of itself", 15, () => (GPU.prototype.requestAdapter = self.never)],
    ["does not start", 90, () => (GPUAdapter.prototype.requestDevice = self.never)],
    ["does not compile", 90, () => (GPUDevice.prototype.popErrorScope = self.never)],
    ["does not compute", 60, () => (GPUBuffer.prototype.mapAsync = GPUQueue.prototype.onSubmittedWorkDone = self.never)],
  ]) {
    test(`a GPU that ${moment}, and never will, is not waited for`, async (t) => {
      const page = await startIn(t);
      const [worker] = page.workers();
      await worker.evaluate(hasten(limit));
      await worker.evaluate(() => {
        self.asked = 0;
        self.never = () => {
          self.asked += 1;
          return new Promise(() => {});
        };
      });
      await worker.evaluate(stub);
      const info = answer(await ready(page, "unet", "gpu"), "engine_ready");
      assert.ok((await worker.evaluate(() => self.asked)) > 0);
      assert.equal(info.backend, "cpu");
      assert.match(info.reason, /does not answer/);
    });
  }

  /** Has the start of weights come and no more of them; what is fetched is noted. */
  const stall = (page) =>
    page.workers()[0].evaluate(() => {
      self.fetched = [];
      self.isStalled = true;
      const real = self.fetch;
      self.fetch = async (address, options) => {
        if (!address.includes("/weights/")) return real.call(self, address, options);
        self.fetched.push({ address, signal: options?.signal });
        const response = await real.call(self, address, options);
        if (!self.isStalled) return response;
        const start = (await response.arrayBuffer()).slice(0, 1000);
        const body = new ReadableStream({ start: (line) => line.enqueue(new Uint8Array(start)) });
        return new Response(body);
      };
    });

  /** Of each file of weights that was asked for: which, and whether it was given up. */
  const fetched = (page) =>
    page.workers()[0].evaluate(() => self.fetched.map(({ address, signal }) => [address.match(/\w+(?=\.)/)[0], signal?.aborted]));

  test("weights that stop coming are given up and can be asked for again", async (t) => {
    const page = await startIn(t);
    await page.workers()[0].evaluate(hasten(30));
    await stall(page);
    const failed = await ready(page, "unet");
    assert.match(answer(failed, "not_ready").cause, /nothing has come for 30 s/);
    assert.ok(types(failed).includes("progress"), "some of it had come");
    await page.workers()[0].evaluate(() => (self.isStalled = false));
    answer(await ready(page, "unet"), "engine_ready");
    assert.equal((await fetched(page)).length, 2);
  });

  test("the line is for the network that was chosen last, and goes on where only another back end was", async (t) => {
    const page = await startIn(t);
    await stall(page);
    await say(page, { prepare: network("unetpp", "cpu") });
    await until(page, "progress");
    assert.match(answer(await ready(page, "unetpp", "auto"), "not_ready").cause, /Another network was chosen/);
    await page.waitForTimeout(500);
    assert.deepEqual(await fetched(page), [["unetpp", false]]);

    await page.workers()[0].evaluate(() => (self.isStalled = false));
    answer(await ready(page, "unet"), "not_ready");
    assert.equal(answer(await until(page, "engine_ready"), "engine_ready").architecture, "unet");
    const [given, taken, ...others] = await fetched(page);
    assert.deepEqual([given, taken[0], others], [["unetpp", true], "unet", []]);
  });

  test("without a line another back end computes with the weights that are there, and a network that cannot come costs none", async (t) => {
    const page = await startIn(t);
    await openSample(page);
    await prepare(page, "unet", "cpu");
    const weights = "**/weights/*";
    await page.context().route(weights, (route) => route.abort());
    const moved = await prepare(page, "unet", "auto");

    const refused = answer(await ready(page, "unetpp", "auto"), "not_ready");
    assert.match(refused.cause, /is not on this computer yet/);
    assert.match(refused.way_out, /U-Net is still ready: choose it/);
    const again = await ready(page, "unet", "auto");
    assert.deepEqual(types(again), ["engine_ready"], "at once");
    assert.equal((await segmentSample(page, moved)).length, 3);

    await page.context().unroute(weights);
    const other = answer(await ready(page, "unetpp", "cpu"), "engine_ready");
    assert.equal(other.architecture, "unetpp");
    await segment(page, other, [1], 2);
  });
});

test("a reader without a line can go on with the network that is there", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.goto(`${BASE_URL}/read`);
  await openScan(page, false);
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.context().route("**/weights/*", (route) => route.abort());
  const choose = (group, choice) => page.getByRole("group", { name: group }).getByText(choice, { exact: true }).click();
  await choose("Compute on", "CPU");
  await page.locator(".engine-status").getByText("Why").waitFor({ state: "detached" });
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await choose("Network", "U-Net++");
  await page.locator(".engine-status").getByText("U-Net is still ready: choose it to go on with it.").waitFor(PATIENCE);
  await choose("Network", "U-Net");
  await segmentSlice(page);
});
