// What stands still: a reading that may still change is no reference for another one.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

/** So many frames in a row a reading has to be the same. */
const FRAMES = 5;
const LIMIT_MS = 30_000;

/** What `read` gives once it is the same over several frames of the page. */
export async function settled(page, read) {
  const end = Date.now() + LIMIT_MS;
  let last = await read();
  for (let same = 0; same < FRAMES; ) {
    assert.ok(Date.now() < end, "what is read changes from frame to frame");
    await page.evaluate(() => new Promise(requestAnimationFrame));
    const now = await read();
    same = isDeepStrictEqual(now, last) ? same + 1 : 0;
    last = now;
  }
  return last;
}
