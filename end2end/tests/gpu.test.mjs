// A GPU that computes wrongly, is lost or has too little memory, and what is given back to it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { becomes } from "../support/becomes.mjs";
import { launch } from "../support/browser.mjs";
import {
  answer, ask, exportedMask, network, openSample, prepare, RENAMED, segment, startWorker,
} from "../support/worker.mjs";

describe("the engine on a GPU", () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

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
    const request = { type: "prepare", ...network("unet", "gpu") };
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
    const request = { type: "prepare", ...network("unet", "gpu") };
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
    await becomes(() => inWorker(() => self.devices), 1, "with the device all else goes");
    assert.ok((await kept()) < 0.3 * withSlice, `${await kept()} of ${withSlice} bytes are left to the browser`);
    await page.close();
  });

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
});
