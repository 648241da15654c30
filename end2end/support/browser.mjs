// Debian's Chromium, with or without WebGPU, and a record of everything it sends.
import { chromium } from "playwright-core";

export const BASE_URL = process.env.NEUROCARE_URL ?? "http://127.0.0.1:3000";

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
  page.on("pageerror", (error) => errors.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`console: ${message.text()}`);
  });
  return errors;
}
