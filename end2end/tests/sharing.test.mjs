// What several workers share of a series, and what of them is lost.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { serve } from "../support/serve.mjs";
import { exportedMask, isComputed, openSample, prepare, segment, segmentSample, startWorker } from "../support/worker.mjs";

/** The sample's slices over and over: several workers have enough to do. */
const LONG = Array.from({ length: 12 }, (_, index) => index % 3);

describe("a series", () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  test("a series is shared by more workers; where none can be started, one does it alone", async () => {
    const page = await startWorker(browser);
    // In the worker that has the scan: others that it starts, and slices that come from them.
    const inWorker = (count) => page.workers()[0].evaluate(count);
    await inWorker(() => {
      self.hired = 0;
      self.slices = 0;
      self.passedOn = 0;
      const planes = new WeakSet();
      const Worker = self.Worker;
      self.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          self.hired += 1;
          this.addEventListener("message", ({ data }) => {
            self.slices += JSON.parse(data.json).segmented ? 1 : 0;
            for (const plane of data.buffers) planes.add(plane);
          });
        }
      };
      const post = self.postMessage;
      self.postMessage = (message, list) => {
        self.passedOn += list.filter((buffer) => planes.has(buffer)).length;
        post.call(self, message, list);
      };
    });
    await openSample(page);
    const info = await prepare(page, "unet", "cpu");
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    const shared = await segmentSample(page, info);
    const masks = await exportedMask(page);
    assert.equal(await inWorker(() => self.hired), cores > 1 ? Math.min(cores, 3) : 0);

    await inWorker(() => (self.slices = self.passedOn = 0));
    assert.equal((await segment(page, info, LONG)).filter(isComputed).length, LONG.length, "each time it is asked for");
    const [slices, passedOn] = await inWorker(() => [self.slices, self.passedOn]);
    // If the others are late, the first one computes until they are ready.
    if (cores > 1) assert.ok(slices >= LONG.length / 2, `${slices} slices came from others`);
    else assert.equal(slices, 0);
    // A slice's planes go on to the page as they have come, not copied once more, but for final masks
    // that the slices beside have changed.
    assert.ok(passedOn >= 3 * slices && passedOn <= 4 * slices, `${passedOn} of ${4 * slices} planes were passed on`);
    assert.deepEqual(await exportedMask(page), masks);

    await inWorker(() => {
      self.Worker = class {
        constructor() {
          throw new Error("no more workers");
        }
      };
    });
    const before = await inWorker(() => self.slices);
    const alone = await segmentSample(page, info);
    assert.equal(await inWorker(() => self.slices), before);
    for (const slices of [shared, alone]) {
      assert.deepEqual(slices.map(({ event }) => event.slice).sort(), [0, 1, 2]);
    }
    assert.deepEqual(await exportedMask(page), masks);
    await page.close();
  });

  /** A worker that has segmented the sample on the processor, its masks, and how many cores there are. */
  async function segmentedOnCpu() {
    const page = await startWorker(browser);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    await openSample(page);
    const info = await prepare(page, "unet", "cpu");
    await segmentSample(page, info);
    return { page, info, cores, masks: await exportedMask(page) };
  }

  test("the slices of a worker that is lost are done by the others", async (t) => {
    const { page, info, masks, cores } = await segmentedOnCpu();
    if (cores < 2) return t.skip("one core, one worker");
    const inWorker = (count) => page.workers()[0].evaluate(count);
    await inWorker(() => {
      self.lost = 0;
      const Worker = self.Worker;
      self.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          // The first one that has computed a slice, which is lost with it, as is the next one that waits for it.
          this.addEventListener("message", (message) => {
            if (self.lost > 0 || !JSON.parse(message.data.json).segmented) return;
            self.lost += 1;
            message.stopImmediatePropagation();
            this.terminate();
            this.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }));
          });
        }
      };
    });
    const computed = (await segment(page, info, LONG)).filter(isComputed);
    assert.equal(await inWorker(() => self.lost), 1);
    assert.deepEqual(computed.map(({ event }) => event.slice).sort(), [...LONG].sort());
    assert.deepEqual(await exportedMask(page), masks);
    await page.close();
  });

  test("two workers compute on a GPU at once; where one of them loses it, the other does its slices, too", async (t) => {
    // A subworker by this address loses its device in the middle of its first slice after the self-test.
    const fault = `if (self.location.search === "?faulty") {
      const devices = [];
      let isGiven = false;
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...args) {
        const device = await request.apply(this, args);
        devices.push(device);
        return device;
      };
      self.addEventListener("message", ({ data }) => (isGiven ||= data.json?.includes('"segment"')));
      const submit = GPUQueue.prototype.submit;
      GPUQueue.prototype.submit = function (...args) {
        submit.apply(this, args);
        if (isGiven) devices.forEach((device) => device.destroy());
      };
    }\n`;
    const folder = mkdtempSync(join(tmpdir(), "neurocare-faulty-"));
    const script = join(folder, "engine-worker.js");
    writeFileSync(script, fault + readFileSync(new URL("../../site/engine-worker.js", import.meta.url), "utf8"));
    const server = await serve({ "/": fileURLToPath(new URL("../../site", import.meta.url)), "/engine-worker.js": script });
    t.after(() => {
      server.stop();
      rmSync(folder, { recursive: true });
    });
    const page = await startWorker(browser, `${server.url}/bench.html`);
    t.after(() => page.close());
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    if (cores < 2) return t.skip("one core, one worker");
    const inWorker = (work) => page.workers()[0].evaluate(work);
    await inWorker(() => {
      self.isFaulty = false;
      self.hired = 0;
      self.lost = new Set();
      self.computed = [];
      const Worker = self.Worker;
      self.Worker = class extends Worker {
        constructor(address, options) {
          super(self.isFaulty && self.hired === 0 ? `${address}?faulty` : address, options);
          const number = self.hired++;
          this.addEventListener("message", ({ data }) => {
            const { segmented, fatal } = JSON.parse(data.json);
            const at = performance.now();
            if (segmented) self.computed.push({ number, start: at - segmented.total_ms, end: at });
            if (fatal) self.lost.add(number);
          });
        }
      };
    });
    await openSample(page);
    const info = await prepare(page, "unet", "gpu");
    const six = LONG.slice(0, 6);
    await segment(page, info, six);
    const masks = await exportedMask(page);
    const [hired, computed] = await inWorker(() => [self.hired, self.computed]);
    assert.equal(hired, 2);
    const isBeside = (a, b) => a.number !== b.number && Math.min(a.end, b.end) - Math.max(a.start, b.start) > 0.3 * (a.end - a.start);
    assert.ok(computed.some((a) => computed.some((b) => isBeside(a, b))), JSON.stringify(computed));

    await inWorker(() => {
      self.isFaulty = true;
      self.hired = 0;
    });
    const after = (await segment(page, info, six, 2)).filter(isComputed);
    assert.deepEqual(await inWorker(() => [...self.lost]), [0]);
    assert.deepEqual(after.map(({ event }) => event.slice).sort(), [...six].sort());
    assert.deepEqual(await exportedMask(page), masks);
  });

  test("the slices of a worker that never answers are done by the one that waits for them", async (t) => {
    const { page, info, masks, cores } = await segmentedOnCpu();
    if (cores < 2) return t.skip("one core, one worker");
    const inWorker = (count) => page.workers()[0].evaluate(count);
    await inWorker(() => {
      // Time passes faster for the one that waits.
      const now = performance.now.bind(performance);
      performance.now = () => 20 * now();
      self.unheard = 0;
      self.ended = 0;
      let silent;
      const Worker = self.Worker;
      self.Worker = class extends Worker {
        constructor(...args) {
          super(...args);
          this.addEventListener("message", (message) => {
            if (!JSON.parse(message.data.json).segmented || (silent ??= this) !== this) return;
            self.unheard += 1;
            message.stopImmediatePropagation();
          });
        }
        terminate() {
          self.ended += this === silent && self.unheard > 0;
          super.terminate();
        }
      };
    });
    const computed = (await segment(page, info, LONG)).filter(isComputed);
    assert.ok((await inWorker(() => self.unheard)) > 0);
    assert.equal(await inWorker(() => self.ended), 1);
    assert.deepEqual(computed.map(({ event }) => event.slice).sort(), [...LONG].sort());
    assert.deepEqual(await exportedMask(page), masks);
    await page.close();
  });
});
