// The engine in the browser: what computes, what happens where that fails, and what several workers share.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../support/browser.mjs";
import { serve } from "../support/serve.mjs";
import {
  answer, ask, exportedMask, openSample, prepare, RENAMED, segment, segmentSample, settingsOf, startWorker,
} from "../support/worker.mjs";

/** A file that the native tests open, or the values of one. */
const fixture = (name) => readFileSync(new URL(`../../model/tests/fixtures/open/${name}`, import.meta.url));

/** The sample's slices over and over: several workers have enough to do. */
const LONG = Array.from({ length: 12 }, (_, index) => index % 3);

/** Whether the network has computed it, rather than a slice beside it having changed it. */
const isComputed = ({ event }) => event.type === "segmented" && event.total_ms > 0;

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
      const request = { type: "prepare", architecture: "unet", backend: "auto", weights_url: "/weights/unet.safetensors", speeds };
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

  for (const [defect, f16] of [
    ["does not compile", "enable f16;"],
    // As wide as f32, and so read from the wrong places.
    ["computes wrongly", "alias f16 = f32; alias vec4h = vec4<f32>;"],
  ]) {
    test(`a GPU whose f16 ${defect} computes in f32`, async () => {
      const page = await startWorker(browser);
      const inWorker = page.workers()[0];
      // The software adapter as a real one that promises f16, which it does not have.
      await inWorker.evaluate(RENAMED);
      await inWorker.evaluate((f16) => {
        for (const { prototype } of [GPUAdapter, GPUDevice]) {
          const { get } = Object.getOwnPropertyDescriptor(prototype, "features");
          Object.defineProperty(prototype, "features", {
            get() {
              return new Set([...get.call(this), "shader-f16"]);
            },
          });
        }
        const request = GPUAdapter.prototype.requestDevice;
        GPUAdapter.prototype.requestDevice = function ({ requiredFeatures, ...rest }) {
          const real = [...requiredFeatures].filter((name) => name !== "shader-f16");
          return request.call(this, { ...rest, requiredFeatures: real });
        };
        self.shaders = { f16: 0, f32: 0 };
        const create = GPUDevice.prototype.createShaderModule;
        GPUDevice.prototype.createShaderModule = function ({ code, ...rest }) {
          self.shaders[code.includes("enable f16;") ? "f16" : "f32"] += 1;
          return create.call(this, { ...rest, code: code.replace("enable f16;", f16) });
        };
      }, f16);
      const info = await prepare(page, "unet", "gpu");
      assert.ok(info.self_test_error < 0.001, "as good as f32 is");
      const shaders = await inWorker.evaluate(() => self.shaders);
      assert.ok(shaders.f16 > 0 && shaders.f32 > 0, JSON.stringify(shaders));
      await page.close();
    });
  }

  test("a GPU that computes the network rightly and its probabilities wrongly is not used", async () => {
    const page = await startWorker(browser);
    await page.workers()[0].evaluate(() => {
      const create = GPUDevice.prototype.createShaderModule;
      GPUDevice.prototype.createShaderModule = function ({ code, ...rest }) {
        return create.call(this, { ...rest, code: code.replace("round(254.0 * probability)", "round(240.0 * probability)") });
      };
    });
    const request = { type: "prepare", architecture: "unet", backend: "gpu", weights_url: "/weights/unet.safetensors" };
    const info = answer(await ask(page, request, [], ["engine_ready"]), "engine_ready");
    assert.equal(info.backend, "cpu");
    assert.match(info.reason, /self-test failed/);
    await page.close();
  });

  test("a GPU whose driver does not compile a kernel is not used, and the worker lives", async () => {
    const page = await startWorker(browser);
    await page.workers()[0].evaluate(() => {
      const pop = GPUDevice.prototype.popErrorScope;
      GPUDevice.prototype.popErrorScope = async function () {
        await pop.call(this);
        return new GPUInternalError("no such instruction");
      };
    });
    const request = { type: "prepare", architecture: "unet", backend: "gpu", weights_url: "/weights/unet.safetensors" };
    const info = answer(await ask(page, request, [], ["engine_ready"]), "engine_ready");
    assert.equal(info.backend, "cpu");
    assert.match(info.reason, /no such instruction/);
    await page.close();
  });

  test("a network that gives way to another gives its GPU memory back", async () => {
    const page = await startWorker(browser);
    const inWorker = (work) => page.workers()[0].evaluate(work);
    await inWorker(() => {
      self.made = new Set();
      self.devices = 0;
      const create = GPUDevice.prototype.createBuffer;
      GPUDevice.prototype.createBuffer = function (...args) {
        const buffer = create.apply(this, args);
        self.made.add(buffer);
        return buffer;
      };
      const destroy = GPUBuffer.prototype.destroy;
      GPUBuffer.prototype.destroy = function () {
        self.made.delete(this);
        destroy.call(this);
      };
      const end = GPUDevice.prototype.destroy;
      GPUDevice.prototype.destroy = function () {
        self.devices += 1;
        end.call(this);
      };
    });
    const kept = () => inWorker(() => [...self.made].reduce((sum, { size }) => sum + size, 0));
    await openSample(page);
    const info = await prepare(page, "unet", "gpu");
    await segment(page, info, [1]);
    const withSlice = await kept();
    assert.equal(await inWorker(() => self.devices), 0);
    await prepare(page, "unet", "cpu");
    assert.equal(await inWorker(() => self.devices), 1, "with the device all else goes");
    assert.ok((await kept()) < 0.3 * withSlice, `${await kept()} of ${withSlice} bytes are left to the browser`);
    await page.close();
  });

  for (const [backend, architecture] of [["cpu", "unetpp"], ["gpu", "unet"]]) {
    test(`a series can be cancelled in the middle of a slice on the ${backend}, and the next one runs`, async () => {
      const page = await startWorker(browser);
      await openSample(page);
      const info = await prepare(page, architecture, backend);
      const whole = await segment(page, info, [1], 6);
      const sliceMs = whole.find(({ event }) => event.type === "segmented").event.total_ms;
      await page.evaluate(() => {
        const { worker } = window.engine;
        const cancel = () => {
          window.cancelledAt = performance.now();
          worker.postMessage({ json: '"cancel"', buffers: [] });
        };
        // From the first word about the series on: what comes before it is void.
        worker.addEventListener("message", () => setTimeout(cancel, 150), { once: true });
      });
      const request = { type: "segment", run: 7, slices: Array(60).fill(1), settings: settingsOf(info) };
      const events = await ask(page, request, [], ["cancelled", "finished"]);
      assert.equal(answer(events, "cancelled").run, 7);
      const waitedMs = events.at(-1).at - (await page.evaluate(() => window.cancelledAt));
      assert.ok(waitedMs < sliceMs, `${waitedMs} ms, and a slice takes ${sliceMs}`);
      assert.equal(events.filter(({ event }) => event.type === "segmented").length, 0);
      const next = await segment(page, info, [1], 8);
      assert.deepEqual(next.filter(isComputed).map(({ event }) => event.slice), [1]);
      await page.close();
    });
  }

  test("a GPU that is lost in the middle of a slice is replaced, and the slice repeated", async () => {
    const page = await startWorker(browser);
    const inWorker = (count) => page.workers()[0].evaluate(count);
    await inWorker(() => {
      self.devices = [];
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...args) {
        const device = await request.apply(this, args);
        self.devices.push(device);
        return device;
      };
    });
    await openSample(page);
    const info = await prepare(page, "unet", "gpu");
    assert.equal(await inWorker(() => self.devices.length), 1);
    // When the first part of the network has been computed.
    await inWorker(() => {
      const [device] = self.devices;
      const submit = GPUQueue.prototype.submit;
      let parts = 0;
      GPUQueue.prototype.submit = function (...args) {
        submit.apply(this, args);
        parts += 1;
        if (parts === 3) device.destroy();
      };
    });
    const events = (await segment(page, info, [1])).map(({ event }) => event);
    assert.equal(await inWorker(() => self.devices.length), 2);
    assert.equal(events.find(({ type }) => type === "engine_ready")?.backend, "gpu");
    assert.equal(events.filter(({ type }) => type === "segmented").length, 1);
    const afterLoss = await exportedMask(page);
    // Another slice of the same size needs nothing more.
    await inWorker(() => {
      self.made = [];
      for (const name of ["createBuffer", "createBindGroup", "createShaderModule", "createComputePipeline", "createComputePipelineAsync"]) {
        const create = GPUDevice.prototype[name];
        GPUDevice.prototype[name] = function (...args) {
          self.made.push(name);
          return create.apply(this, args);
        };
      }
    });
    await segment(page, info, [1], 2);
    assert.equal(await inWorker(() => self.devices.length), 2);
    assert.deepEqual(await inWorker(() => self.made), []);
    assert.deepEqual(await exportedMask(page), afterLoss);
    await page.close();
  });

  test("kernels are compiled while the weights are downloaded", async () => {
    const page = await startWorker(browser);
    const inWorker = (work) => page.workers()[0].evaluate(work);
    await inWorker(() => {
      self.kernels = 0;
      for (const name of ["createComputePipeline", "createComputePipelineAsync"]) {
        const create = GPUDevice.prototype[name];
        GPUDevice.prototype[name] = function (...args) {
          self.kernels += 1;
          return create.apply(this, args);
        };
      }
    });
    let compiled = 0;
    await page.context().route("**/weights/unet.safetensors", async (route) => {
      const until = Date.now() + 60_000;
      while (compiled === 0 && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        compiled = await inWorker(() => self.kernels);
      }
      await route.continue();
    });
    await prepare(page, "unet", "gpu");
    assert.ok(compiled > 0, "none before the weights were there");
    await page.close();
  });

  test("a GPU that goes on failing leaves a slice to the processor", async () => {
    const page = await startWorker(browser);
    const inWorker = (work) => page.workers()[0].evaluate(work);
    await openSample(page);
    const info = await prepare(page, "unet", "gpu");
    await inWorker(() => {
      // As a driver that can do what the self-test asks for, and no more.
      self.readBacks = 0;
      const map = GPUBuffer.prototype.mapAsync;
      GPUBuffer.prototype.mapAsync = function (mode, offset, size) {
        if (size < 100_000) return map.call(this, mode, offset, size);
        self.readBacks += 1;
        return Promise.reject(new Error("no more"));
      };
    });
    const events = (await segment(page, info, [1])).map(({ event }) => event);
    assert.equal(await inWorker(() => self.readBacks), 2, "it was given a second try");
    const ready = events.filter(({ type }) => type === "engine_ready");
    assert.deepEqual(ready.map(({ backend }) => backend), ["gpu", "cpu"]);
    assert.match(ready[1].reason, /^The GPU failed at slice 2 \(.+\), so the processor went on\.$/);
    assert.equal(events.filter(({ type }) => type === "segmented").length, 1);
    await page.close();
  });

  test("a GPU with too little memory is asked for less, before the processor goes on", async () => {
    const page = await startWorker(browser);
    const inWorker = (work) => page.workers()[0].evaluate(work);
    await openSample(page);
    const info = await prepare(page, "unet", "gpu");
    await inWorker(() => {
      self.refused = [];
      let isFull = false;
      const create = GPUDevice.prototype.createBuffer;
      GPUDevice.prototype.createBuffer = function (descriptor) {
        if (descriptor.size > 2_000_000) {
          isFull = true;
          self.refused.push(descriptor.size);
        }
        return create.call(this, descriptor);
      };
      const scopes = [];
      const { pushErrorScope, popErrorScope } = GPUDevice.prototype;
      GPUDevice.prototype.pushErrorScope = function (filter) {
        scopes.push(filter);
        pushErrorScope.call(this, filter);
      };
      GPUDevice.prototype.popErrorScope = async function () {
        const isRefused = scopes.pop() === "out-of-memory" && isFull;
        isFull &&= !isRefused;
        const found = await popErrorScope.call(this);
        return isRefused ? new GPUOutOfMemoryError("full") : found;
      };
    });
    const events = (await segment(page, info, [1])).map(({ event }) => event);
    const refused = await inWorker(() => self.refused);
    assert.ok(Math.min(...refused) < 0.6 * Math.max(...refused), `${refused}`);
    const ready = events.filter(({ type }) => type === "engine_ready");
    assert.deepEqual(ready.map(({ backend }) => backend), ["cpu"]);
    assert.match(ready[0].reason, /too little memory/);
    assert.equal(events.filter(({ type }) => type === "segmented").length, 1);
    await page.close();
  });

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

  /** Asks the worker to open a fixture of the native tests; the last event. */
  async function open(page, name, bytes = fixture(name)) {
    const events = await ask(page, { type: "open", names: [name] }, [{ name, bytes }], ["opened"]);
    return events.at(-1).event;
  }

  test("pictures, and scans packed like them, bring their decoders along when they are opened, not before", async () => {
    const context = await browser.newContext();
    const loaded = [];
    context.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    const page = await startWorker(context);
    const show = async (name) => {
      assert.equal((await open(page, name)).type, "opened", name);
      return (await ask(page, { type: "show", slice: 0 }, [], ["slice"])).at(-1).buffers[0];
    };
    const isDecoder = (path) => path.startsWith("/decoder/");
    const plain = await show("lidc_explicit.dcm");
    assert.ok(!loaded.some(isDecoder));
    assert.equal(await show("lidc_jpeg2000.dcm"), plain);
    assert.equal(loaded.filter(isDecoder).length, 2);
    assert.equal(await show("lidc_jpeg_lossless.dcm"), plain);
    assert.equal(await show("lidc_jpeg_ls.dcm"), plain);
    for (const [name, values] of [["grey8.png", "grey8.i16"], ["rgba.png", "rgba.i16"], ["grey16.png", "grey16.i16"]]) {
      assert.equal(await show(name), fixture(values).toString("base64"), name);
    }
    assert.equal(loaded.filter(isDecoder).length, 2, "loaded once");
    const cut = fixture("grey8.png");
    assert.match((await open(page, "grey8.png", cut.subarray(0, cut.length / 2))).cause, /cut|ends/i);
    await context.close();
  });

  test("a picture without its decoder says so and opens when the line is back", async () => {
    const context = await browser.newContext();
    const page = await startWorker(context);
    await context.route("**/decoder/**", (route) => route.abort());
    const failed = await open(page, "grey8.png");
    assert.equal(failed.type, "not_opened");
    assert.equal(failed.cause, "The part of the program that reads PNG could not be loaded.");
    await context.unroute("**/decoder/**");
    assert.equal((await open(page, "grey8.png")).type, "opened");
    await context.close();
  });

  test("weights that fail the golden self-test are refused", async () => {
    const page = await startWorker(browser);
    await page.context().route("**/weights/unet.safetensors", async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      // Ones in place of a long run of f16 weights: every name and shape stays right.
      const start = 8 + Number(body.readBigUInt64LE(0));
      for (let at = start + 60000; at + 1 < start + 120000; at += 2) body.writeUInt16LE(0x3c00, at);
      await route.fulfill({ response, body });
    });
    const events = await ask(
      page,
      { type: "prepare", architecture: "unet", backend: "cpu", weights_url: "/weights/unet.safetensors" },
      [],
      ["engine_ready"],
    );
    assert.match(answer(events, "not_ready").cause, /self-test/);
    await page.context().unroute("**/weights/unet.safetensors");
    await page.close();
  });
});

test("without WebGPU the processor computes and the reason is given", async (t) => {
  const browser = await launch({ webgpu: false });
  t.after(() => browser.close());
  const page = await startWorker(browser);
  const info = await prepare(page, "unet", "auto");
  assert.equal(info.backend, "cpu");
  assert.match(info.reason, /WebGPU/);
});
