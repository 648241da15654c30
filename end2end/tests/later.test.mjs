// Pages of accounts and saved analyses: the browser fetches them when one is opened.
import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage, recordErrors, recordRequests } from "../support/browser.mjs";
import { isAlive } from "../support/reading.mjs";

const PART = "**/pkg/accounts-*.wasm";
const isPart = ({ url }) => /\/pkg\/accounts-[0-9a-f]{16}\.wasm$/.test(url);

test("the reading room does not wait for the pages of accounts; they come when one is opened", async (t) => {
  const page = await openPage(t);
  const requests = recordRequests(page);
  const errors = recordErrors(page);
  await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
  await isAlive(page);
  assert.deepEqual(requests.filter(isPart), []);
  await page.locator(".account").getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Password").waitFor();
  // Behind `#`, where no server sees it.
  const next = () => new URLSearchParams(new URL(page.url()).hash.slice(1)).get("next");
  await becomes(next, "/read", "back to the scan");
  await page.getByRole("link", { name: "Register" }).click();
  await page.getByLabel("Mobile number").waitFor();
  await becomes(next, "/read");
  await becomes(() => requests.filter(isPart).length, 1);
  assert.deepEqual(errors, []);
});

test("a page that cannot be fetched says so, and is tried again", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.route(PART, (route) => route.abort());
  await page.goto(`${BASE_URL}/read`, { waitUntil: "networkidle" });
  await isAlive(page);
  await page.locator(".account").getByRole("link", { name: "Sign in" }).click();
  await page.getByText("This page could not be fetched.").waitFor();
  // As a server of another release answers.
  await page.unroute(PART);
  await page.route(PART, (route) => route.fulfill({ status: 404, contentType: "text/html", body: "<h1>Not here</h1>" }));
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("This page could not be fetched.").waitFor();
  await page.unroute(PART);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByLabel("Password").fill("it is alive");
  await becomes(() => page.getByText("This page could not be fetched.").count(), 0);
});

test("a page of an account comes to life after a line that broke", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  let tries = 0;
  await page.route(PART, (route) => (++tries < 3 ? route.abort() : route.continue()));
  await page.goto(`${BASE_URL}/sign-in`);
  const button = page.getByRole("button", { name: "Sign in" });
  await button.waitFor();
  assert.ok(await button.isDisabled(), "nothing can be sent before the page is alive");
  const told = page.getByText("A part of this page could not be fetched");
  await told.waitFor();
  await page.locator("button:enabled", { hasText: "Sign in" }).waitFor();
  assert.equal(tries, 3);
  await becomes(() => told.isHidden(), true, "it is there now");
});

test("an address without a page needs none of them to be alive", async (t) => {
  const page = await openPage(t, { serviceWorkers: "block" });
  await page.route(PART, (route) => route.abort());
  // What was chosen stands in the header once the page is alive: before that, a link loads another page.
  await page.addInitScript(() => localStorage.setItem("theme", "light"));
  await page.goto(`${BASE_URL}/no-such-page`, { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Theme: Light" }).waitFor();
  await page.evaluate(() => { window.isSameVisit = true; });
  await page.getByRole("link", { name: "Open the reading room" }).click();
  await page.getByRole("heading", { name: "Open a lung CT" }).waitFor();
  assert.ok(await page.evaluate(() => window.isSameVisit), "the page was loaded anew");
});
