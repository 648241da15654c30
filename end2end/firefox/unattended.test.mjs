// Firefox that nobody drives: while it is driven, a worker that starts another one can stand still (`support/browser.mjs`), so
// what several workers do together is seen here.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, on, once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { dice, nativeMask, niftiVoxels } from "../support/mask.mjs";
import { serve } from "../support/serve.mjs";
import { settingsOf } from "../support/worker.mjs";

const ROUNDS = 5;

/** What the weights advise. */
const SETTINGS = settingsOf({ architecture: "unet", threshold: 0.5, least_peak: 0.97 });

/** Nothing is looked up elsewhere, and no page of the browser's own comes first. */
const QUIET = [
  "datareporting.policy.dataSubmissionEnabled", "network.captive-portal-service.enabled", "network.connectivity-service.enabled",
  "browser.shell.checkDefaultBrowser", "browser.aboutwelcome.enabled",
].map((name) => `user_pref("${name}", false);\n`).join("");

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

test("several workers share a series, and its mask is the reference's", { timeout: 900_000 }, async (t) => {
  const profile = mkdtempSync(join(tmpdir(), "neurocare-firefox-"));
  writeFileSync(join(profile, "user.js"), QUIET);
  const page = new EventEmitter();
  const reports = on(page, "report");
  const server = await serve({ "/": folder("../../site"), "/firefox/": folder(".") }, (path, body) => {
    if (path.startsWith("/report/")) page.emit("report", path, body);
  });
  t.after(server.stop);
  const query = new URLSearchParams({ rounds: ROUNDS, settings: JSON.stringify(SETTINGS) });
  const firefox = spawn(
    process.env.NEUROCARE_FIREFOX ?? "/usr/bin/firefox-esr",
    ["--headless", "--no-remote", "--profile", profile, `${server.url}/firefox/series.html?${query}`],
    { stdio: "ignore" },
  );
  const isGone = once(firefox, "exit");
  t.after(async () => {
    firefox.kill();
    await isGone;
    // Its other processes may be writing yet.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  const native = nativeMask("unet");
  let [round, shared] = [0, 0];
  for await (const [path, body] of reports) {
    if (path === "/report/shared") {
      shared += 1;
      continue;
    }
    assert.equal(path, "/report/mask", body.toString());
    assert.ok(dice(niftiVoxels(new Uint8Array(body)), native) >= 0.999);
    if (++round === ROUNDS) break;
  }
  if (cpus().length > 1) assert.ok(shared >= 6 * ROUNDS, `${shared} of ${12 * ROUNDS} slices came from others`);
});
