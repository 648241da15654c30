// What comes about: the page may be a moment later than whoever drives it, and is asked again until it is there.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

const LIMIT_MS = 30_000;
const PAUSE_MS = 50;

/** What `read` gives once that is as it is to be, or at the end of all patience. */
async function readUntil(read, isIt) {
  const end = Date.now() + LIMIT_MS;
  for (;;) {
    const now = await read();
    if (isIt(now) || Date.now() > end) return now;
    await pause(PAUSE_MS);
  }
}

/** Waits until `read` gives what is expected. */
export async function becomes(read, expected, why) {
  const last = await readUntil(read, (now) => isDeepStrictEqual(now, expected));
  assert.deepEqual(last, expected, why);
}

/** Waits until the words of an element match; a pattern without `g`. */
export async function says(locator, pattern, why) {
  const last = await readUntil(() => locator.innerText(), (words) => pattern.test(words));
  assert.match(last, pattern, why);
}
