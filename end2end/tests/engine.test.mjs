// The engine in the browser: what computes, what it holds, and how it is stopped.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch } from "../support/browser.mjs";
import { answer, ask, isComputed, network, openSample, prepare, RENAMED, segment, settingsOf, startWorker } from "../support/worker.mjs";

describe("the engine in Chromium", () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  test("left to itself, the engine prefers the processor to a software adapter and names it", async () => {
    const page = await startWorker(browser);
    const info = await prepare(page, "unet", "auto");
    assert.equal(info.backend, "cpu");
    assert.match(info.reason, /swiftshader/i);
    await page.close();
  });

  test("a GPU that no name tells anything about is measured once; what is faster computes", async () => {
    const page = await startWorker(browser);
    await page.workers()[0].evaluate(RENAMED);
    const ready = async (speeds) => {
      const request = { type: "prepare", ...network("unet", "auto"), speeds };
      const events = (await ask(page, request, [], ["engine_ready"])).map(({ event }) => event);
      return { info: events.at(-1), speeds: events.find(({ type }) => type === "speeds") };
    };
    const first = await ready(null);
    assert.equal(first.info.backend, "cpu");
    assert.match(first.info.reason, /faster here.*acme one/);
    assert.ok(first.speeds.gpu_ms > first.speeds.cpu_ms && first.speeds.cpu_ms > 1, JSON.stringify(first.speeds));

    // Another visit, with the figures of a machine where the GPU was faster.
    await prepare(page, "unet", "cpu");
    const { type, ...figures } = first.speeds;
    const remembered = { ...figures, gpu_ms: 1.5, cpu_ms: 30 };
    const second = await ready(remembered);
    assert.equal(second.info.backend, "gpu", second.info.reason);
    assert.equal(second.speeds.gpu_ms, 1.5);

    // Figures of another card do not count.
    await prepare(page, "unet", "cpu");
    const third = await ready({ ...remembered, adapter: "acme two" });
    assert.equal(third.info.backend, "cpu");
    await page.close();
  });

  test("a scan is not held twice: the files that it came in are let go of once they are copied", async () => {
    const page = await startWorker(browser);
    const [inWorker] = page.workers();
    await inWorker.evaluate(() => {
      const take = self.onmessage;
      self.onmessage = (message) => {
        self.came = [...message.data.buffers];
        take(message);
      };
    });
    await openSample(page);
    assert.deepEqual(await inWorker.evaluate(() => self.came.map((buffer) => buffer.byteLength)), [0, 0, 0]);
    await page.close();
  });

  for (const [backend, architecture] of [["cpu", "unetpp"], ["gpu", "unet"]]) {
    test(`a series can be cancelled in the middle of a slice on the ${backend}, and the next one runs`, async () => {
      const page = await startWorker(browser);
      await openSample(page);
      const info = await prepare(page, architecture, backend);
      const whole = await segment(page, info, [1], 6);
      const sliceMs = whole.find(({ event }) => event.type === "segmented").event.total_ms;
      await page.evaluate((sliceMs) => {
        const { worker } = window.engine;
        const cancel = () => {
          window.cancelledAt = performance.now();
          worker.postMessage({ json: '"cancel"', buffers: [] });
        };
        // From the first word about the series on: what comes before it is void. Long before a slice is done.
        const soonMs = Math.min(150, sliceMs / 8);
        worker.addEventListener("message", () => setTimeout(cancel, soonMs), { once: true });
      }, sliceMs);
      const request = { type: "segment", run: 7, slices: Array(60).fill(1), settings: settingsOf(info) };
      const events = await ask(page, request, [], ["cancelled", "finished"]);
      assert.equal(answer(events, "cancelled").run, 7);
      const waitedMs = events.at(-1).at - (await page.evaluate(() => window.cancelledAt));
      // Others may have the processor now, and had not before.
      assert.ok(waitedMs < 2 * sliceMs, `${waitedMs} ms, and a slice takes ${sliceMs}`);
      assert.equal(events.filter(({ event }) => event.type === "segmented").length, 0);
      const next = await segment(page, info, [1], 8);
      assert.deepEqual(next.filter(isComputed).map(({ event }) => event.slice), [1]);
      await page.close();
    });
  }
});

test("without WebGPU the processor computes and the reason is given", async (t) => {
  const browser = await launch({ webgpu: false });
  t.after(() => browser.close());
  const page = await startWorker(browser);
  const info = await prepare(page, "unet", "auto");
  assert.equal(info.backend, "cpu");
  assert.match(info.reason, /WebGPU/);
});
