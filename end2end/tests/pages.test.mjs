// Every page: answers, accessible (WCAG 2.1 AA by axe), no sideways scrolling, no errors; a
// screenshot of each in `shots/` for people to look at.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { BASE_URL, launch, recordErrors } from "../support/browser.mjs";

const PAGES = { home: "/", read: "/read", about: "/about" };
const WIDTHS = [1280, 390];
const SCHEMES = ["light", "dark"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = new URL("../shots/", import.meta.url);

async function violations(page) {
  // Through the debugger, so that the page's content security policy stays as it is.
  await page.evaluate(AXE);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
  const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), tags);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

describe("pages", () => {
  let browser;
  before(async () => {
    mkdirSync(SHOTS, { recursive: true });
    browser = await launch();
  });
  after(() => browser.close());

  for (const [name, path] of Object.entries(PAGES)) {
    for (const colorScheme of SCHEMES) {
      for (const width of WIDTHS) {
        test(`${name}, ${colorScheme}, ${width} px`, async () => {
          const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
          const errors = recordErrors(page);
          const response = await page.goto(`${BASE_URL}${path}`, { waitUntil: "networkidle" });
          assert.equal(response.status(), 200);
          await page.screenshot({ path: new URL(`${name}-${colorScheme}-${width}.png`, SHOTS).pathname, fullPage: true });
          assert.deepEqual(await violations(page), []);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
          assert.deepEqual(errors, []);
          await page.close();
        });
      }
    }
  }

  test("an unknown address answers 404 with a way back", async () => {
    const page = await browser.newPage();
    const response = await page.goto(`${BASE_URL}/no-such-page`);
    assert.equal(response.status(), 404);
    assert.ok((await page.getByRole("link", { name: /home/i }).count()) > 0);
    await page.close();
  });

  test("the pages read without JavaScript", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    for (const path of Object.values(PAGES)) {
      await page.goto(`${BASE_URL}${path}`);
      assert.ok((await page.locator("h1").innerText()).length > 0);
      assert.match(await page.locator("body").innerText(), /not a diagnosis/i);
    }
    await context.close();
  });
});
