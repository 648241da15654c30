// Files that a page hands to the browser.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DOWNLOADS, IN_FIREFOX } from "./browser.mjs";

/** Longest wait for files, which may have to be made first. */
const LIMIT_MS = 120_000;

/** What a press on a button or a link saves: the name that is suggested, and the bytes. */
export async function download(page, control) {
  const [file] = await downloads(page, control, 1);
  return file;
}

/** The same of a press that saves several files. */
export async function downloads(page, control, count) {
  const saved = IN_FIREFOX ? inFolder(count) : told(page, count);
  // Where the press fails, it is that which is told.
  saved.catch(() => {});
  await control.click();
  return saved;
}

async function told(page, count) {
  const all = [];
  const isLast = (file) => all.push(file) === count;
  await page.waitForEvent("download", { predicate: isLast, timeout: LIMIT_MS });
  const read = async (file) => ({ name: file.suggestedFilename(), bytes: readFileSync(await file.path()) });
  return Promise.all(all.map(read));
}

async function inFolder(count) {
  const before = new Set(readdirSync(DOWNLOADS));
  let last;
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    await pause(100);
    const names = readdirSync(DOWNLOADS);
    // While it is being written, a second one lies beside it, and it may have another name yet: it is whole when it is
    // as it was a look ago.
    if (names.some((name) => name.endsWith(".part"))) continue;
    const saved = names.filter((name) => !before.has(name));
    const sizes = saved.map((name) => statSync(join(DOWNLOADS, name), { throwIfNoEntry: false })?.size);
    const isAll = saved.length >= count && sizes.every((size) => size > 0);
    const now = isAll ? [...saved, ...sizes].join(" ") : undefined;
    if (now && now === last) return saved.map((name) => ({ name, bytes: readFileSync(join(DOWNLOADS, name)) }));
    last = now;
  }
  throw new Error("nothing was saved");
}
