// What a reader says of lesions: confirmed, rejected, open, and all that undone, wherever it is then told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, says } from "../support/becomes.mjs";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { PATIENCE, atRest, drawAround, findings, openScan, segmentAll } from "../support/reading.mjs";
import { shoot } from "../support/shot.mjs";

/** What the table says of every lesion, by number. */
async function judgements(page) {
  const { bytes } = await download(page, page.getByRole("button", { name: "Findings (CSV)" }));
  const [columns, ...lines] = bytes.toString().trimEnd().split("\r\n").map((line) => line.split(","));
  const cell = (line, name) => line[columns.indexOf(name)];
  return Object.fromEntries(lines.map((line) => [cell(line, "lesion"), cell(line, "judgement")]));
}

test("lesions are confirmed and rejected with one press each, which is undone in its order", async (t) => {
  const page = await openPage(t, { viewport: { width: 1366, height: 768 } });
  await page.goto(`${BASE_URL}/read`);
  await openScan(page, false);
  await segmentAll(page);
  const before = await findings(page);
  const table = page.getByRole("region", { name: "Lesions" });
  const lesions = await table.getByRole("rowheader").allInnerTexts();
  const all = lesions.length;
  assert.ok(all > 1);
  // The table has the side beside it: "1 L".
  const number = (it) => it.split(/\s/)[0];
  // What is pressed before the worker has done is dropped.
  const judged = async (number, of = all) => {
    await page.getByText(`${number} of ${of} judged`).waitFor(PATIENCE);
    await atRest(page);
  };
  const row = (lesion) => table.getByRole("row").filter({ has: page.getByRole("rowheader", { name: lesion, exact: true }) });
  const button = (lesion, name) => row(lesion).getByRole("button", { name });
  await judged(0);
  await page.getByText("a reader has confirmed none of it").waitFor();

  const [first, second] = lesions;
  await button(first, /^Confirm/).focus();
  await page.keyboard.press("Enter");
  await judged(1);
  await page.getByText(`This goes by 1 lesion that the reader has confirmed, without ${all - 1} open one`).waitFor();
  await becomes(() => button(first, /^Confirm/).getAttribute("aria-pressed"), "true");
  await button(second, /^Reject/).click();
  await judged(2);
  await page.getByText("Rejected by the reader").waitFor();
  assert.deepEqual(await judgements(page), Object.fromEntries(
    lesions.map((it) => [number(it), it === first ? "confirmed" : it === second ? "rejected" : "open"]),
  ));
  await shoot(page, "judged", { fullPage: false });

  // Nothing of the viewer has the keyboard. What was done last is undone first.
  await page.keyboard.press("ControlOrMeta+z");
  await judged(1);
  await becomes(() => findings(page), before);
  await page.keyboard.press("ControlOrMeta+z");
  await judged(0);
  await becomes(() => button(first, /^Confirm/).getAttribute("aria-pressed"), "false");
  for (const number of [1, 2]) {
    await page.getByRole("button", { name: "Redo (Ctrl + Y)" }).click();
    await judged(number);
  }

  // Among what is drawn, too.
  await page.getByText("Add area", { exact: true }).click();
  await drawAround(page, -60, -30, -20, 10);
  await judged(3, all + 1);
  await page.getByRole("application", { name: /^CT viewer/ }).press("u");
  await judged(2);

  // As a whole, by its number.
  const item = page.locator(".rejected > li").filter({ hasText: `Lesion ${number(second)}, ` });
  await item.getByRole("button", { name: /^Take back/ }).first().click();
  await judged(1);
  await becomes(() => findings(page), before);
  await page.emulateMedia({ media: "print" });
  await says(row(first), /confirmed/);
  await says(row(second), /open/);
  const gaps = () =>
    table.locator("td > div").evaluateAll((all) => {
      const isGap = (it) => getComputedStyle(it).display !== "none" && it.innerText.trim() === "";
      return all.filter(isGap).length;
    });
  await becomes(gaps, 0, "what is not known, and the buttons, take no room on paper");
});
