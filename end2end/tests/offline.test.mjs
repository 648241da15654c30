// What the browser keeps of the program: enough to work without a line, never two versions
// of it, and nothing of an account.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { enter } from "../support/account.mjs";
import { BASE_URL, openPage, recordErrors } from "../support/browser.mjs";
import { PAGES, TRIED, kept, until, untilKept } from "../support/kept.mjs";
import { openLine } from "../support/line.mjs";
import { shoot } from "../support/shot.mjs";
import { PATIENCE, atRest, findings, sample, segmentAll } from "../support/reading.mjs";
import { SAMPLE } from "../support/worker.mjs";

/** What is kept under a path; nothing is an empty text. */
const textOf = (page, path) => page.evaluate(async (at) => (await caches.match(at))?.text() ?? "", path);

/** The sample, segmented. */
async function trySample(page, url) {
  await page.goto(`${url}/read`, { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Try a sample" }).click();
  await page.locator(".finding").first().waitFor(PATIENCE);
  await atRest(page);
}

describe("what the browser keeps", () => {
  test("after one visit the reading room works without a line", async (t) => {
    const first = await openPage(t);
    const line = await openLine();
    t.after(line.cut);
    await first.goto(line.url, { waitUntil: "networkidle" });
    assert.deepEqual(await kept(first), [], "who only looks at the home page keeps nothing");
    await trySample(first, line.url);
    const before = await findings(first);
    await untilKept(first, TRIED);
    assert.ok(!(await kept(first)).includes("/weights/unetpp.safetensors"), "the other network was not asked for");
    await first.close();
    await line.cut();

    const second = await first.context().newPage();
    const errors = recordErrors(second);
    await trySample(second, line.url);
    assert.deepEqual(await findings(second), before);
    await second.goto(`${line.url}/read`);
    await second.getByText("CPU ·").waitFor(PATIENCE);
    await second.getByLabel("Choose files").setInputFiles(sample(SAMPLE[0]));
    await second.getByRole("button", { name: /^Segment/ }).click();
    await second.locator(".result").waitFor(PATIENCE);
    await second.getByRole("navigation").getByRole("link", { name: "About" }).click();
    await second.getByRole("heading", { name: /^Model card/ }).waitFor();
    await second.locator(".site-footer").getByRole("link", { name: "Privacy" }).click();
    await second.getByRole("heading", { name: "What the browser keeps" }).waitFor();
    for (const path of PAGES) {
      await second.goto(line.url + path);
      assert.ok((await second.locator("h1").innerText()).length > 0);
    }
    assert.deepEqual(errors, []);
    await second.goto(`${line.url}/history`);
    await second.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
    await shoot(second, "no-line");
    await second.getByRole("link", { name: "Reading room" }).click();
    await second.getByText("CPU ·").waitFor(PATIENCE);
    await assert.rejects(second.goto(`${line.url}/api/account/me`), /ERR(OR)?_/, "answers of the server are not kept");
  });

  for (const [failure, words] of [["hang", "a line that hangs"], ["502", "a proxy without a server behind it"]]) {
    test(`${words} is no line`, async (t) => {
      const first = await openPage(t);
      const line = await openLine();
      t.after(line.cut);
      await trySample(first, line.url);
      const before = await findings(first);
      await untilKept(first, [...PAGES, "/pkg/neurocare_bg.wasm", "/engine-worker.js", "/weights/unet.safetensors"]);
      await first.close();
      line.fail(failure);
      const second = await first.context().newPage();
      await trySample(second, line.url);
      assert.deepEqual(await findings(second), before);
    });
  }

  test("a line that hangs after the page has come is no line", async (t) => {
    const first = await openPage(t);
    const line = await openLine();
    t.after(line.cut);
    await trySample(first, line.url);
    const before = await findings(first);
    await untilKept(first, TRIED);
    await first.close();
    const second = await first.context().newPage();
    await second.goto(`${line.url}/read`);
    await second.getByText("CPU ·").waitFor(PATIENCE);
    line.fail("hang");
    await second.getByRole("button", { name: "Try a sample" }).click();
    await second.locator(".finding").first().waitFor(PATIENCE);
    await atRest(second);
    assert.deepEqual(await findings(second), before);
  });

  test("a series is segmented, though the line hangs before other workers are loaded", async (t) => {
    const page = await openPage(t, { serviceWorkers: "block" });
    const line = await openLine();
    t.after(line.cut);
    await page.goto(`${line.url}/read`);
    await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
    await page.getByText("CPU ·").waitFor(PATIENCE);
    line.fail("hang");
    await segmentAll(page);
    assert.ok((await findings(page)).length > 0);
  });

  test("another version of one file: nothing of the former stays", async (t) => {
    const page = await openPage(t);
    await page.goto(`${BASE_URL}/read`);
    await page.getByText("CPU ·").waitFor(PATIENCE);
    await untilKept(page, [...PAGES, "/pkg/neurocare.js"]);
    await page.evaluate(async () => {
      const [place] = await caches.keys();
      const cache = await caches.open(place);
      await cache.put("/pkg/neurocare.js", new Response("former", { headers: { etag: '"former"' } }));
      await cache.put("/about", new Response("former"));
    });
    await page.reload();
    await page.getByText("CPU ·").waitFor(PATIENCE);
    await until(async () => ((await textOf(page, "/about")).includes("About NeuroCare AI") ? [] : ["a new /about"]));
    await untilKept(page, [...PAGES, "/pkg/neurocare.js", "/weights/unet.safetensors"]);
    assert.notEqual(await textOf(page, "/pkg/neurocare.js"), "former");
  });

  test("a proxy that asks to sign in is not taken for the program", async (t) => {
    const page = await openPage(t);
    const line = await openLine();
    t.after(line.cut);
    await trySample(page, line.url);
    await untilKept(page, TRIED);
    const before = await kept(page);
    line.fail("sign-in");
    const answer = await page.evaluate(async () => (await fetch("/pkg/neurocare.js", { cache: "reload" })).text());
    assert.ok(answer.includes("Sign in here"), "the page gets it");
    // What would be kept by then.
    await page.waitForTimeout(2000);
    const after = await kept(page);
    assert.deepEqual(before.filter((path) => !after.includes(path)), []);
    for (const path of after) assert.ok(!(await textOf(page, path)).includes("Sign in here"), path);
  });

  test("nothing of an account", async (t) => {
    const page = await openPage(t);
    const email = await enter(page);
    await trySample(page, BASE_URL);
    await untilKept(page, [...PAGES, "/weights/unet.safetensors"]);
    await page.getByLabel("Patient label").fill("Patient 12");
    await page.getByLabel("Day of the examination").fill("2023-11-24");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.", { exact: true }).waitFor();
    for (const path of ["/history", "/account", "/read", "/", "/about"]) {
      await page.goto(BASE_URL + path, { waitUntil: "networkidle" });
    }
    assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null), "the keeper sees these requests");

    const isProgram = /^\/(pkg|engine|engine-relaxed|decoder|weights|sample)\/|^\/(engine-worker|icon|manifest)/;
    for (const path of await kept(page)) {
      assert.ok(PAGES.includes(path) || isProgram.test(path), `kept: ${path}`);
    }
    const texts = await Promise.all(PAGES.map((path) => textOf(page, path)));
    for (const secret of [email, "Ada Lovelace", "Patient 12"]) {
      assert.ok(texts.every((text) => !text.includes(secret)), secret);
    }
  });
});
