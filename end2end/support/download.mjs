// Files that a page hands to the browser.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DOWNLOADS, IN_FIREFOX } from "./browser.mjs";

/** What a press on a button or a link saves: the name that is suggested, and the bytes. */
export async function download(page, control) {
  const saved = IN_FIREFOX ? inFolder() : told(page);
  await control.click();
  return saved;
}

async function told(page) {
  const file = await page.waitForEvent("download");
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

async function inFolder() {
  const before = new Set(readdirSync(DOWNLOADS));
  let last;
  for (let tries = 0; tries < 300; tries++) {
    await pause(100);
    const names = readdirSync(DOWNLOADS);
    // While it is being written, a second one lies beside it, and it may have another name yet: it is whole when it is
    // as it was a look ago.
    if (names.some((name) => name.endsWith(".part"))) continue;
    const name = names.find((name) => !before.has(name));
    const size = name && statSync(join(DOWNLOADS, name), { throwIfNoEntry: false })?.size;
    const now = size > 0 ? `${name} ${size}` : undefined;
    if (now && now === last) return { name, bytes: readFileSync(join(DOWNLOADS, name)) };
    last = now;
  }
  throw new Error("nothing was saved");
}
