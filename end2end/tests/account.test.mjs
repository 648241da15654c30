// An account: its forms, letters and page, and the windows it is signed in in.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { PASSWORD, appCode, enter, isReady, register, secretFor, signIn, signOut, stepNow } from "../support/account.mjs";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, launch, openPageIn, overflowPx, recordRequests } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { openSlice, segmentSlice } from "../support/reading.mjs";
import { SAMPLE } from "../support/worker.mjs";

describe("an account", () => {
  let browser;
  before(async () => (browser = await launch({ webgpu: false })));
  after(() => browser.close());

  test("forms say what is wrong beside the field and take the reader there", async (t) => {
    const page = await openPageIn(browser, t);
    await page.goto(`${BASE_URL}/register`, { waitUntil: "networkidle" });
    await isReady(page, "Register");
    await page.getByLabel("Name", { exact: true }).fill("Ada");
    await page.getByLabel("E-mail").fill("ada");
    await page.getByRole("button", { name: "Register" }).click();
    const email = page.getByLabel("E-mail");
    await page.getByText("Enter an e-mail address").waitFor();
    await becomes(() => email.getAttribute("aria-invalid"), "true");
    await page.waitForFunction((input) => input === document.activeElement, await email.elementHandle());
    assert.ok(!page.url().includes("?"), "what was typed stays out of the address");
  });

  test("a password can be seen while it is typed, by who asks for it", async (t) => {
    const page = await openPageIn(browser, t);
    await page.goto(`${BASE_URL}/sign-in`, { waitUntil: "networkidle" });
    const password = page.getByLabel("Password");
    await password.fill("seven quiet violet");
    assert.equal(await password.getAttribute("type"), "password");
    await page.getByRole("button", { name: "Show", disabled: false }).waitFor();
    await password.press("Tab");
    await page.keyboard.press("Enter");
    await becomes(() => password.getAttribute("type"), "text");
    assert.equal(await password.inputValue(), "seven quiet violet");
    await page.getByRole("button", { name: "Hide" }).click();
    await becomes(() => password.getAttribute("type"), "password");
  });

  test("a forgotten password: the letter's link sets a new one, and its secret goes to no server", async (t) => {
    const page = await openPageIn(browser, t);
    const requests = recordRequests(page);
    const email = await register(page);
    await page.goto(`${BASE_URL}/reset`, { waitUntil: "networkidle" });
    await isReady(page, "Send the link");
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("Check your e-mail.").waitFor();
    const secret = await secretFor(email);
    await page.goto("about:blank");
    await page.goto(`${BASE_URL}/reset#${secret}`, { waitUntil: "networkidle" });
    await isReady(page, "Set the password");
    await page.getByLabel("New password").fill("eleven brave purple anvils");
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("The new password is set.").waitFor();
    await signIn(page, email, "eleven brave purple anvils");
    await page.getByText("Nothing is saved here.").waitFor();
    assert.ok(!requests.some(({ url }) => url.includes(secret)), "the secret stays out of addresses");
  });

  test("the account page: profile, password, sign-ins, export, deletion", async (t) => {
    const page = await openPageIn(browser, t);
    const email = await register(page);
    await page.locator("main").getByRole("link", { name: "Sign in" }).click();
    await page.waitForURL(({ pathname }) => pathname === "/sign-in");
    await becomes(() => page.getByLabel("E-mail").inputValue(), email, "typed once");
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
    const { bytes } = await download(page, page.getByRole("button", { name: "Export my data" }));
    assert.match(bytes.toString(), new RegExp(email));
    await page.getByText("Delete the account", { exact: true }).click();
    await page.locator("#delete-password").fill("seven quiet violet tractors");
    await page.getByRole("button", { name: "Delete the account and all analyses" }).click();
    await page.getByText("Your account and all its analyses are deleted.").waitFor();
    await signIn(page, email);
    await page.getByText("E-mail and password do not match.").waitFor();
    await page.goto(`${BASE_URL}/sign-in?deleted=1`, { waitUntil: "networkidle" });
    // What it says, it says once it is alive.
    await isReady(page, "Sign in");
    assert.equal(await page.getByText(/deleted/).count(), 0, "a link says nothing of an account");
  });

  test("a second step at sign-in: set up with an app, asked for after the password, and switched off", async (t) => {
    const page = await openPageIn(browser, t);
    const email = await enter(page);
    await page.goto(`${BASE_URL}/account`, { waitUntil: "networkidle" });
    await page.locator("#enrol-password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set up" }).click();
    const picture = page.getByRole("img", { name: "QR code for the authenticator app" });
    await picture.waitFor();
    assert.equal(await page.getByText("It is off.").count(), 0, "it is being set up");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("It is off.").waitFor();
    await page.waitForFunction(() => document.activeElement.id === "second-factor");
    assert.equal(await picture.count(), 0, "given up");
    await page.locator("#enrol-password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set up" }).click();
    await picture.waitFor();
    assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 0)), "the picture is shown");
    const secret = await page.locator("code").innerText();
    const step = stepNow();
    await page.locator("#confirm-code").fill(appCode(secret, step));
    await page.getByRole("button", { name: "Switch on" }).click();
    await page.getByText("Keep these recovery codes now").waitFor();
    const codes = await page.locator(".codes li").allInnerTexts();
    assert.equal(codes.length, 8);
    assert.equal(await overflowPx(page), 0, "too wide");

    await signOut(page);
    await signIn(page, email);
    const code = page.getByLabel("Code");
    await code.waitFor();
    await page.waitForFunction((input) => input === document.activeElement, await code.elementHandle());
    await code.fill(appCode(secret, step));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("This code is wrong, or was used before.").waitFor();
    await code.fill(appCode(secret, Math.max(step + 1, stepNow())));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Nothing is saved here.").waitFor();

    await page.goto(`${BASE_URL}/account`, { waitUntil: "networkidle" });
    await page.getByText("Recovery codes left: 8.").waitFor();
    await page.getByText("Switch off", { exact: true }).click();
    await page.locator("#factor-end-password").fill(PASSWORD);
    await page.locator("#factor-end-code").fill(codes[0].toLowerCase());
    await page.getByRole("button", { name: "Switch the second step off" }).click();
    await page.locator("#enrol-password").waitFor();
    await signOut(page);
    await signIn(page, email);
    await page.getByText("Nothing is saved here.").waitFor();
  });

  test("a code that does not come in time leads back to the password", async (t) => {
    const page = await openPageIn(browser, t, { serviceWorkers: "block" });
    const email = await register(page);
    await page.route("**/api/account/sign_in", (route) => route.fulfill({ status: 401, json: { error: "code_needed" } }));
    await signIn(page, email);
    await page.getByLabel("Code").fill("123456");
    // This browser has given no password, as far as the server knows.
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("begin again").waitFor();
    await page.getByLabel("Password").waitFor();
    await page.unroute("**/api/account/sign_in");
    await signIn(page, email);
    await page.getByText("Nothing is saved here.").waitFor();
  });

  test("a new address that waits for its link can be withdrawn", async (t) => {
    const page = await openPageIn(browser, t, { serviceWorkers: "block" });
    await enter(page);
    // This service confirms no addresses.
    await page.route("**/api/account/profile", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), next_email: "adda@example.org" } });
    });
    await page.goto(`${BASE_URL}/account`, { waitUntil: "networkidle" });
    await page.getByText(/An e-mail was sent to adda@example.org/).waitFor();
    const withdrawn = page.waitForResponse("**/api/account/withdraw_address");
    await page.getByRole("button", { name: "Withdraw the new address" }).click();
    assert.equal((await withdrawn).status(), 200);
    await page.getByText(/An e-mail was sent/).waitFor({ state: "detached" });
    assert.equal(await page.getByRole("button", { name: "Withdraw the new address" }).count(), 0);
  });

  test("the link to a new address lets whoever is signed out sign in there, and goes on", async (t) => {
    const page = await openPageIn(browser, t, { serviceWorkers: "block" });
    const email = await register(page);
    // This service confirms no addresses.
    await page.route("**/api/account/apply_address", (route) => route.fulfill({ json: null }));
    const secret = "A".repeat(43);
    await page.goto(`${BASE_URL}/address#${secret}`, { waitUntil: "networkidle" });
    await page.getByText("Sign in to the account that is to have this address").waitFor();
    assert.equal(await page.getByRole("button", { name: "Use this address" }).count(), 0);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    const use = page.getByRole("button", { name: "Use this address" });
    await use.waitFor();
    await page.getByText(`Until now it has the address ${email}.`).waitFor();
    assert.equal(new URL(page.url()).hash, `#${secret}`);
    await use.click();
    await page.getByText("This is your address now.").waitFor();
  });

  test("what follows a form is kept behind the address, from one form to another and when it is loaded again", async (t) => {
    const page = await openPageIn(browser, t);
    const email = await register(page);
    const analysis = "01890a5d-ac96-774b-bcce-b302099a8057";
    await page.goto(`${BASE_URL}/follow-up?of=${analysis}`, { waitUntil: "networkidle" });
    const requests = recordRequests(page);
    await page.locator("main").getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("Password").waitFor();
    await page.reload({ waitUntil: "networkidle" });
    await page.locator('main a[href^="/register#next="]').click();
    await page.getByLabel("Mobile number").waitFor();
    await page.locator(".account").getByRole("link", { name: "Sign in" }).click();
    await page.waitForURL(({ pathname }) => pathname === "/sign-in");
    await signIn(page, email);
    await page.waitForURL(({ pathname }) => pathname === "/follow-up");
    assert.equal(new URL(page.url()).searchParams.get("of"), analysis);
    const named = requests.filter(({ url }) => url.split("#")[0].includes(analysis));
    assert.deepEqual(named, [], "no server has seen in an address which analysis it was");
  });

  test("the history is a link beside the other pages while somebody is signed in", async (t) => {
    const page = await openPageIn(browser, t, { viewport: { width: 320, height: 640 } });
    await page.goto(BASE_URL, { waitUntil: "networkidle" });
    const names = () => page.getByRole("navigation", { name: "Main" }).getByRole("link").allInnerTexts();
    await becomes(names, ["Home", "Reading room", "About"]);
    await enter(page);
    await becomes(names, ["Home", "Reading room", "History", "About"]);
    assert.equal(await overflowPx(page), 0, "too wide");
    await signOut(page);
    await becomes(names, ["Home", "Reading room", "About"]);
  });

  test("a window goes along when another signs in or out, but never to another account", async (t) => {
    const first = await openPageIn(browser, t);
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
    // Time to go along.
    await pause(500);
    assert.equal(await save.getByLabel("Patient label").count(), 0, "the results are not this account's");
    await signOut(second);
    await signIn(second, email);
    await save.getByLabel("Patient label").waitFor();
  });
});
