// Every page: answers, accessible (WCAG 2.1 AA by axe), no sideways scrolling, no errors; a
// screenshot of each in `shots/` for people to look at.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { enter } from "../support/account.mjs";
import { BASE_URL, launch, overflowPx, recordErrors } from "../support/browser.mjs";
import { drawn, save } from "../support/document.mjs";
import { isAlive } from "../support/reading.mjs";
import { shoot } from "../support/shot.mjs";

const PAGES = {
  home: "/", read: "/read", about: "/about", privacy: "/privacy", register: "/register", "sign-in": "/sign-in", reset: "/reset",
  "reset-token": "/reset#abc", address: "/address#abc", outside: "/history", bench: "/bench.html",
};
const WIDTHS = [1280, 390];
const SCHEMES = ["light", "dark"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page) {
  // Through the debugger, so that the page's content security policy stays as it is.
  await page.evaluate(AXE);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
  // Of all that passes only the first is described: nothing here asks for it.
  const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
  const { violations } = await page.evaluate((it) => window.axe.run(it), options);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** Open a page, hold it to all that every page must keep, and take its picture. */
async function inspect(context, name, path, ready) {
  const page = await context.newPage();
  const errors = recordErrors(page);
  const response = await page.goto(`${BASE_URL}${path}`, { waitUntil: "networkidle" });
  assert.equal(response.status(), 200);
  if (ready) await page.locator(ready).first().waitFor();
  await shoot(page, name);
  assert.deepEqual(await violations(page), []);
  assert.equal(await overflowPx(page), 0, "too wide");
  assert.deepEqual(errors, []);
  await page.close();
}

describe("pages", () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser.close());

  test("the model card shows its plots, each when it is scrolled to", async () => {
    const page = await browser.newPage();
    const fetched = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/plots/")) fetched.push(pathname);
    });
    await page.goto(`${BASE_URL}/about`, { waitUntil: "networkidle" });
    const plots = await page.locator(".model-card img").all();
    assert.ok(plots.length >= 10);
    assert.ok(fetched.length < plots.length, "what is far below is not fetched");
    for (const plot of plots) {
      await plot.scrollIntoViewIfNeeded();
      const before = await plot.boundingBox();
      await plot.evaluate((image) => image.decode());
      const { height } = await plot.boundingBox();
      assert.ok(Math.abs(height - before.height) < 1, `text moved by ${height - before.height} px`);
      assert.ok((await plot.getAttribute("alt")).length > 10);
    }
    assert.equal(new Set(fetched).size, plots.length);
    await page.close();
  });

  for (const [name, path] of Object.entries(PAGES)) {
    for (const colorScheme of SCHEMES) {
      for (const width of WIDTHS) {
        test(`${name}, ${colorScheme}, ${width} px`, async () => {
          const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
          await inspect(context, `${name}-${colorScheme}-${width}`, path);
          await context.close();
        });
      }
    }
  }

  test("letters twice as large cut nothing off the header and need no sideways scrolling", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    // The size that people choose in their browser; zooming is another thing.
    const devtools = await context.newCDPSession(page);
    await devtools.send("Page.setFontSizes", { fontSizes: { standard: 32 } });
    for (const path of ["/", "/read", "/about"]) {
      await page.goto(`${BASE_URL}${path}`, { waitUntil: "networkidle" });
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).fontSize), "32px");
      const isCut = (all) => all.filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.innerText);
      assert.deepEqual(await page.locator(".site-header :is(a, button)").evaluateAll(isCut), []);
      assert.equal(await overflowPx(page), 0, `${path} is too wide`);
    }
    await context.close();
  });

  test("the crates that page and engine are built from are named, with their licences", async () => {
    const page = await browser.newPage();
    await page.goto(`${BASE_URL}/about`, { waitUntil: "networkidle" });
    await page.getByRole("link", { name: "crates of others" }).click();
    const text = page.getByText(/^Notices of third parties/);
    await text.waitFor();
    const notices = await text.innerText();
    for (const name of ["leptos", "wgpu", "jpeg-decoder", "axum"]) {
      assert.match(notices, new RegExp(`^${name} \\d`, "m"));
    }
    assert.match(notices, /Permission is hereby granted/);
    await page.close();
  });

  test("pages of text are there when they are reached from another page", async () => {
    const page = await browser.newPage({ serviceWorkers: "block" });
    const errors = recordErrors(page);
    await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
    await isAlive(page);
    await page.evaluate(() => { window.isSameVisit = true; });
    await page.getByRole("link", { name: "Home" }).click();
    await page.getByRole("link", { name: "What exactly is sent" }).click();
    await page.getByRole("heading", { name: /^Model card/ }).waitFor();
    const privacy = page.getByRole("heading", { name: "Privacy", exact: true });
    await page.waitForFunction((it) => Math.abs(it.getBoundingClientRect().top) < 200, await privacy.elementHandle());
    await page.getByRole("link", { name: "Home" }).click();
    await page.waitForURL(`${BASE_URL}/`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.ok(await page.evaluate(() => window.isSameVisit), "the page was loaded anew");
    assert.deepEqual(errors, []);

    await page.route("**/about", (route) => route.abort());
    await page.getByRole("link", { name: "About", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    await page.close();
  });

  test("without scripts, pages that need them say so", async () => {
    const page = await browser.newPage({ javaScriptEnabled: false });
    for (const path of ["/read", "/history"]) {
      await page.goto(`${BASE_URL}${path}`);
      await page.getByText(/need JavaScript and WebAssembly/).waitFor();
    }
    await page.close();
  });

  for (const colorScheme of SCHEMES) {
    test(`a button under the pointer can be read, ${colorScheme}`, async () => {
      const context = await browser.newContext({ colorScheme });
      const page = await context.newPage();
      for (const path of ["/", "/sign-in", "/bench.html"]) {
        await page.goto(`${BASE_URL}${path}`, { waitUntil: "networkidle" });
        for (const button of await page.locator(".button:enabled, a.button").filter({ visible: true }).all()) {
          await button.hover();
          // Colours change in a moment.
          await page.evaluate(async () => {
            await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
          });
          assert.deepEqual(await violations(page), [], `${path}, ${await button.innerText()}`);
        }
      }
      await context.close();
    });
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

describe("pages of an account", () => {
  let browser;
  let state;
  const saved = [];
  before(async () => {
    browser = await launch();
    const context = await browser.newContext();
    const page = await context.newPage();
    await enter(page);
    const visits = [
      ["2023-01-31", [{ row: 110, col: 80, diameter: 8 }, { row: 160, col: 175, diameter: 14 }]],
      ["2023-05-02", [{ row: 111, col: 81, diameter: 9.1 }, { row: 161, col: 175, diameter: 14.2 }]],
      ["2023-07-30", [{ row: 112, col: 82, diameter: 11 }, { row: 160, col: 176, diameter: 13 }, { row: 95, col: 190, diameter: 6 }]],
    ];
    for (const [day, lesions] of visits) saved.push(await save(page, drawn("Patient 12", day, lesions)));
    state = await context.storageState();
    await context.close();
  });
  after(() => browser.close());

  const pages = {
    account: () => ["/account", ".sign-ins li"],
    history: () => ["/history", ".history-table tbody tr"],
    saved: () => [`/history/${saved[2]}`, ".finding"],
    "follow-up": () => [`/follow-up?of=${saved[2]}`, ".growth-table tbody"],
    compare: () => [`/compare?a=${saved[0]}&b=${saved[2]}`, ".growth-table tbody"],
  };

  test("keys that correct outlines leave saved masks alone", async () => {
    const context = await browser.newContext({ storageState: state });
    const page = await context.newPage();
    const [address, ready] = pages.saved();
    await page.goto(BASE_URL + address);
    await page.locator(ready).first().waitFor();
    const before = await page.locator(ready).allInnerTexts();
    await page.getByRole("application").press("u");
    await pause(300);
    assert.deepEqual(await page.locator(ready).allInnerTexts(), before);
    assert.equal(await page.locator(".notices .notice").count(), 0);
    await context.close();
  });

  for (const [name, where] of Object.entries(pages)) {
    for (const colorScheme of SCHEMES) {
      for (const width of WIDTHS) {
        test(`${name}, ${colorScheme}, ${width} px`, async () => {
          const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, storageState: state });
          await inspect(context, `${name}-${colorScheme}-${width}`, ...where());
          await context.close();
        });
      }
    }
  }
});
