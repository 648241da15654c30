// The whole story of an analysis: register, segment, save, sign out, sign in, find it again,
// see it on the image again, correct it, delete it. And what leaves the browser meanwhile.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { enter, signIn, signOut } from "../support/account.mjs";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage, recordErrors, recordRequests } from "../support/browser.mjs";
import { FINAL, takeApart } from "../support/document.mjs";
import { download } from "../support/download.mjs";
import { until } from "../support/kept.mjs";
import {
  PATIENCE, atRest, cross, drawAround, exportedMask, findings, measure, measured, openScan, openSlice, sample, saveAs, segmentAll,
  segmentSlice,
} from "../support/reading.mjs";
import { shoot } from "../support/shot.mjs";
import { SAMPLE } from "../support/worker.mjs";

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The file that a button fetches: its name and its text. */
async function downloaded(page, button) {
  const { name, bytes } = await download(page, page.getByRole("button", { name: button }));
  return { name, text: bytes.toString() };
}

const voxels = (mask) => mask.reduce((sum, voxel) => sum + (voxel ? 1 : 0), 0);

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

describe("an analysis", () => {
  test("register, segment, save, sign out, sign in, open again, restore, delete", async (t) => {
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
    await atRest(page);
    const before = { findings: await findings(page), mask: await exportedMask(page) };
    assert.equal(before.findings.length, whole.findings.length - 1);
    assert.ok(voxels(before.mask) < voxels(whole.mask));
    const unsaved = await downloaded(page, "Findings (CSV)");
    const [titles, first] = unsaved.text.split("\r\n").map((line) => line.split(","));
    assert.equal(first[titles.indexOf("examined_on")], "2000-01-01", "as the file says it");
    assert.equal(assertNoPixelsSent(requests).length, 0, "nothing is saved before Save is pressed");
    await saveAs(page, "Patient 12", "2023-11-20");
    await page.getByText("Saved.", { exact: true }).waitFor();
    await shoot(page, "saved-in-room");

    const [document, ...more] = assertNoPixelsSent(requests);
    assert.equal(more.length, 0, "sent once");
    assert.ok(document.length < 3 * 16 * 1024, `${document.length} bytes`);
    const { header, maps } = takeApart(document);
    assert.deepEqual(Object.keys(header).sort(), [
      "cols", "digest", "engine", "examined_on", "instance_numbers", "intensity", "label", "lesions", "rejected", "rows", "scan_slices",
      "series_number", "settings", "slice_spacing_mm", "slices", "spacing", "summary", "version",
    ]);
    assert.equal(header.label, "Patient 12");
    assert.equal(header.series_number, 3000611);
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
    await becomes(() => findings(page), before.findings);
    await shoot(page, "saved-analysis");
    await page.emulateMedia({ media: "print" });
    assert.match(await page.locator("header.print-only").innerText(), /Patient: Patient 12 · examined: 2023-11-20 · read by/);
    await page.emulateMedia({ media: null });

    // Its figures as files, under the label and the day.
    const table = await downloaded(page, "Findings as CSV");
    assert.equal(table.name, "Patient-12-findings-2023-11-20.csv");
    const [columns, ...lines] = table.text.trimEnd().split("\r\n").map((line) => line.split(","));
    const statuses = lines.map(([status]) => status);
    assert.deepEqual(statuses, [...before.findings.map(() => "marked"), "rejected"]);
    assert.ok(lines.every((line) => line[columns.indexOf("label")] === "Patient 12" && line[columns.indexOf("x_mm")] === ""));
    const file = await downloaded(page, "Findings as JSON");
    assert.equal(file.name, "Patient-12-findings-2023-11-20.json");
    assert.deepEqual(JSON.parse(file.text).summary.findings, header.summary.findings);
    await page.route("**/findings.csv", (route) => route.abort());
    await page.getByRole("button", { name: "Findings as CSV" }).click();
    await page.getByRole("alert").filter({ hasText: /server cannot be reached/ }).waitFor();
    await page.unroute("**/findings.csv");

    // Label and day can be changed, which is confirmed.
    await page.getByText("Change label or day").click();
    await page.getByLabel("Day of the examination").fill("2023-11-19");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("Label and day are saved.").waitFor();
    assert.equal((await downloaded(page, "Findings as CSV")).name, "Patient-12-findings-2023-11-19.csv");

    // The same file in a fresh page: recognised, restored, exported as before.
    await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
    await openScan(page, false);
    await page.getByText(/You analysed this image before/).waitFor(PATIENCE);
    await shoot(page, "recognised");
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByText("3 slices segmented").waitFor();
    await atRest(page);
    assert.deepEqual(await findings(page), before.findings);
    assert.deepEqual(await exportedMask(page), before.mask);
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Save once more" }).click();
    await becomes(() => page.getByLabel("Patient label").inputValue(), "Patient 12");
    await shoot(page, "restored");

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
    await atRest(page);
    assert.deepEqual((await findings(page)).toSorted(), whole.findings.toSorted());
    assert.deepEqual(await exportedMask(page), whole.mask);

    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await page.getByRole("button", { name: /^Delete/ }).click();
    await page.getByText(/^Delete .+, \d{4}-\d\d-\d\d for good, with what was said of its lesions\?$/).waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Nothing is saved here.").waitFor();
    assertNoPixelsSent(requests);
    // Not every browser complains of the file that did not come.
    const complaint = errors.findIndex((error) => error.includes("ERR_FAILED"));
    if (complaint >= 0) errors.splice(complaint, 1);
    // The one error is the answer to the wrong password.
    assert.deepEqual(errors.filter((error) => !/status of 401/.test(error)), []);
  });

  test("a saved analysis comes back on its image, is corrected there, and saved anew", async (t) => {
    const page = await openPage(t, { serviceWorkers: "block", viewport: { width: 1280, height: 900 } });
    const requests = recordRequests(page);
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    await page.getByText("Measure", { exact: true }).click();
    await measure(page);
    await cross(page);
    const lengths = await measured(page);
    assert.equal(lengths.length, 1);
    assert.match(lengths[0], /^axes/);
    await saveAs(page, "First reader");
    await page.getByText("Saved.", { exact: true }).waitFor();
    const first = { findings: await findings(page), mask: await exportedMask(page) };

    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await page.getByText(/You analysed this image before/).waitFor(PATIENCE);
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByText("1 slice segmented").waitFor();
    await atRest(page);
    assert.deepEqual(await measured(page), lengths, "the line is back, with its short axis");
    await page.getByText("Add area", { exact: true }).click();
    await drawAround(page, -60, -30, -20, 10);
    await page.getByText("Corrected by the reader: slice 1").waitFor();
    await atRest(page);
    const second = { findings: await findings(page), mask: await exportedMask(page) };
    assert.equal(second.findings.length, first.findings.length + 1);
    // What was not touched has the figures it was saved with; only its number may be another.
    const figures = (words) => words.replace(/^\s*\d+\s/, "").replace(/Lesion \d+/, "");
    const kept = new Set(second.findings.map(figures));
    assert.ok(first.findings.map(figures).every((words) => kept.has(words)), `${first.findings}\n${second.findings}`);
    assert.ok(second.mask.every((voxel, index) => voxel || !first.mask[index]), "nothing of the first mask is lost");
    assert.ok(voxels(second.mask) > voxels(first.mask));
    await shoot(page, "restored-corrected", { fullPage: false });

    // A label that is nearly one that there is may have been meant to be that, once it is known which there are.
    await page.locator("#save-labels option").first().waitFor({ state: "attached" });
    await page.getByLabel("Patient label").fill("first  READER");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/You have “First reader” already/).waitFor();
    // What the image is saved as stands beside the form; another label is asked about once.
    const beside = page.locator(".save").getByText("This image is saved as “First reader” of 2023-11-24.");
    await beside.waitFor();
    await page.getByLabel("Patient label").fill("First reader");
    await page.getByLabel("Day of the examination").fill("2023-11-24");
    await beside.waitFor({ state: "detached" });
    await page.getByLabel("Patient label").fill("Second reader");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/This image is saved as “First reader” already/).waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved.", { exact: true }).waitFor();
    const [before, after] = assertNoPixelsSent(requests).map(takeApart);
    assert.equal(before.header.lines[0].crossing.length, 3);
    assert.deepEqual([before, after].map(({ header }) => header.slices[0].is_corrected ?? false), [false, true]);
    assert.equal(after.maps[0].filter((label) => label & FINAL).length, voxels(second.mask));

    await page.getByRole("button", { name: "Undo (Ctrl + Z)" }).click();
    await page.getByText("Corrected by the reader").waitFor({ state: "detached" });
    await atRest(page);
    assert.deepEqual(await findings(page), first.findings);
    assert.deepEqual(await exportedMask(page), first.mask);
    // So may one that is nearly what was saved a moment ago.
    await page.locator("#save-labels option[value='Second reader']").waitFor({ state: "attached" });
    await page.getByLabel("Patient label").fill("second reader");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText(/You have “Second reader” already/).waitFor();
  });

  test("what is typed under Save outlasts other settings, and nothing moves under the pointer meanwhile", async (t) => {
    const page = await openPage(t, { viewport: { width: 1280, height: 900 } });
    await enter(page);
    await openScan(page);
    await segmentAll(page);
    await page.getByLabel("Patient label").fill("Patient 12");
    await page.getByLabel("Day of the examination").fill("2023-11-19");
    await page.getByText("Postprocessing").click();
    const threshold = page.getByRole("slider", { name: /^Threshold/ });
    await threshold.evaluate((slider) => {
      window.places = new Set();
      const note = () => window.places.add(slider.getBoundingClientRect().top);
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true });
      note();
    });
    const before = await findings(page);
    await threshold.evaluate((input) => {
      input.value = "99";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await page.waitForFunction((first) => document.querySelectorAll(".finding").length !== first, before.length);
    await atRest(page);
    assert.equal(await page.getByLabel("Patient label").inputValue(), "Patient 12");
    assert.equal(await page.getByLabel("Day of the examination").inputValue(), "2023-11-19");
    assert.equal(await threshold.evaluate(() => window.places.size), 1);
  });

  test("deleted on its own page, an analysis leaves the results in the reading room saved nowhere", async (t) => {
    const page = await openPage(t, { serviceWorkers: "block" });
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    await saveAs(page, "Soon gone");
    await page.getByText("Saved.", { exact: true }).waitFor();
    await page.getByRole("link", { name: /in the history/ }).click();
    await page.locator("summary", { hasText: "Delete" }).waitFor();
    // Back in the room, nothing invites to save it twice.
    await page.goBack();
    await page.getByText("Saved.", { exact: true }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Save", exact: true }).count(), 0);
    await page.getByRole("link", { name: /in the history/ }).click();
    await page.locator("summary", { hasText: "Delete" }).click();
    const former = page.url();
    await page.getByRole("button", { name: "Delete this analysis" }).click();
    await page.getByText("Nothing is saved here.").waitFor();
    await page.getByRole("status").filter({ hasText: "The analysis is deleted." }).waitFor({ state: "attached" });
    // What is gone is not asked for again.
    const other = await page.context().newPage();
    await other.goto(former);
    await other.getByText(/There is nothing here/).waitFor();
    assert.equal(await other.getByRole("button", { name: "Try again" }).count(), 0);
    await other.close();
    await page.getByRole("link", { name: "Reading room" }).first().click();
    await page.getByText("1 slice segmented").waitFor();
    const asked = page.waitForEvent("dialog");
    await Promise.all([
      asked.then((question) => {
        assert.match(question.message(), /not saved/);
        return question.dismiss();
      }),
      page.getByLabel("Choose files").setInputFiles(sample(SAMPLE[1])),
    ]);
    await page.getByText("1 slice segmented").waitFor();
  });

  test("an analysis that is slow to come back lands on nothing that has changed meanwhile", async (t) => {
    const page = await openPage(t, { serviceWorkers: "block" });
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    await saveAs(page, "The first slice");
    await page.getByText("Saved.", { exact: true }).waitFor();

    const gates = [];
    await page.route("**/api/analyses/*", async (route) => {
      await new Promise((letGo) => gates.push(letGo));
      await route.continue();
    });
    /** Asks for the analysis of the slice that is open, does `meanwhile`, and lets the answer come. */
    const restoreAfter = async (meanwhile) => {
      await page.getByText(/You analysed this image before/).waitFor(PATIENCE);
      const asked = page.waitForRequest("**/api/analyses/*");
      await page.getByRole("button", { name: "Restore" }).click();
      await asked;
      await meanwhile();
      const answer = page.waitForResponse("**/api/analyses/*");
      gates.pop()();
      await (await answer).finished();
      await pause(1000);
    };

    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await restoreAfter(() => page.getByRole("button", { name: "Close message" }).click());
    await page.getByText("No slice is segmented yet.").waitFor();

    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    // As large as the first, and of another place.
    await restoreAfter(() => openSlice(page, SAMPLE[1]));
    await page.getByText("No slice is segmented yet.").waitFor();
    assert.equal(await page.getByText(/slices? segmented/).count(), 0);

    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    const questions = [];
    page.on("dialog", (question) => {
      questions.push(question.message());
      return question.dismiss();
    });
    await restoreAfter(() => segmentSlice(page));
    await until(() => (questions.length > 0 ? [] : ["a question"]));
    assert.equal(questions.length, 1, "asked before what was computed meanwhile is lost");
    assert.equal(await page.getByLabel("Patient label").inputValue(), "");
  });
});
