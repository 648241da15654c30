// Pictures of the pages, for people to look at: `shots/`.
import { mkdirSync } from "node:fs";
import { IN_FIREFOX } from "./browser.mjs";

/** Where the picture of this name goes: those of browsers other than Chromium have a folder of their own. */
export function pictureAt(name, folder = IN_FIREFOX ? "firefox/" : "") {
  const shots = new URL(`../shots/${folder}`, import.meta.url);
  mkdirSync(shots, { recursive: true });
  return new URL(`${name}.png`, shots).pathname;
}

/** Keeps a picture of a page, of all of it unless `fullPage` says otherwise. */
export async function shoot(page, name, { fullPage = true } = {}) {
  await page.screenshot({ path: pictureAt(name), fullPage });
}
