// Debian's Chromium or Firefox, with or without WebGPU, and a record of everything it sends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, firefox } from "playwright-core";

export const BASE_URL = process.env.NEUROCARE_URL ?? "http://127.0.0.1:3000";

/** Whether the tests run in Firefox. */
export const IN_FIREFOX = process.env.NEUROCARE_BROWSER === "firefox";

/** Where Firefox, which tells Playwright nothing of files that a script makes, saves them. */
export const DOWNLOADS = mkdtempSync(join(tmpdir(), "neurocare-downloads-"));
process.once("exit", () => rmSync(DOWNLOADS, { recursive: true, force: true }));

const QUIET = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
// Chromium's own software GPU: slow, but the real WebGPU implementation from end to end.
const WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Start a browser; `webgpu: false` is a machine without WebGPU. */
export function launch({ webgpu = true } = {}) {
  if (IN_FIREFOX) {
    // As Debian builds it, spoken to by WebDriver BiDi; its WebGPU computes on Mesa's software driver. While it is driven, a
    // worker that starts another one now and then (in 4 of 100 series) never goes on: with one processor it starts none.
    // `unattended.test.mjs` does without a driver.
    return firefox.launch({
      channel: "moz-firefox",
      executablePath: process.env.NEUROCARE_FIREFOX ?? "/usr/bin/firefox-esr",
      downloadsPath: DOWNLOADS,
      firefoxUserPrefs: {
        "dom.maxHardwareConcurrency": 1,
        "dom.webgpu.enabled": webgpu,
        "gfx.webgpu.ignore-blocklist": true,
      },
    });
  }
  return chromium.launch({
    executablePath: process.env.NEUROCARE_CHROMIUM ?? "/usr/bin/chromium",
    args: webgpu ? [...QUIET, ...WEBGPU] : [...QUIET, "--disable-features=WebGPU"],
  });
}

/**
 * A page in a browser of its own, which is closed after the test `t`; without WebGPU unless it is asked for.
 * The other options are those of its context.
 */
export async function openPage(t, { webgpu = false, ...options } = {}) {
  const browser = await launch({ webgpu });
  t.after(() => browser.close());
  const context = await browser.newContext(options);
  return context.newPage();
}

/** A page in a context of its own of a browser that several tests share; the context is closed after the test `t`. */
export async function openPageIn(browser, t, options = {}) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  return context.newPage();
}

/** Every request the page and its worker make: method, URL and body. */
export function recordRequests(page) {
  const requests = [];
  page.on("request", (request) =>
    requests.push({ method: request.method(), url: request.url(), body: request.postDataBuffer() }),
  );
  return requests;
}

/** By how many pixels the page is wider than the window: 0, or people have to scroll to and fro to read it. */
export function overflowPx(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}

/** Errors of the page that no test expects. */
export function recordErrors(page) {
  const errors = [];
  page.on("pageerror", ({ message }) => {
    // For a picture Playwright puts a style into the page, which the policy of the page refuses and Firefox reports.
    if (!(IN_FIREFOX && message.includes("an inline style"))) errors.push(`uncaught: ${message}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`console: ${message.text()}`);
  });
  return errors;
}
