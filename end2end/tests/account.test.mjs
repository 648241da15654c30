// The whole story of an account: register, segment, save, sign out, sign in, find it again,
// see it on the image again, delete it. And what leaves the browser meanwhile.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { enter, register, secretFor, signIn, signOut } from "../support/account.mjs";
import { BASE_URL, openPage, recordErrors, recordRequests } from "../support/browser.mjs";
import { FINAL, drawn, save, takeApart } from "../support/document.mjs";
import { niftiVoxels } from "../support/mask.mjs";
import { SAMPLE } from "../support/worker.mjs";

const SHOTS = new URL("../shots/", import.meta.url);
const sample = (name) => new URL(`../../public/sample/${name}`, import.meta.url).pathname;
const PATIENCE = { timeout: 240_000 };
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

async function openScan(page, link = true) {
  if (link) await page.getByRole("link", { name: /reading room/i }).first().click();
  await page.getByLabel("Choose files").setInputFiles(SAMPLE.map(sample));
  await page.getByText("Slice 2 of 3").first().waitFor();
}

async function openSlice(page, name) {
  await page.getByLabel("Choose files").setInputFiles(sample(name));
  await page.getByRole("heading", { name }).waitFor();
}

async function segmentSlice(page) {
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Segment this slice" }).click();
  await page.getByText("1 slice segmented").waitFor(PATIENCE);
}

async function segmentAll(page) {
  await page.getByText("CPU ·").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Whole series (3)" }).click();
  await page.getByText("3 slices segmented").waitFor(PATIENCE);
}

async function saveAs(page, label, day = "2023-11-24") {
  await page.getByLabel("Patient label").fill(label);
  await page.getByLabel("Day of the examination").fill(day);
  await page.getByRole("button", { name: "Save", exact: true }).click();
}

async function exportedMask(page) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Mask (NIfTI)" }).click(),
  ]);
  return niftiVoxels(new Uint8Array(readFileSync(await download.path())));
}

const voxels = (mask) => mask.reduce((sum, voxel) => sum + (voxel ? 1 : 0), 0);

const findings = (page) => page.locator(".finding").allInnerTexts();

/** Only small forms and whole documents leave the browser, for our server only. */
function assertNoPixelsSent(requests) {
  const documents = [];
  for (const { method, url, body } of requests) {
    if (url.startsWith("blob:") || url.startsWith("data:")) continue;
    assert.ok(url.startsWith(`${BASE_URL}/`), `a request to another place: ${url}`);
    assert.ok(url.length < 300, `a suspiciously long address: ${url.slice(0, 300)}`);
    const path = url.slice(BASE_URL.length);
    if (method === "GET") {
      assert.equal(body, null, `a body with ${url}`);
    } else if (method === "PUT") {
      assert.match(path, new RegExp(`^/api/analyses/${UUID.source}$`));
      documents.push(body);
    } else {
      assert.match(path, /^\/api\/(account|history)\/[a-z_]+$/);
      assert.ok((body?.length ?? 0) < 1000, `${body?.length} bytes to ${path}`);
    }
  }
  return documents;
}

describe("an account", () => {
  test("register, segment, save, sign out, sign in, open again, restore, delete", async (t) => {
    mkdirSync(SHOTS, { recursive: true });
    const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
    const requests = recordRequests(page);
    const errors = recordErrors(page);
    const email = await enter(page);

    await openScan(page);
    await segmentAll(page);
    const whole = { findings: await findings(page), mask: await exportedMask(page) };
    assert.ok(whole.findings.length > 1);

    // The reader rejects a finding: list, mask and figures are without it.
    await page.locator(".findings").getByRole("button", { name: /^Reject this finding/ }).last().click();
    await page.getByText("Rejected by the reader").waitFor();
    const before = { findings: await findings(page), mask: await exportedMask(page) };
    assert.equal(before.findings.length, whole.findings.length - 1);
    assert.ok(voxels(before.mask) < voxels(whole.mask));
    assert.equal(assertNoPixelsSent(requests).length, 0, "nothing is saved before Save is pressed");
    await saveAs(page, "Patient 12", "2023-11-20");
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.screenshot({ path: new URL("saved-in-room.png", SHOTS).pathname, fullPage: true });

    const [document, ...more] = assertNoPixelsSent(requests);
    assert.equal(more.length, 0, "sent once");
    assert.ok(document.length < 3 * 16 * 1024, `${document.length} bytes`);
    const { header, maps } = takeApart(document);
    assert.deepEqual(Object.keys(header).sort(), [
      "cols", "digest", "engine", "examined_on", "intensity", "label", "lesions", "rejected", "rows", "scan_slices",
      "settings", "slice_spacing_mm", "slices", "spacing", "summary", "version",
    ]);
    assert.equal(header.label, "Patient 12");
    const text = JSON.stringify(header);
    for (const secret of ["m184", ".dcm", "LIDC-IDRI-", "1.3.6.1.4.1"]) assert.ok(!text.includes(secret), secret);
    // The masks are the ones that the user can export, and nothing but masks.
    assert.ok(maps.every((map) => map.every((label) => label < 8)));
    const saved = maps.map((map) => map.reduce((sum, label) => sum + (label & FINAL ? 1 : 0), 0));
    assert.equal(saved.reduce((a, b) => a + b), voxels(before.mask));

    await signOut(page);
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await page.getByText("Please sign in.").waitFor();
    await page.locator("main").getByRole("link", { name: "Sign in" }).click();
    await signIn(page, email, "not the password at all");
    await page.getByText("E-mail and password do not match.").waitFor();
    await signIn(page, email);

    // The history, and the saved analysis without its image.
    await page.getByRole("link", { name: "2023-11-20" }).click();
    await page.getByRole("heading", { name: "Patient 12" }).waitFor();
    assert.deepEqual(await findings(page), before.findings);
    await page.screenshot({ path: new URL("saved-analysis.png", SHOTS).pathname, fullPage: true });

    // The same file in a fresh page: recognised, restored, exported as before.
    await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
    await openScan(page, false);
    await page.getByText(/You analysed this image on/).waitFor(PATIENCE);
    await page.screenshot({ path: new URL("recognised.png", SHOTS).pathname, fullPage: true });
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByText("3 slices segmented").waitFor();
    assert.deepEqual(await findings(page), before.findings);
    assert.deepEqual(await exportedMask(page), before.mask);
    assert.equal(await page.getByLabel("Patient label").inputValue(), "Patient 12");
    await page.screenshot({ path: new URL("restored.png", SHOTS).pathname, fullPage: true });

    // Without probabilities other settings must not pretend to work.
    await page.getByText("Postprocessing").click();
    await page.getByRole("slider", { name: /^Threshold/ }).evaluate((input) => {
      input.value = "90";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await page.getByText(/The restored masks stay as they are/).first().waitFor();
    assert.deepEqual(await findings(page), before.findings);

    // What the reader rejected came back as rejected, and can be taken back.
    await page.getByRole("button", { name: /^Take back/ }).click();
    await page.getByText("Rejected by the reader").waitFor({ state: "detached" });
    assert.deepEqual((await findings(page)).toSorted(), whole.findings.toSorted());
    assert.deepEqual(await exportedMask(page), whole.mask);

    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await page.getByRole("button", { name: /^Delete/ }).click();
    await page.getByText("Delete for good?").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Nothing is saved here.").waitFor();
    assertNoPixelsSent(requests);
    // The one error is the answer to the wrong password.
    assert.deepEqual(errors.filter((error) => !/status of 401/.test(error)), []);
  });

  test("a line that breaks in the middle of a save loses nothing and doubles nothing", async (t) => {
    const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
    const context = page.context();
    await enter(page);
    await openScan(page);
    await segmentAll(page);

    // The server gets it, the answer is lost, and then the line is gone.
    let answered = 0;
    await page.route("**/api/analyses/*", async (route) => {
      await route.fetch();
      answered++;
      await context.setOffline(true);
      await route.abort("connectionreset");
    });
    await saveAs(page, "Broken line", "2023-11-21");
    await page.getByText("1 analysis is waiting to be sent.").waitFor();
    await page.getByText(/Kept in this browser/).waitFor();
    await page.screenshot({ path: new URL("waiting.png", SHOTS).pathname });
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
    assert.equal(await page.locator(".history-table tbody tr").count(), 2);
  });

  test("what waits when the page is closed is sent by the next one, and only by its own account", async (t) => {
    const page = await openPage(t);
    const context = page.context();
    const email = await enter(page);
    await openScan(page);
    await segmentAll(page);
    await page.route("**/api/analyses/*", (route) => route.abort("connectionreset"));
    await saveAs(page, "Closed page", "2023-11-23");
    await page.getByText("1 analysis is waiting to be sent.").waitFor();
    await signOut(page);
    await page.getByText("1 analysis is waiting to be sent: sign in to send.").waitFor();
    assert.equal(await page.getByText("Closed page").count(), 0, "no label without its account");
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

  test("what belongs to one account is not saved in another that signs in in a second tab", async (t) => {
    const first = await openPage(t);
    // A window that hears nothing of the others.
    await first.addInitScript(() => addEventListener("storage", (event) => event.stopImmediatePropagation()));
    await enter(first);
    await first.goto(`${BASE_URL}/read`);
    await openSlice(first, SAMPLE[0]);
    await segmentSlice(first);

    const second = await first.context().newPage();
    await second.goto(BASE_URL, { waitUntil: "networkidle" });
    await signOut(second);
    await enter(second);
    await saveAs(first, "Of the first");
    await first.getByText(/waiting from another account/).waitFor();
    await second.goto(`${BASE_URL}/history`);
    await second.getByText("Nothing is saved here.").waitFor();
  });

  test("a window goes along when another signs in or out, but never to another account", async (t) => {
    const first = await openPage(t);
    const second = await first.context().newPage();
    await first.goto(`${BASE_URL}/read`);
    await openSlice(first, SAMPLE[0]);
    await segmentSlice(first);
    const save = first.locator(".save");
    await save.getByRole("link", { name: "Sign in" }).waitFor();
    const email = await enter(second);
    await save.getByLabel("Patient label").waitFor();
    await second.goto(BASE_URL, { waitUntil: "networkidle" });
    await signOut(second);
    await save.getByRole("link", { name: "Sign in" }).waitFor();
    await enter(second);
    await pause(500);
    assert.equal(await save.getByLabel("Patient label").count(), 0, "the results are not this account's");
    await signOut(second);
    await signIn(second, email);
    await save.getByLabel("Patient label").waitFor();
  });

  test("a list that could not be had can be asked for again", async (t) => {
    const page = await openPage(t, { serviceWorkers: "block" });
    await enter(page);
    await page.route("**/api/history/list", (route) => route.abort());
    await page.goto(`${BASE_URL}/history`);
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await page.unroute("**/api/history/list");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Nothing is saved here.").waitFor();
  });

  test("an analysis that is slow to come back does not land on a scan that was opened meanwhile", async (t) => {
    const page = await openPage(t, { serviceWorkers: "block" });
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    await saveAs(page, "The first slice");
    await page.getByText("Saved.", { exact: true }).waitFor();

    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await page.getByText(/You analysed this image on/).waitFor(PATIENCE);
    let letGo;
    const gate = new Promise((resolve) => (letGo = resolve));
    await page.route("**/api/analyses/*", async (route) => {
      await gate;
      await route.continue();
    });
    const asked = page.waitForRequest("**/api/analyses/*");
    await page.getByRole("button", { name: "Restore" }).click();
    await asked;
    // As large as the first, and of another place.
    await openSlice(page, SAMPLE[1]);
    const answer = page.waitForResponse("**/api/analyses/*");
    letGo();
    await (await answer).finished();
    await pause(1000);
    await page.getByText("No slice is segmented yet.").waitFor();
    assert.equal(await page.getByText(/slices? segmented/).count(), 0);
  });

  test("a refused analysis says why, and can be discarded or tried again", async (t) => {
    const page = await openPage(t);
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
    assert.equal(await page.getByLabel("Patient label").inputValue(), "Once more");
    assert.equal(await page.getByLabel("Day of the examination").inputValue(), "2023-11-24");
  });

  test("two visits: growth, doubling time, chart, comparison", async (t) => {
    const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
    const errors = recordErrors(page);
    await enter(page);
    const label = "Patient 7 & Söhne";
    await save(page, drawn(label, "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]));
    await save(page, drawn(label, "2023-07-30", [{ row: 112, col: 82, diameter: 10 }, { row: 150, col: 180, diameter: 6 }]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await page.getByRole("link", { name: label }).first().click();
    await page.getByText("2 examinations, 2 lesions.").waitFor();
    const row = page.locator(".growth-table tbody").first().locator("tr").nth(1);
    // 180 · ln 2 / (3 · ln 1.25) = 186 days.
    assert.match(await row.innerText(), /10\.0 × 9\.0\smm[\s\S]*\+25\s%[\s\S]*\+95\s%[\s\S]*186 days/);
    assert.equal(await page.locator("svg.lines path").count(), 2);
    await page.getByRole("group", { name: "Chart" }).getByText("Area").click();

    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    for (const box of await page.getByRole("checkbox", { name: /^Compare/ }).all()) await box.check();
    await page.getByRole("link", { name: "Compare the two" }).click();
    await page.getByText("Lesions of both").waitFor();
    await page.locator("canvas").nth(1).waitFor();
    const shown = await page.locator("canvas").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    assert.deepEqual(shown, ["CT viewer, slice 5 of 9, 1 finding", "CT viewer, slice 5 of 9, 2 findings"]);
    assert.match(await page.locator(".growth-table").innerText(), /186 days/);
    assert.deepEqual(errors, []);
  });

  test("forms say what is wrong beside the field and take the reader there", async (t) => {
    const page = await openPage(t);
    await page.goto(`${BASE_URL}/register`, { waitUntil: "networkidle" });
    await page.getByLabel("Name", { exact: true }).fill("Ada");
    await page.getByLabel("E-mail").fill("ada");
    await page.getByRole("button", { name: "Register" }).click();
    const email = page.getByLabel("E-mail");
    await page.getByText("Enter an e-mail address").waitFor();
    assert.equal(await email.getAttribute("aria-invalid"), "true");
    assert.ok(await email.evaluate((input) => input === document.activeElement));
    assert.ok(!page.url().includes("?"), "what was typed stays out of the address");
  });

  test("a forgotten password: the letter's link sets a new one, and its secret goes to no server", async (t) => {
    const page = await openPage(t);
    const requests = recordRequests(page);
    const email = await register(page);
    await page.goto(`${BASE_URL}/reset`, { waitUntil: "networkidle" });
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send the letter" }).click();
    await page.getByText("Look into your mail.").waitFor();
    const secret = await secretFor(email);
    await page.goto("about:blank");
    await page.goto(`${BASE_URL}/reset#${secret}`, { waitUntil: "networkidle" });
    await page.getByLabel("New password").fill("eleven brave purple anvils");
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("The new password is set.").waitFor();
    await signIn(page, email, "eleven brave purple anvils");
    await page.getByText("Nothing is saved here.").waitFor();
    assert.ok(!requests.some(({ url }) => url.includes(secret)), "the secret stays out of addresses");
  });

  test("the account page: profile, password, sign-ins, export, deletion", async (t) => {
    const page = await openPage(t);
    const email = await register(page);
    await signIn(page, email);
    await page.getByText("Nothing is saved here.").waitFor();
    await page.goto(`${BASE_URL}/account`, { waitUntil: "networkidle" });
    await page.locator("#profile-name").fill("Ada King");
    await page.getByRole("button", { name: "Save the profile" }).click();
    await page.getByText("The profile is saved.").waitFor();
    await page.getByText("Ada King").first().waitFor();
    await page.locator("#change-current").fill("wrong");
    await page.locator("#change-new").fill("eleven brave purple anvils");
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByText("This is not your password.").waitFor();
    await page.getByText("This one").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export my data" }).click(),
    ]);
    assert.match(readFileSync(await download.path(), "utf8"), new RegExp(email));
    await page.getByText("Delete the account", { exact: true }).click();
    await page.locator("#delete-password").fill("seven quiet violet tractors");
    await page.getByRole("button", { name: "Delete the account and all analyses" }).click();
    await page.getByRole("heading", { name: /See the tumour outlined/ }).waitFor();
    await signIn(page, email);
    await page.getByText("E-mail and password do not match.").waitFor();
  });
});
