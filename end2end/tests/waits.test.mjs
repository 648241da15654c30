// Whatever the worker waits for, a line or a GPU, is given up in the end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { launch } from "../support/browser.mjs";
import { answer, ask, openSample, sampleFile, SAMPLE, startWorker } from "../support/worker.mjs";

const PNG = "grey8.png";
const DECODER = "**/decoder/decoder.js*";

/** A script for a worker in which what may take this long in seconds is given up after three. */
const hasten = (limit) => `{
  const set = self.setTimeout;
  self.setTimeout = (work, ms, ...rest) => set.call(self, work, ms === ${limit * 1000} ? 3000 : ms, ...rest);
}`;

/** A picture, which needs a decoder. */
const PICTURE = readFileSync(new URL(`../../model/tests/fixtures/open/${PNG}`, import.meta.url));

/** Asks for it; all events until the answer. */
const openPicture = (page) => ask(page, { type: "open", names: [PNG] }, [{ name: PNG, bytes: PICTURE }], ["opened"]);

/** Asks for a series; all events until it is open, or something else has failed. */
const openSeries = (page) => ask(page, { type: "open", names: SAMPLE }, SAMPLE.map(sampleFile), ["opened"]);

const network = (architecture, backend) => ({ architecture, backend, weights_url: `/weights/${architecture}.safetensors` });

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
});
