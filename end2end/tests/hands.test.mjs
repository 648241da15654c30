// By the keyboard and by the finger: where the next key goes, and what a swipe moves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { becomes } from "../support/becomes.mjs";
import { BASE_URL, IN_FIREFOX, openPage } from "../support/browser.mjs";
import { atRest, isDrawn, openScan, openSlice, segmentSlice } from "../support/reading.mjs";
import { settled } from "../support/settled.mjs";

/** What has the keyboard: its name, or what it is. */
const holder = (page) =>
  page.evaluate(() => {
    const { ariaLabel, className, tagName } = document.activeElement;
    return ariaLabel ?? (className || tagName);
  });

test("the keyboard stays where it was when what was pressed goes", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await page.getByLabel("Choose files").setInputFiles({ name: "a.dcm", mimeType: "", buffer: Buffer.from("nothing") });
  await page.getByRole("button", { name: "Close message" }).press("Enter");
  await becomes(() => holder(page), "notices");

  await openSlice(page, "m186.500000.dcm");
  await segmentSlice(page);
  const reject = page.getByRole("button", { name: /^Reject this finding/ });
  const backs = page.getByRole("button", { name: /^Take back/ });
  for (let left = await reject.count(); left > 0; left--) {
    await reject.first().press("Enter");
    await page.waitForFunction((n) => document.querySelectorAll(".findings li").length === n, left - 1);
    // The list changes before the worker says that it has done.
    await atRest(page);
  }
  await page.waitForFunction(() => document.activeElement.ariaLabel?.startsWith("Take back"));
  for (let left = await backs.count(); left > 0; left--) {
    await backs.first().press("Enter");
    await page.waitForFunction((n) => document.querySelectorAll(".rejected li").length === n, left - 1);
    await atRest(page);
  }
  await page.waitForFunction(() => document.activeElement.matches("[aria-labelledby=findings-title]"));
});

test("a finger on a whole slice turns the page, and moves a slice that is larger than its frame", async (t) => {
  const page = await openPage(t, { viewport: { width: 375, height: 760 }, hasTouch: true, isMobile: true });
  await page.goto(`${BASE_URL}/read`);
  await openSlice(page, "m186.500000.dcm");
  await isDrawn(page);
  const picture = page.getByRole("application", { name: /^CT viewer/ });
  const devtools = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
  const drawn = () => settled(page, () => picture.screenshot());
  const swipe = async ({ turns }) => {
    await page.evaluate(() => scrollTo(0, 0));
    const before = await drawn();
    const { x, y, width, height } = await picture.boundingBox();
    const middle = { x: x + width / 2, y: y + height / 2 };
    await touch("touchStart", middle);
    for (let px = 10; px <= 100; px += 10) await touch("touchMove", { ...middle, y: middle.y - px });
    await touch("touchEnd");
    // What should not turn has time to.
    await (turns ? page.waitForFunction(() => scrollY > 50) : pause(500));
    const hasTurned = (await settled(page, () => page.evaluate(() => scrollY))) > 50;
    await page.evaluate(() => scrollTo(0, 0));
    return { hasTurned, hasMoved: !before.equals(await drawn()) };
  };
  assert.deepEqual(await swipe({ turns: true }), { hasTurned: true, hasMoved: false });
  for (let i = 0; i < 3; i++) await page.getByRole("button", { name: "Zoom in" }).tap();
  assert.deepEqual(await swipe({ turns: false }), { hasTurned: false, hasMoved: true });
});

test("keys act on the image and its tools, and anywhere while the pointer is over the image", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await openScan(page, false);
  const keys = page.keyboard;
  const slice = (number) => page.getByText(`Slice ${number} of 3`).first().waitFor();
  const chosen = (name) => page.getByRole("radio", { name }).isChecked();
  const preset = (name) => page.locator(".bottom-left").filter({ hasText: `${name} ·` }).waitFor();

  await page.locator(".toolbar").getByText("Move", { exact: true }).click();
  await page.waitForFunction(() => document.activeElement.tagName === "CANVAS");
  await keys.press("ArrowUp");
  await slice(3);
  await becomes(() => chosen("Move"), true, "an arrow after a press on a tool turns the slice");
  await page.getByRole("radio", { name: "Move" }).focus();
  await keys.press("ArrowRight");
  await becomes(() => chosen("Window"), true, "the keyboard alone reaches every tool");

  await page.getByRole("button", { name: "Reset" }).click();
  await keys.press("2");
  await preset("Mediastinum");
  await keys.press("Home");
  await slice(1);

  await page.getByRole("button", { name: "Segment this slice" }).focus();
  await keys.press("1");
  await page.locator(".viewer canvas").hover();
  await preset("Mediastinum");
  await keys.press("End");
  await slice(3);
  await keys.press("3");
  await preset("Soft tissue");

  await page.getByText("Keys, mouse and buttons").click();
  await page.getByLabel("Window centre").focus();
  await page.locator(".viewer").hover({ position: { x: 20, y: 60 } });
  for (const key of ["1", "Home"]) await keys.press(key);
  await preset("Soft tissue");
  await slice(3);
});

test("keys that type a character can be switched off, and stay off", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await openScan(page, false);
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  const slice = (number) => page.getByText(`Slice ${number} of 3`).first().waitFor();
  const isChosen = (name) => page.getByRole("radio", { name }).isChecked();
  const letters = page.getByLabel("Letters, digits and signs as keys");
  const unfold = () => page.getByText("Keys, mouse and buttons").click();
  await unfold();
  await becomes(() => letters.isChecked(), true);
  await letters.uncheck();
  const press = async (...keys) => {
    for (const key of keys) await viewer.press(key);
  };
  await press("m", "2", "+", "Shift+N");
  assert.ok(await isChosen("Move"));
  assert.equal(await page.locator(".zoom").innerText(), "100 %");
  await page.locator(".bottom-left").filter({ hasText: "Lung ·" }).waitFor();
  await press("ArrowUp");
  await slice(3);
  await press("Home");
  await slice(1);

  // What has Ctrl, Enter and Delete act as before.
  await page.getByText("Measure", { exact: true }).click();
  for (let i = 0; i < 3; i++) await page.getByRole("button", { name: "Zoom in" }).click();
  await press("Enter", "Shift+ArrowUp", "Enter");
  const hasLine = async () => /line of [\d.]+\smm/.test(await viewer.getAttribute("aria-label"));
  await becomes(hasLine, true);
  await press("ControlOrMeta+z");
  await becomes(hasLine, false);

  await page.reload();
  await openScan(page, false);
  await press("m");
  assert.ok(await isChosen("Move"), "the browser remembers it");
  await unfold();
  await becomes(() => letters.isChecked(), false);
  await letters.check();
  await press("m");
  await becomes(() => isChosen("Measure"), true);
});

test("the image stays where it is when something is said, unfolded or shown beside it", async (t) => {
  const page = await openPage(t, { viewport: { width: 1366, height: 768 } });
  await page.goto(`${BASE_URL}/read`);
  await openScan(page, false);
  const boxOf = (selector) => settled(page, () => page.locator(selector).boundingBox());
  const image = await boxOf(".viewer");
  const patient = page.getByText("Patient and series, as the file says");
  await patient.click();
  assert.deepEqual(await boxOf(".viewer"), image, "the patient is told");
  await patient.click();

  await page.getByLabel("Choose a mask").setInputFiles({ name: "a.nii", mimeType: "", buffer: Buffer.from("nothing") });
  await page.locator(".notices .notice.error").waitFor();
  assert.deepEqual(await boxOf(".viewer"), image, "an error is told");
  const notice = await boxOf(".notices .notice");
  assert.ok(notice.x > image.x + image.width && notice.y + notice.height <= 768, "and hides no tool");
});

test("a menu folds when the reader turns to something else, and with Escape", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await openSlice(page, "m186.500000.dcm");
  const menu = page.locator(".scan-title .menu");
  const summary = menu.locator("summary");
  const isOpen = () => menu.evaluate((it) => it.open);

  await summary.click();
  await menu.getByText("Choose a folder").hover();
  await becomes(isOpen, true);
  await page.getByText("Network", { exact: true }).first().click();
  await becomes(isOpen, false, "a press beside it");

  await summary.press("Enter");
  await menu.getByRole("button", { name: "Try a sample" }).focus();
  await becomes(isOpen, true);
  await page.keyboard.press("Escape");
  await becomes(isOpen, false, "Escape");
  await becomes(() => summary.evaluate((it) => it === document.activeElement), true, "the keyboard is at the menu's name");

  await summary.press("Enter");
  await page.getByRole("button", { name: "Bone" }).focus();
  await becomes(isOpen, false, "the keyboard is elsewhere");
});

test("on a laptop the layers stand beside the image, and the keys are told over it", async (t) => {
  const page = await openPage(t, { viewport: { width: 1366, height: 633 } });
  await page.goto(`${BASE_URL}/read`);
  await openSlice(page, "m186.500000.dcm");
  const boxOf = (selector) => settled(page, () => page.locator(selector).boundingBox());
  const viewer = await boxOf(".viewer");
  const layers = await boxOf(".layers");
  assert.ok(viewer.height > 633 / 2, `the image is ${viewer.height} px high`);
  assert.ok(layers.x > viewer.x + viewer.width, "layers beside it");
  assert.ok(layers.y + layers.height <= viewer.y + viewer.height, "layers no further down than it");
  await page.getByText("Keys, mouse and buttons").click();
  const keys = await boxOf(".keys .sheet");
  assert.ok(keys.y >= 0 && keys.y + keys.height <= 633, `keys from ${keys.y}, ${keys.height} px high`);

  // A higher window has the largest image, and so the narrowest column.
  await page.setViewportSize({ width: 1366, height: 900 });
  const cutPx = () => page.locator(".layered .beside").evaluate((column) => column.scrollWidth - column.clientWidth);
  await becomes(cutPx, 0, "nothing in the column is cut off");
});

test("image and tools fill the screen, and the panels come back", { skip: IN_FIREFOX }, async (t) => {
  const page = await openPage(t, { viewport: { width: 1366, height: 768 } });
  await page.goto(`${BASE_URL}/read`);
  await openSlice(page, "m186.500000.dcm");
  const viewer = page.getByRole("application", { name: /^CT viewer/ });
  const side = page.getByRole("complementary", { name: "Analysis" });
  const button = page.getByRole("button", { name: "Full screen" });
  const is = (on) => page.waitForFunction((on) => Boolean(document.fullscreenElement) === on, on);
  const boxOf = (selector) => settled(page, () => page.locator(selector).boundingBox());
  const before = await boxOf(".viewer");
  await button.click();
  await is(true);
  await becomes(() => side.isVisible(), false);
  await becomes(() => button.getAttribute("aria-pressed"), "true");
  const [full, layers] = [await boxOf(".viewer"), await boxOf(".layers")];
  assert.ok(full.width * full.height > before.width * before.height, "the image is larger");
  assert.ok(layers.x > full.x + full.width - 1, "the layers stand beside it");
  await page.getByRole("button", { name: "Bone" }).click();

  // Escape is the browser's own, and not heard by one without a window.
  await button.click();
  await is(false);
  await becomes(() => side.isVisible(), true);
  await becomes(() => button.getAttribute("aria-pressed"), "false");
  for (const on of [true, false]) {
    await viewer.press("f");
    await is(on);
  }

  // The panel that has the keyboard goes, and the image has it.
  await page.getByRole("button", { name: "Segment this slice" }).focus();
  await viewer.hover();
  await page.keyboard.press("f");
  await is(true);
  await page.waitForFunction(() => document.activeElement.matches(".viewer canvas"));
  await page.keyboard.press("f");
  await is(false);

  // A phone held sideways.
  await page.setViewportSize({ width: 844, height: 390 });
  const small = await boxOf(".viewer");
  await viewer.press("f");
  await is(true);
  const large = await boxOf(".viewer");
  assert.ok(large.height > small.height + 30, `${large.height} px high instead of ${small.height}`);
});

test("a browser without a full screen has no button for it", async (t) => {
  const page = await openPage(t);
  await page.addInitScript(() => Object.defineProperty(Document.prototype, "fullscreenEnabled", { get: () => undefined }));
  await page.goto(`${BASE_URL}/read`);
  await openSlice(page, "m186.500000.dcm");
  await page.getByRole("button", { name: "Zoom in" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Full screen" }).count(), 0);
  await page.evaluate(() => {
    document.addEventListener("keydown", (event) => setTimeout(() => (window.isTaken = event.defaultPrevented)));
  });
  await page.getByRole("application", { name: /^CT viewer/ }).press("f");
  await page.waitForFunction(() => window.isTaken === false);
});

test("window and place are set without dragging and without keys", async (t) => {
  const page = await openPage(t);
  await page.goto(`${BASE_URL}/read`);
  await openSlice(page, "m186.500000.dcm");
  await isDrawn(page);
  await page.getByText("Keys, mouse and buttons").click();
  await page.getByLabel("Window width").fill("351");
  await page.getByLabel("Window centre").fill("41");
  await page.getByLabel("Window centre").press("Tab");
  await page.getByText("C 41 W 351").waitFor();
  await page.getByLabel("Window width").fill("0");
  await page.getByLabel("Window width").press("Tab");
  await page.getByText("C 41 W 1", { exact: true }).waitFor();
  await becomes(() => page.getByLabel("Window width").inputValue(), "1");

  await page.getByRole("button", { name: "Lung", exact: true }).click();
  await becomes(() => page.getByLabel("Window width").inputValue(), "1500");
  for (let i = 0; i < 4; i++) await page.getByRole("button", { name: "Zoom in" }).click();
  // The column under the pointer, which stays where it is.
  const column = async () => {
    const told = page.locator(".viewer .bottom-right");
    await page.mouse.move(0, 0);
    await told.filter({ hasNotText: "column" }).waitFor({ state: "attached" });
    await page.locator(".viewer canvas").hover();
    return Number(/column (\d+)/.exec(await told.filter({ hasText: "column" }).innerText())[1]);
  };
  const middle = await column();
  await page.getByRole("button", { name: "Move the image right" }).click();
  const left = await column();
  assert.ok(left < middle - 20, `column ${left} is where ${middle} was`);
  await page.getByRole("button", { name: "Move the image left" }).click();
  assert.equal(await column(), middle);
});
