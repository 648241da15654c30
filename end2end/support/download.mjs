// Files that a page hands to the browser.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Where Firefox, which tells Playwright nothing of files that a script makes, saves them. */
export const FOLDER = mkdtempSync(join(tmpdir(), "neurocare-downloads-"));
process.once("exit", () => rmSync(FOLDER, { recursive: true, force: true }));

/** What a press on a button or a link saves: the name that is suggested, and the bytes. */
export async function download(page, control) {
  const saved = page.context().browser().browserType().name() === "firefox" ? inFolder() : told(page);
  await control.click();
  return saved;
}

async function told(page) {
  const file = await page.waitForEvent("download");
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

async function inFolder() {
  const before = new Set(readdirSync(FOLDER));
  for (let tries = 0; tries < 300; tries++) {
    await pause(100);
    const names = readdirSync(FOLDER);
    // While it is being written, a second one lies beside it.
    if (names.some((name) => name.endsWith(".part"))) continue;
    const name = names.find((name) => !before.has(name));
    if (name) return { name, bytes: readFileSync(join(FOLDER, name)) };
  }
  throw new Error("nothing was saved");
}
