// What was saved, looked at later: the list, follow-up and comparison.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { enter } from "../support/account.mjs";
import { becomes, says } from "../support/becomes.mjs";
import { BASE_URL, launch, openPageIn, recordErrors, recordRequests } from "../support/browser.mjs";
import { drawn, save } from "../support/document.mjs";
import { settled } from "../support/settled.mjs";

/** Two visits of a patient: a lesion that grows, and in the second one another, whose number is returned. */
async function saveTwoVisits(page, label) {
  await save(page, drawn(label, "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]));
  return save(page, drawn(label, "2023-07-30", [{ row: 112, col: 82, diameter: 10 }, { row: 150, col: 180, diameter: 6 }]));
}

async function compareTheTwo(page) {
  await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
  const boxes = page.getByRole("checkbox", { name: /^Compare/ });
  await boxes.nth(1).waitFor();
  for (const box of await boxes.all()) await box.check();
  await page.getByRole("link", { name: "Compare the two" }).click();
}

describe("the history", () => {
  let browser;
  before(async () => (browser = await launch({ webgpu: false })));
  after(() => browser.close());

  test("a list that could not be had can be asked for again", async (t) => {
    const page = await openPageIn(browser, t, { serviceWorkers: "block" });
    await enter(page);
    await page.route("**/api/history/list", (route) => route.abort());
    await page.goto(`${BASE_URL}/history`);
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await page.unroute("**/api/history/list");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Nothing is saved here.").waitFor();
  });

  test("what was saved again and again is one line, and unfolds", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    const errors = recordErrors(page);
    await enter(page);
    const lesion = { row: 110, col: 80, diameter: 8 };
    for (const diameter of [7, 8, 9]) await save(page, drawn("Patient 9", "2023-01-31", [{ ...lesion, diameter }]));
    await save(page, drawn("Patient 9", "2023-07-30", [lesion]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    const days = page.getByRole("rowheader");
    const fold = page.getByRole("button", { name: "2 earlier analyses of this image" });
    await fold.waitFor();
    await becomes(() => days.allInnerTexts(), ["2023-07-30", "2023-01-31"]);
    await becomes(() => fold.getAttribute("aria-expanded"), "false");
    await fold.focus();
    await page.keyboard.press("Enter");
    await becomes(() => fold.getAttribute("aria-expanded"), "true");
    await becomes(() => days.count(), 4);

    // Each has what the newest one has; one less, and they stay unfolded.
    await page.getByRole("checkbox", { name: /^Compare Patient 9, 2023-01-31, saved / }).first().check();
    await page.getByRole("checkbox", { name: "Compare Patient 9, 2023-01-31", exact: true }).check();
    await page.getByRole("link", { name: "Compare the two" }).waitFor();
    await page.getByRole("button", { name: /^Delete Patient 9, 2023-01-31, saved / }).last().click();
    await page.getByText(/^Delete Patient 9, 2023-01-31, saved .* for good, with what was said of its lesions\?$/).waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "1 earlier analysis of this image" }).waitFor();
    await becomes(() => days.count(), 3);
    // Without the newest one, the one before it takes its place.
    await page.getByRole("button", { name: "Delete Patient 9, 2023-01-31", exact: true }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText(/earlier anal/).waitFor({ state: "detached" });
    await becomes(() => days.count(), 2);
    assert.deepEqual(errors, []);
  });

  test("a label that another window has changed is overwritten only when Change is pressed again", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    await enter(page);
    const id = await save(page, drawn("Patient 9", "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]));
    const other = await page.context().newPage();
    // As whoever presses has it; what is behind may have few frames, for which a press waits.
    for (const window of [page, other]) {
      await window.bringToFront();
      await window.goto(`${BASE_URL}/history/${id}`);
      await window.getByText("Change label or day").click();
    }
    const change = async (window, label) => {
      await window.bringToFront();
      await window.getByLabel("Patient label").fill(label);
      await window.getByRole("button", { name: "Change", exact: true }).click();
    };
    await change(other, "Patient 10");
    await other.getByText("Label and day are saved.").waitFor();
    await change(page, "Patient 11");
    await page.getByText(/another window has changed this analysis to “Patient 10”, 2023-01-31\. Press Change again/).waitFor();
    await page.getByRole("heading", { name: "Patient 10" }).waitFor();
    await becomes(() => page.getByLabel("Patient label").inputValue(), "Patient 11");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("Label and day are saved.").waitFor();
    await page.getByRole("heading", { name: "Patient 11" }).waitFor();
  });

  test("a total volume of which a part is not known is a least one", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    await enter(page);
    const lesions = [{ row: 110, col: 80, diameter: 10 }, { row: 150, col: 180, diameter: 8 }];
    await save(page, drawn("Patient 9", "2023-01-31", lesions));
    await save(page, drawn("Patient 9", "2023-07-30", [lesions[0], { ...lesions[1], isCut: true }]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    // 10³ π / 6 = 524, 8³ π / 6 = 268.
    await page.getByText("≥\u00a0524\u00a0mm³", { exact: true }).waitFor();
    await page.getByText("792\u00a0mm³", { exact: true }).waitFor();
  });

  test("a filter that nothing fits leads back to all that is saved", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    await enter(page);
    await save(page, drawn("Patient 9", "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    const days = page.getByRole("rowheader");
    const label = page.getByLabel("Patient label or part of it");
    await days.waitFor();
    await label.fill("Patient 10");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByText("No saved analysis fits this filter.").waitFor();
    await page.getByRole("link", { name: "Show all" }).click();
    await days.waitFor();
    await page.waitForFunction(() => document.activeElement.id === "history");
    await becomes(() => label.inputValue(), "");
  });

  test("the way back from an analysis leads to the list that was filtered, and its fields say so", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    const errors = recordErrors(page);
    await enter(page);
    const lesion = { row: 110, col: 80, diameter: 8 };
    for (const label of ["Patient 9", "Patient 10"]) await save(page, drawn(label, "2023-01-31", [lesion]));
    await save(page, drawn("Patient 9", "2023-07-30", [lesion]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    const days = page.getByRole("rowheader");
    const label = page.getByLabel("Patient label or part of it");
    const from = page.getByLabel("From", { exact: true });
    await becomes(() => days.count(), 3);
    await from.fill("2023-02-01");
    await page.getByLabel("To", { exact: true }).fill("2023-01-01");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByText("The days are the wrong way round").waitFor();
    await page.getByLabel("To", { exact: true }).fill("");
    await label.fill(" patient 9 ");
    await page.getByRole("button", { name: "Filter" }).click();
    await becomes(() => days.allInnerTexts(), ["2023-07-30"]);
    await becomes(() => page.getByRole("button", { name: "Filter" }).evaluate((it) => it === document.activeElement), true);
    await days.getByRole("link").click();
    await page.getByRole("heading", { name: "Patient 9" }).waitFor();

    await page.goBack();
    // What is found on an analysis has such headers, too.
    await becomes(() => days.allInnerTexts(), ["2023-07-30"]);
    const typed = async () => [await label.inputValue(), await from.inputValue()];
    await becomes(typed, ["patient 9", "2023-02-01"]);
    await page.goBack();
    await days.nth(2).waitFor();
    await becomes(typed, ["", ""]);
    assert.deepEqual(errors, []);
  });

  test("no address has a patient label or what was typed, and what an address names must be the account's own", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    const errors = recordErrors(page);
    const requests = recordRequests(page);
    await enter(page);
    const own = await save(page, drawn("Patient 9", "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    const label = page.getByLabel("Patient label or part of it");
    const addresses = [];
    const go = async (name, path, seen) => {
      await page.getByRole(...name).click();
      await page.waitForURL((url) => url.pathname === path);
      await seen.waitFor();
      addresses.push(page.url());
    };
    await label.fill("Patient 9");
    await page.getByLabel("From", { exact: true }).fill("2023-01-30");
    const followed = page.getByText("One examination: growth needs a second one.");
    const toFollowUp = page.getByRole("link", { name: "Follow-up of this label" });
    await go(["button", { name: "Filter" }], "/history", toFollowUp);
    await go(["link", { name: "Follow-up of this label" }], "/follow-up", followed);
    await go(["link", { name: "Find it in the history" }], "/history", toFollowUp);
    await becomes(() => label.inputValue(), "Patient 9");
    await go(["link", { name: "Patient 9", exact: true }], "/follow-up", followed);
    // Loaded anew, or in another tab.
    await page.reload();
    await followed.waitFor();
    await page.goto(`${BASE_URL}/history?like=${own}`);
    await toFollowUp.waitFor();
    const said = [...addresses, ...requests.map(({ url }) => url)].filter((url) => /Patient|2023-01/.test(url));
    assert.deepEqual(said, []);

    const other = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (const address of [`/follow-up?of=${other}`, `/history?like=${other}`, "/follow-up?of=x", "/history?like=x"]) {
      await page.goto(`${BASE_URL}${address}`);
      await page.getByText("There is nothing here").waitFor();
    }
    // The whole list is one step away.
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("rowheader", { name: "2023-01-31" }).waitFor();
    assert.equal(new URL(page.url()).search, "");
    // As the release before wrote them.
    await page.goto(`${BASE_URL}/history?label=Patient%208`);
    await page.getByRole("rowheader", { name: "2023-01-31" }).waitFor();
    await page.goto(`${BASE_URL}/follow-up?label=Patient%208`);
    await page.getByRole("button", { name: "Show" }).waitFor();
    assert.deepEqual(errors.filter((error) => !/status of 404/.test(error)), []);
  });

  test("the way back from an analysis leads to where the list was read, the way from elsewhere to its top", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 500 } });
    const errors = recordErrors(page);
    await enter(page);
    const lesion = { row: 110, col: 80, diameter: 8 };
    for (let day = 1; day <= 25; day++) {
      await save(page, drawn("Patient 9", `2023-01-${String(day).padStart(2, "0")}`, [lesion]));
    }
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    const days = page.getByRole("rowheader");
    await days.nth(24).waitFor();
    const link = days.getByRole("link", { name: "2023-01-02" });
    await link.scrollIntoViewIfNeeded();
    const top = () => page.evaluate(() => window.scrollY);
    const before = await settled(page, top);
    assert.ok(before > 500, `${before} px`);
    // Not by a link to a file or to another tab, after which the list is still there.
    await page.locator("section.history").evaluate((section) => {
      for (const attribute of ["download", "target"]) {
        const link = document.createElement("a");
        link.href = "/about";
        link.setAttribute(attribute, "_blank");
        section.append(link);
        link.addEventListener("click", (event) => event.preventDefault());
        link.click();
        link.remove();
      }
    });
    assert.notEqual(await page.evaluate(() => typeof history.state), "number");
    await link.click();
    await page.getByRole("heading", { name: "Patient 9" }).waitFor();
    await becomes(top, 0);

    await page.goBack();
    await page.waitForFunction((y) => Math.abs(window.scrollY - y) < 2, before);
    // Once only: not when it is opened anew.
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "About" }).click();
    await page.getByRole("heading", { name: /^Model card/ }).waitFor();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "History" }).click();
    await days.nth(24).waitFor();
    await pause(200);
    assert.equal(await top(), 0);
    assert.deepEqual(errors, []);
  });

  test("on a phone, the list is as wide as the screen", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 390, height: 800 } });
    await enter(page);
    await save(page, drawn("Patient 12, right lung", "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await page.getByText("1 lesion, longest 8.0\u00a0mm").waitFor();
    const list = page.getByRole("region", { name: "Saved analyses" });
    const fits = (it) => it.scrollWidth <= it.clientWidth;
    assert.ok(await list.evaluate(fits));
    await page.getByRole("button", { name: /^Delete/ }).click();
    const question = page.getByText("Delete Patient 12, right lung, 2023-01-31 for good");
    await question.waitFor();
    assert.ok(await list.evaluate(fits));
    const [asked, frame] = await settled(page, () => Promise.all([question.boundingBox(), list.boundingBox()]));
    assert.ok(asked.width > 240 && asked.x >= frame.x, "it is not squeezed into the column of the button");
    await page.getByRole("button", { name: "Keep" }).click();
    await page.getByRole("rowheader").getByRole("link").click({ trial: true });

    const later = await save(page, drawn("Patient 12, right lung", "2023-07-30", [{ row: 110, col: 80, diameter: 9 }]));
    await page.goto(`${BASE_URL}/follow-up?of=${later}`);
    const table = page.getByRole("region", { name: "Lesions over time" });
    await table.waitFor();
    assert.ok(await table.evaluate(fits));
  });

  test("the question before something is deleted stays in sight, and names it", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 820, height: 900 } });
    await enter(page);
    await save(page, drawn("Patient 12", "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    const inSight = async (what) => {
      const { x, width } = await settled(page, () => what.boundingBox());
      return x >= 0 && x + width <= 820;
    };
    const button = page.getByRole("button", { name: "Delete Patient 12, 2023-01-31", exact: true });
    assert.ok(await inSight(button));
    await button.click();
    assert.ok(await inSight(page.getByText("Delete Patient 12, 2023-01-31 for good, with what was said of its lesions?")));
    assert.ok(await inSight(page.getByRole("button", { name: "Keep" })));
    const list = page.getByRole("region", { name: "Saved analyses" });
    assert.equal(await list.evaluate((it) => it.scrollLeft), 0);
  });

  test("a deletion is read out, and the keyboard stays at the list, or at its heading once that is empty", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    const errors = recordErrors(page);
    await enter(page);
    const lesion = { row: 110, col: 80, diameter: 8 };
    for (const day of ["2023-01-31", "2023-07-30"]) await save(page, drawn("Patient 9", day, [lesion]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    const told = page.getByRole("status").filter({ hasText: "The analysis is deleted." });
    const hasKeyboard = (it) => it.evaluate((it) => it === document.activeElement);
    for (const [day, place] of [
      ["2023-07-30", page.getByRole("region", { name: "Saved analyses" })],
      ["2023-01-31", page.getByRole("heading", { name: "History" })],
    ]) {
      await page.getByRole("button", { name: `Delete Patient 9, ${day}`, exact: true }).click();
      await becomes(() => told.count(), 0, "so that it is read out once more");
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      await told.waitFor({ state: "attached" });
      await page.getByRole("rowheader", { name: day }).waitFor({ state: "detached" });
      await becomes(() => hasKeyboard(place), true, day);
    }
    assert.deepEqual(errors, []);
  });

  test("a large lesion that is new comes first, is drawn and called new; each row leads to its lesion", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1366, height: 768 } });
    const errors = recordErrors(page);
    await enter(page);
    const small = [90, 110, 130, 150].flatMap((row) => [65, 190].map((col) => ({ row, col, diameter: 5 + row / 100 }))).slice(1);
    await save(page, drawn("Patient 7", "2023-01-31", small));
    const later = await save(page, drawn("Patient 7", "2023-07-30", [...small, { row: 128, col: 90, diameter: 26, longest_slice: 6 }]));
    await page.goto(`${BASE_URL}/follow-up?of=${later}`);
    const first = page.locator(".growth-table tbody").first();
    await first.waitFor();
    await says(
      first,
      /^H\s[\s\S]*lesion 1 ·[\s\S]*\t7\t26\.0 × 23\.4\smm[\s\S]*\(slice 5\)[\s\S]*2023-01-31: not found: new since then\.\s*$/,
    );
    await becomes(() => page.locator("svg.lines text.name", { hasText: "H" }).count(), 1);
    await page.getByText(/^In the table only: [A-G] [\d.]+\smm, [A-G] [\d.]+\smm$/).waitFor();
    const table = page.getByRole("region", { name: "Lesions over time" });
    assert.ok(await table.evaluate((it) => it.scrollWidth <= it.clientWidth), "all columns are in sight");

    const row = page.locator(".growth-table tr", { hasText: "lesion 3 ·" }).last();
    await row.getByRole("link").click();
    const marked = page.locator(".finding[aria-pressed='true']");
    await marked.waitFor();
    await becomes(() => marked.locator(".number").innerText(), "3");
    await page.goBack();
    await first.getByRole("link").click();
    await page.getByRole("application", { name: /slice 7 of 9/ }).waitFor();
    assert.deepEqual(errors, []);
  });

  test("two analyses are shown at one scale, and turned together", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1366, height: 900 } });
    const errors = recordErrors(page);
    await enter(page);
    const lesions = [{ row: 110, col: 80, diameter: 8 }, { row: 150, col: 180, diameter: 14 }];
    await save(page, drawn("Patient 7", "2023-01-31", lesions, undefined, 1.0));
    await save(page, drawn("Patient 7", "2023-07-30", lesions));
    await compareTheTwo(page);
    const zooms = page.locator(".zoom");
    await zooms.first().getByText("77 %").waitFor();
    await becomes(() => zooms.allInnerTexts(), ["77 %", "100 %"]);
    // Before it is known what is where on both, slices are turned alone.
    const linked = page.getByLabel("Turn the slices of both together");
    await linked.waitFor();
    await page.getByRole("button", { name: "Zoom in" }).last().click();
    await zooms.first().getByText("96 %").waitFor();

    const counts = page.locator(".slice-slider .count");
    await page.getByRole("button", { name: "Next slice" }).first().click();
    await counts.nth(1).getByText("Slice 6 of 9").waitFor();
    await linked.uncheck();
    await page.getByRole("button", { name: "Next slice" }).last().click();
    await counts.nth(1).getByText("Slice 7 of 9").waitFor();
    await pause(200);
    assert.equal(await counts.first().innerText(), "Slice 6 of 9");
    // A key is that of the image that has the keyboard, wherever the pointer is.
    await page.getByRole("application").first().hover();
    await page.getByRole("application").last().press("ArrowUp");
    await counts.nth(1).getByText("Slice 8 of 9").waitFor();
    await pause(200);
    assert.equal(await counts.first().innerText(), "Slice 6 of 9");
    // One side plays at a time.
    const plays = page.locator(".cine button");
    const stop = page.getByRole("button", { name: "Stop playing" });
    await plays.first().click();
    await stop.waitFor();
    await plays.last().click();
    await page.locator(".side-by-side").last().getByRole("button", { name: "Stop playing" }).waitFor();
    await becomes(() => stop.count(), 1);
    await plays.last().click();
    await stop.waitFor({ state: "detached" });
    // The numbers of a lesion lead to it on both sides.
    await page.getByRole("button", { name: "2 → 2" }).click();
    await counts.first().getByText("Slice 5 of 9").waitFor();
    await becomes(() => counts.allInnerTexts(), ["Slice 5 of 9", "Slice 5 of 9"]);
    assert.deepEqual(errors, []);
  });

  test("two visits: growth, doubling time, chart, comparison", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    const errors = recordErrors(page);
    await enter(page);
    const label = "Patient 7 & Söhne";
    await saveTwoVisits(page, label);
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await page.getByRole("link", { name: label }).first().click();
    await page.getByText("2 examinations, 2 lesions.").waitFor();
    const row = page.locator(".growth-table tbody").first().locator("tr").nth(1);
    // 180 · ln 2 / (3 · ln 1.25) = 186 days.
    await says(row, /10\.0 × 9\.0\smm[\s\S]*\+25\s%[\s\S]*\+95\s%[\s\S]*186 days/);
    await becomes(() => page.locator("svg.lines path").count(), 2);
    await page.getByRole("group", { name: "Chart" }).getByText("Area").click();

    await compareTheTwo(page);
    await page.getByText("Lesions of both").waitFor();
    await page.locator("canvas").nth(1).waitFor();
    const shown = () => page.locator("canvas").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    await becomes(shown, ["CT viewer, slice 5 of 9, 1 finding", "CT viewer, slice 5 of 9, 2 findings"]);
    await says(page.locator(".growth-table"), /186 days/);
    assert.deepEqual(errors, []);
  });

  test("a reader says which lesions are one, and takes it back", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    const errors = recordErrors(page);
    await enter(page);
    const later = await saveTwoVisits(page, "Patient 8");
    await compareTheTwo(page);
    const names = async () => (await page.locator(".growth-table tbody th").allInnerTexts()).sort();
    await page.getByText("Correct which lesions are one").click();
    await becomes(names, ["1 → 1", "– → 2"]);

    await page.getByRole("button", { name: "Save" }).click();
    await becomes(() => page.getByText("Choose a lesion.").count(), 2);
    await page.getByLabel("Lesion of the earlier examination (2023-01-31)").selectOption({ label: "1: slice 5, 8.0\u00a0mm" });
    await page.getByLabel("Lesion of the later examination (2023-07-30)").selectOption({ label: "2: slice 5, 6.0\u00a0mm" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("1 → 2: one lesion").waitFor();
    await becomes(names, ["1 → 2", "– → 1"]);
    await page.getByLabel("Lesion of the later examination (2023-07-30)").selectOption({ label: "1: slice 5, 10.0\u00a0mm" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("This replaces what you said before: 1 → 2: one lesion").waitFor();
    await page.getByLabel("Lesion of the later examination (2023-07-30)").selectOption({ label: "2: slice 5, 6.0\u00a0mm" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("This replaces what you said before: 1 → 1: one lesion").waitFor();
    await says(page.locator(".growth-table"), /joined by the reader/);
    const chooser = page.getByLabel("Lesion of the later examination (2023-07-30)");
    await becomes(() => chooser.isVisible(), true, "what was open stays open");

    await page.goto(`${BASE_URL}/follow-up?of=${later}`);
    await page.getByText("joined by the reader").waitFor();
    await page.goBack();
    await page.getByText("Correct which lesions are one").click();
    await page.getByRole("button", { name: "Take back 1 → 2: one lesion" }).click();
    await page.locator(".growth-table tbody th", { hasText: "1 → 1" }).waitFor();
    await becomes(() => page.getByText("1 → 2: one lesion").count(), 0);

    await page.getByLabel("Lesion of the earlier examination (2023-01-31)").selectOption({ label: "1: slice 5, 8.0\u00a0mm" });
    await page.getByLabel("Lesion of the later examination (2023-07-30)").selectOption({ label: "1: slice 5, 10.0\u00a0mm" });
    await page.getByText("not one lesion", { exact: true }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".growth-table tbody th", { hasText: "1 → –" }).waitFor();
    await becomes(() => page.getByText("parted by the reader").count(), 2);
    await becomes(() => page.getByText("you said that the lesion there is another one").count(), 2);
    assert.deepEqual(errors, []);
  });

  test("follow-up asks for the label that the address lacks, a comparison for its analyses", async (t) => {
    const page = await openPageIn(browser, t);
    const errors = recordErrors(page);
    await enter(page);
    const saved = await save(page, drawn("Patient 8", "2023-01-31", [{ row: 110, col: 80, diameter: 8 }]));
    await page.goto(`${BASE_URL}/follow-up`);
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("Enter a label, such as “Patient 12”.").waitFor();
    await page.getByLabel("Patient label").fill("Patient 88");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("Nothing is saved under this label.").waitFor();
    await page.getByLabel("Patient label").fill(" Patient 8 ");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("One examination: growth needs a second one.").waitFor();
    assert.equal(new URL(page.url()).search, `?of=${saved}`);
    await page.goto(`${BASE_URL}/compare`);
    await page.getByText("No two analyses are chosen").waitFor();
    assert.equal(await page.locator("main .error-text, main button").count(), 0);
    // The browser writes down the answer that there is no such label.
    assert.deepEqual(errors.filter((error) => !/status of 422/.test(error)), []);
  });

  test("a comparison on paper says what it is and shows both examinations side by side", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 1280, height: 900 } });
    await enter(page);
    await saveTwoVisits(page, "Patient 9");
    await compareTheTwo(page);
    const viewers = page.locator(".compare .viewer");
    const linked = page.getByText("Turn the slices of both together");
    await Promise.all([viewers.nth(1).waitFor(), linked.waitFor()]);
    await page.emulateMedia({ media: "print" });
    // As narrow as a sheet of A4.
    await page.setViewportSize({ width: 700, height: 1000 });
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await page.getByText(/^Two examinations compared · read by: _+$/).waitFor();
    await page.getByText(/^Printed on \d{4}-\d\d-\d\d$/).waitFor();
    const places = () => Promise.all([viewers.first().boundingBox(), viewers.last().boundingBox()]);
    const [a, b] = await settled(page, places);
    assert.ok(b.x >= a.x + a.width && Math.abs(a.y - b.y) < 1, `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
    assert.equal(await linked.isVisible(), false);
  });
});
