// An analysis on its way to the server: what becomes of it where the line breaks, and what is taken for an answer.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { enter, signIn, signOut } from "../support/account.mjs";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, launch, openPageIn } from "../support/browser.mjs";
import { drawn } from "../support/document.mjs";
import { keepInClear, newId, waiting } from "../support/outbox.mjs";
import { measure, measured, openScan, openSlice, saveAs, segmentAll, segmentSlice } from "../support/reading.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

/** What another release would be called. */
const OLDER = "0123456789abcdef";

describe("an analysis on its way", () => {
  let browser;
  before(async () => (browser = await launch({ webgpu: false })));
  after(() => browser.close());

  /** Two windows, the second one in front: a press waits for frames, and what is behind may have few of them. */
  async function openTwo(t) {
    const behind = await openPageIn(browser, t, { serviceWorkers: "block" });
    return [behind, await behind.context().newPage()];
  }

  test("a line that breaks in the middle of a save loses nothing and doubles nothing", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    const context = page.context();
    await enter(page);
    await openScan(page);
    await segmentAll(page);

    // The server gets it, the answer is lost, and then the line is gone.
    let answered = 0;
    await page.route("**/api/analyses/*", async (route) => {
      // It is tried again soon.
      if (answered > 0) return route.abort("connectionreset");
      await route.fetch();
      answered++;
      await context.setOffline(true);
      await route.abort("connectionreset");
    });
    await saveAs(page, "Broken line", "2023-11-21");
    await page.getByText("1 analysis is waiting to be sent.").waitFor();
    await page.getByText(/Kept in this browser/).waitFor();
    await shoot(page, "waiting", { fullPage: false });
    assert.equal(answered, 1);
    await page.unroute("**/api/analyses/*");

    // A second one is saved without a line.
    await page.getByRole("button", { name: "Save once more" }).click();
    await saveAs(page, "No line", "2023-11-22");
    await page.getByText("2 analyses are waiting to be sent.").waitFor();

    await context.setOffline(false);
    await page.getByText(/waiting to be sent/).waitFor({ state: "detached" });
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await page.getByRole("link", { name: "2023-11-21" }).waitFor();
    await becomes(() => page.locator(".history-table tbody tr").count(), 2);
  });

  test("what waits when the page is closed is sent by the next one, and only by its own account", async (t) => {
    const page = await openPageIn(browser, t);
    const context = page.context();
    const email = await enter(page);
    await openScan(page);
    await segmentAll(page);
    await page.route("**/api/analyses/*", (route) => route.abort("connectionreset"));
    await saveAs(page, "Closed page", "2023-11-23");
    await page.getByText("1 analysis is waiting to be sent.").waitFor();
    await signOut(page);
    await page.getByText("1 analysis is waiting to be sent: sign in to send.").waitFor();
    await becomes(() => page.getByText("Closed page").count(), 0, "no label without its account");
    const [[, record], ...others] = await waiting(page);
    assert.deepEqual(others, []);
    // Of what is stored, only what tells whose it is and where it stands can be read.
    const { account, sealed, ...rest } = record;
    assert.match(account, /^[0-9a-f]{16}$/);
    // Pages of older releases, which cannot open it, list nothing that has no label and no day.
    assert.deepEqual(rest, { state: "waiting", reason: "" });
    assert.ok(sealed.length > 100 && !Buffer.from(sealed).includes("Closed page") && !Buffer.from(sealed).includes("2023-11-23"));
    await page.close();

    const next = await context.newPage();
    await enter(next);
    await next.getByText(/waiting from another account/).waitFor();
    await signOut(next);
    await signIn(next, email);
    await next.getByRole("link", { name: "2023-11-23" }).waitFor();
    await next.getByText(/waiting/).waitFor({ state: "detached" });
    await context.close();
  });

  test("one that does not arrive holds up no other, and goes from any window that has a line", async (t) => {
    const [other, page] = await openTwo(t);
    await enter(page);
    await other.goto(BASE_URL, { waitUntil: "networkidle" });
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    let first;
    await page.route("**/api/analyses/*", (route) => {
      first ??= route.request().url();
      return route.request().url() === first ? route.abort("connectionreset") : route.continue();
    });
    await saveAs(page, "Stuck");
    await page.getByText("1 analysis is waiting to be sent.").waitFor();
    await page.getByRole("button", { name: "Save once more" }).click();
    await saveAs(page, "Through");
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.getByText("1 analysis is waiting to be sent.").waitFor();
    const answer = other.waitForResponse(first);
    await page.close();
    await other.evaluate(() => window.dispatchEvent(new Event("focus")));
    assert.equal((await answer).status(), 201);
  });

  test("what another window has sent is saved, and what it has thrown away is not", async (t) => {
    const [other, page] = await openTwo(t);
    await enter(page);
    await other.goto(BASE_URL, { waitUntil: "networkidle" });
    const lookAgain = (window) => window.evaluate(() => dispatchEvent(new Event("focus")));
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);

    await page.route("**/api/analyses/*", (route) => route.abort("connectionreset"));
    await saveAs(page, "Sent elsewhere");
    await page.getByText(/Kept in this browser/).waitFor();
    const sent = other.waitForResponse("**/api/analyses/*");
    await lookAgain(other);
    assert.equal((await sent).status(), 201);
    await other.getByText(/waiting to be sent/).waitFor({ state: "detached" });
    await lookAgain(page);
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.unroute("**/api/analyses/*");

    await page.route("**/api/analyses/*", (route) =>
      route.fulfill({ status: 507, contentType: "application/json", body: '{"error":"full"}' }),
    );
    await page.getByRole("button", { name: "Save once more" }).click();
    const label = page.getByLabel("Patient label");
    await page.waitForFunction(() => document.activeElement.id === "save-label");
    // With a line and without it again, all is as it was saved; what is typed meanwhile stays.
    await label.fill("Thrown away elsewhere");
    await page.getByText("Measure", { exact: true }).click();
    await measure(page);
    await becomes(async () => (await measured(page)).length, 1);
    await page.getByRole("button", { name: "Remove line" }).click();
    await becomes(async () => (await measured(page)).length, 0);
    assert.equal(await label.inputValue(), "Thrown away elsewhere");
    await saveAs(page, "Thrown away elsewhere");
    await page.getByText(/^Not saved/).waitFor();
    // On another page of the same window.
    await page.getByRole("link", { name: "About" }).first().click();
    await lookAgain(other);
    // Its label is read with the account's key.
    await other.getByText(/“Thrown away elsewhere” \(2023-11-24\) cannot be saved/).waitFor();
    await other.getByRole("button", { name: "Discard" }).click();
    await other.locator(".outbox").waitFor({ state: "detached" });
    const asked = page.waitForResponse("**/api/history/entry");
    await lookAgain(page);
    await (await asked).finished();
    await page.getByRole("link", { name: "Reading room" }).first().click();
    await page.getByRole("button", { name: "Save", exact: true }).waitFor();
    assert.equal(await page.getByText("Saved.", { exact: true }).count(), 0);
  });

  test("what a release before has kept in clear is sent, and what cannot be opened can be discarded", async (t) => {
    const page = await openPageIn(browser, t, { serviceWorkers: "block" });
    await enter(page);
    const lookAgain = () => page.evaluate(() => dispatchEvent(new Event("focus")));
    const document = drawn("Kept in clear", "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]);
    await keepInClear(page, newId(), document);
    const sent = page.waitForResponse("**/api/analyses/*");
    await lookAgain();
    assert.equal((await sent).status(), 201);
    await page.goto(`${BASE_URL}/history`);
    await page.getByRole("link", { name: "Kept in clear" }).waitFor();
    await becomes(() => waiting(page), []);

    await page.evaluate(async (id) => {
      const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      const database = await done(indexedDB.open("neurocare", 1));
      const record = { account: localStorage.getItem("signed-in"), label: "", day: "", state: "waiting", reason: "" };
      const store = database.transaction("outbox", "readwrite").objectStore("outbox");
      await done(store.put({ ...record, sealed: new Uint8Array(100) }, id));
      database.close();
    }, newId());
    await lookAgain();
    await page.getByText(/damaged and cannot be opened/).waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.locator(".outbox").waitFor({ state: "detached" });
    await becomes(() => waiting(page), []);
  });

  for (const locks of [true, false]) {
    const words = locks ? "one after the other, and once" : "at once where the browser knows no lock, and it is saved once";
    test(`two windows send what waits ${words}`, async (t) => {
      const [other, page] = await openTwo(t);
      const context = page.context();
      if (!locks) await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { value: undefined }));
      await enter(page);
      await other.goto(BASE_URL, { waitUntil: "networkidle" });
      await page.goto(`${BASE_URL}/read`);
      await openSlice(page, SAMPLE[0]);
      await segmentSlice(page);
      let go;
      const held = new Promise((resolve) => (go = resolve));
      let sent = 0;
      await context.route("**/api/analyses/*", async (route) => {
        sent++;
        await held;
        await route.continue();
      });
      await saveAs(page, "Two windows");
      await page.getByText("1 analysis is waiting to be sent.").waitFor();
      await other.evaluate(() => dispatchEvent(new Event("focus")));
      await other.getByText("1 analysis is waiting to be sent.").waitFor();
      const wanted = locks ? 1 : 2;
      for (let tries = 0; tries < 300 && sent < wanted; tries++) await pause(100);
      // Time for one too many.
      await pause(500);
      assert.equal(sent, wanted);
      go();
      await page.getByText("Saved.", { exact: true }).waitFor();
      await other.getByText(/waiting to be sent/).waitFor({ state: "detached" });
      assert.equal(sent, wanted);
      await other.goto(`${BASE_URL}/history`);
      await other.getByRole("link", { name: "Two windows" }).waitFor();
      await becomes(() => other.locator(".history-table tbody tr").count(), 1);
    });
  }

  test("what a network answers in the place of the server lets no analysis go", async (t) => {
    const page = await openPageIn(browser, t, { serviceWorkers: "block" });
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    let status = 200;
    const body = "<title>Sign in to the network</title>";
    await page.route("**/api/analyses/*", (route) => route.fulfill({ status, contentType: "text/html", body }));
    const lookAgain = () => page.evaluate(() => dispatchEvent(new Event("focus")));
    await saveAs(page, "Captive");
    await page.getByText(/Kept in this browser/).waitFor();
    // Who looks again while it is on its way waits for the pause after that, which this is not about.
    const isBack = () => page.getByRole("button", { name: "Send now", disabled: false }).waitFor();
    await isBack();
    status = 410;
    const answer = page.waitForResponse("**/api/analyses/*");
    await lookAgain();
    await answer;
    await isBack();
    await page.getByText("1 analysis is waiting to be sent.").waitFor();
    assert.equal(await page.getByText("Saved.", { exact: true }).count(), 0);
    await page.unroute("**/api/analyses/*");
    await lookAgain();
    await page.getByText("Saved.", { exact: true }).waitFor();
  });

  test("an analysis that was not taken as its account's goes by itself if it is", async (t) => {
    const page = await openPageIn(browser, t, { serviceWorkers: "block" });
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    let asked = 0;
    await page.route("**/api/analyses/*", (route) =>
      asked++ ? route.continue() : route.fulfill({ status: 401, contentType: "text/html", body: "Who are you?" }),
    );
    await saveAs(page, "Doubted");
    await page.getByText("Saved.", { exact: true }).waitFor();
    assert.equal(asked, 2);
  });

  test("a refused analysis says why, and can be discarded or tried again", async (t) => {
    const page = await openPageIn(browser, t);
    await enter(page);
    await openScan(page);
    await segmentAll(page);
    await page.route("**/api/analyses/*", (route) =>
      route.fulfill({ status: 507, contentType: "application/json", body: '{"error":"full"}' }),
    );
    await saveAs(page, "Too much");
    await page.getByText(/“Too much”.*There is no room for this/).waitFor();
    await page.getByText(/^Not saved/).waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.locator(".outbox").waitFor({ state: "detached" });
    assert.equal(await page.getByText("Saved.", { exact: true }).count(), 0);

    await saveAs(page, "Once more");
    await page.getByText(/“Once more”.*There is no room for this/).waitFor();
    await page.unroute("**/api/analyses/*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Saved.", { exact: true }).waitFor();

    // What is changed after that is not saved, and can be, under the same name.
    await page.locator(".findings").getByRole("button", { name: /^Reject this finding/ }).last().click();
    await page.getByText("Saved.", { exact: true }).waitFor({ state: "detached" });
    await becomes(() => page.getByLabel("Patient label").inputValue(), "Once more");
    await becomes(() => page.getByLabel("Day of the examination").inputValue(), "2023-11-24");
  });

  test("what was refused is sent once more by the next release, and not again before the one after that", async (t) => {
    const page = await openPageIn(browser, t, { serviceWorkers: "block" });
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    let asked = 0;
    await page.route("**/api/analyses/*", (route) => {
      asked++;
      return route.fulfill({ status: 507, contentType: "application/json", body: '{"error":"full"}' });
    });
    // It is told, and kept as refused by this release, before the next page looks.
    const isRefused = async () => {
      await page.getByText(/“Too new”.*There is no room for this/).waitFor();
      const stands = async () => (await waiting(page)).map(([, { state, release }]) => [state, release === OLDER]);
      await becomes(stands, [["refused", false]]);
    };
    await saveAs(page, "Too new");
    await isRefused();
    const open = async () => {
      await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
      await isRefused();
      // Time for one too many.
      await pause(500);
      return asked;
    };
    assert.equal(await open(), 1, "of the same release");
    const becomeOlder = () => page.evaluate((older) => new Promise((resolve, reject) => {
      const request = indexedDB.open("neurocare");
      request.onerror = reject;
      request.onsuccess = () => {
        const transaction = request.result.transaction("outbox", "readwrite");
        transaction.objectStore("outbox").openCursor().onsuccess = ({ target: { result: cursor } }) => {
          if (cursor) cursor.update({ ...cursor.value, release: older });
        };
        transaction.oncomplete = () => {
          request.result.close();
          resolve();
        };
      };
    }), OLDER);
    await becomeOlder();
    assert.equal(await open(), 2);
    assert.equal(await open(), 2, "once");

    await page.unroute("**/api/analyses/*");
    await becomeOlder();
    await page.goto(`${BASE_URL}/history`);
    await page.locator(".history-table").getByText("Too new").waitFor();
    await page.locator(".outbox").waitFor({ state: "detached" });
  });
});
