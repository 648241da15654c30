// What a browser may send of a page by itself: text that it translates, and what it spell-checks, fills in or keeps in its
// history.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { enter } from "../support/account.mjs";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { drawn, save } from "../support/document.mjs";
import { isAlive, openSlice, saveAs, segmentSlice } from "../support/reading.mjs";

const LABEL = "Zwiebelkuchen 12";
const OTHER = "Zwiebelkuchen 13";
const SECRET = /Zwiebelkuchen|m186/;

/** Texts and attributes with a patient's label or a file's name that a translator reads, as it reads the document. */
const translatable = (page) =>
  page.evaluate((source) => {
    const secret = new RegExp(source);
    const found = [];
    for (const element of document.querySelectorAll("body *")) {
      const html = element.closest("[translate]") ?? document.documentElement;
      if (html.getAttribute("translate") === "no") continue;
      const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data);
      const named = ["aria-label", "title", "alt", "placeholder"].map((name) => element.getAttribute(name) ?? "");
      found.push(...[...own, ...named].filter((words) => secret.test(words)));
    }
    return found;
  }, SECRET.source);

/** Fields whose text the browser may send to be checked, and those for a label that it may fill in or change. */
const careless = (page) =>
  page.evaluate(() => {
    const fields = [...document.querySelectorAll("textarea, input")];
    const isTyped = ({ type }) => ["text", "email", "tel", "search", "password", "textarea"].includes(type);
    const checked = fields.filter((field) => isTyped(field) && field.getAttribute("spellcheck") !== "false");
    const wanted = { autocomplete: "off", autocorrect: "off", autocapitalize: "none" };
    const isLoose = (field) => Object.entries(wanted).some(([name, value]) => field.getAttribute(name) !== value);
    return [...checked, ...fields.filter((field) => field.name === "label" && isLoose(field))].map((field) => field.outerHTML);
  });

/** Holds a page to all of it; `shown` is on it by now, so that there is something to find. */
async function inspect(page, shown) {
  await shown.waitFor();
  assert.deepEqual(await translatable(page), [], page.url());
  assert.deepEqual(await careless(page), [], page.url());
  assert.doesNotMatch(`${await page.title()} ${decodeURIComponent(page.url())}`, SECRET);
  assert.ok(await page.evaluate(() => document.querySelector("h1, h2:not([translate])").translate), "the rest can be translated");
}

describe("what a browser sends by itself", () => {
  test("has no patient's label in it: history, saved analyses, follow-up, comparison", async (t) => {
    const page = await openPage(t);
    await enter(page);
    const lesion = { row: 110, col: 80, diameter: 8 };
    await save(page, drawn(LABEL, "2023-01-31", [lesion]));
    await save(page, drawn(OTHER, "2023-07-30", [lesion]));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await inspect(page, page.getByRole("link", { name: LABEL }));
    await page.getByRole("button", { name: /^Delete Zwiebelkuchen 12/ }).click();
    await inspect(page, page.getByText(/^Delete Zwiebelkuchen 12.* for good/));
    await page.getByRole("button", { name: "Keep" }).click();

    await page.getByRole("link", { name: LABEL }).click();
    await inspect(page, page.locator(".lead", { hasText: LABEL }));
    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    for (const box of await page.getByRole("checkbox", { name: /^Compare/ }).all()) await box.check();
    await page.getByRole("link", { name: "Compare the two" }).click();
    await inspect(page, page.getByText("The labels differ"));
    await page.getByRole("group", { name: `${LABEL}, 2023-01-31` }).waitFor();

    await page.goto(`${BASE_URL}/history`, { waitUntil: "networkidle" });
    await page.getByRole("link", { name: "2023-01-31" }).click();
    await inspect(page, page.getByRole("heading", { name: LABEL }));
    await page.getByText("Change label or day").click();
    const change = page.getByRole("button", { name: "Change", exact: true, disabled: false });
    await change.waitFor();
    await page.locator("#caption-labels option").nth(1).waitFor({ state: "attached" });
    await page.getByLabel("Patient label").fill(OTHER.toUpperCase());
    await change.click();
    await inspect(page, page.getByText("Write it like that"));
  });

  test("has neither label nor file name in it: the reading room", async (t) => {
    const page = await openPage(t);
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await isAlive(page);
    await openSlice(page, "m186.500000.dcm");
    await inspect(page, page.getByRole("heading", { name: "m186.500000.dcm" }));
    await segmentSlice(page);
    await saveAs(page, LABEL);
    await page.getByRole("link", { name: "Open it in the history" }).waitFor();
    await page.reload();
    await isAlive(page);
    await openSlice(page, "m186.500000.dcm");
    await inspect(page, page.getByText("You analysed this image before"));
  });

  test("has nothing in it that is typed: the forms of an account", async (t) => {
    const page = await openPage(t);
    for (const path of ["register", "sign-in", "reset"]) {
      await page.goto(`${BASE_URL}/${path}`, { waitUntil: "networkidle" });
      assert.ok((await page.locator("input").count()) > 0);
      assert.deepEqual(await careless(page), [], path);
    }
    await enter(page);
    await page.goto(`${BASE_URL}/account`, { waitUntil: "networkidle" });
    await page.getByLabel("Mobile number").waitFor();
    assert.deepEqual(await careless(page), []);
  });
});
