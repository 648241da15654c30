// Pictures of the pages, for people to look at: `shots/`.
import { mkdirSync } from "node:fs";
import { IN_FIREFOX } from "./browser.mjs";

const SHOTS = new URL(IN_FIREFOX ? "../shots/firefox/" : "../shots/", import.meta.url);

/** Keeps a picture of a page, of all of it unless `fullPage` says otherwise. */
export async function shoot(page, name, { fullPage = true } = {}) {
  mkdirSync(SHOTS, { recursive: true });
  const { pathname: path } = new URL(`${name}.png`, SHOTS);
  await page.screenshot({ path, fullPage });
}
