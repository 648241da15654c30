// Whose an analysis is: other accounts, and sessions that have ended or are not known to have.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { enter, signIn, signOut } from "../support/account.mjs";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, openPage } from "../support/browser.mjs";
import { openSlice, saveAs, segmentSlice } from "../support/reading.mjs";
import { SAMPLE } from "../support/worker.mjs";

describe("whose an analysis is", () => {
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

    // Its account may be gone: after thirty days whoever is here may throw it away.
    const discard = second.getByRole("button", { name: "Discard what has waited for 30 days" });
    await second.getByText(/waiting from another account/).waitFor();
    assert.equal(await discard.count(), 0);
    await second.clock.setFixedTime(Date.now() + 31 * 86_400_000);
    await second.reload();
    second.once("dialog", (question) => question.accept());
    await discard.click();
    await second.getByText(/waiting from another account/).waitFor({ state: "detached" });
  });

  test("once the session has ended, Save and Change say what becomes of it, and what was typed comes back", async (t) => {
    const page = await openPage(t, { serviceWorkers: "block" });
    const email = await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    await page.context().clearCookies();
    await saveAs(page, "Late");
    await page.getByText(/You were signed out\. This analysis waits in this browser/).waitFor();
    await page.locator(".save").getByRole("link", { name: "Sign in" }).click();
    await page.waitForURL(/\/sign-in/);
    await signIn(page, email);
    await page.getByText("Saved.", { exact: true }).waitFor();

    await page.getByRole("link", { name: /in the history/ }).click();
    await page.getByText("Change label or day").click();
    await page.getByLabel("Patient label").fill("Later");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText(/label and day are not changed/).waitFor();
    await page.locator("main").getByRole("link", { name: "Sign in" }).click();
    await page.waitForURL(/\/sign-in/);
    await signIn(page, email);
    await page.getByText(/^Not saved yet/).waitFor();
    await becomes(() => page.getByLabel("Patient label").inputValue(), "Later");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByText("Label and day are saved.").waitFor();
  });

  test("while the server does not answer, a new page calls nobody signed out", async (t) => {
    const page = await openPage(t, { serviceWorkers: "block" });
    await enter(page);
    await page.goto(`${BASE_URL}/read`);
    await openSlice(page, SAMPLE[0]);
    await segmentSlice(page);
    await page.route("**/api/**", (route) => route.abort("connectionreset"));
    await saveAs(page, "Waits");
    await page.getByText(/Kept in this browser/).waitFor();
    await page.goto(BASE_URL);
    await page.getByText("1 analysis is waiting to be sent as soon as the server answers.").waitFor();
    const offline = page.locator(".account").getByRole("button", { name: "Offline" });
    await offline.waitFor();
    assert.equal(await page.getByRole("link", { name: "Sign in" }).count(), 0);
    await page.unroute("**/api/**");
    await offline.click();
    await page.locator(".account summary").waitFor();
    await page.getByText(/waiting to be sent/).waitFor({ state: "detached" });
  });
});
