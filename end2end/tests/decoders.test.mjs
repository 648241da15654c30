// Decoders, which come when a scan needs them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { becomes } from "../support/becomes.mjs";
import { launch } from "../support/browser.mjs";
import { ask, startWorker } from "../support/worker.mjs";

/** A file that the native tests open, or the values of one. */
const fixture = (name) => readFileSync(new URL(`../../model/tests/fixtures/open/${name}`, import.meta.url));

describe("decoders", () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

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
    await becomes(() => loaded.filter(isDecoder).length, 2);
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
});
