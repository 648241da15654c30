// Keeps the program in the browser, so that the reading room opens without a line once it
// has been used. The line always comes first: what is kept answers only when there is none.
// Nothing of an account is kept: only pages that are the same for everybody, and files of
// the site, by name; everything else, `/api` above all, does not pass through here.

const CACHE = "program";

// Rendered without knowing who asks. Scripts and headers of a page share a nonce, which
// both are kept with.
const PAGES = ["/", "/read", "/about"];

const FILES = new RegExp(
  "^/(?:(?:pkg|engine|engine-relaxed|jpeg2000|weights|sample)/[\\w.-]+" +
    "|engine-worker\\.js|manifest\\.webmanifest|icon\\.svg|icon-\\d+\\.png)$",
);

// What a visit may have loaded before this script ran.
const LOADED = [
  "/pkg/neurocare.css", "/pkg/neurocare.js", "/pkg/neurocare_bg.wasm", "/engine-worker.js",
  "/engine/engine.js", "/engine/engine_bg.wasm", "/engine-relaxed/engine.js", "/engine-relaxed/engine_bg.wasm",
  "/weights/unet.safetensors", "/weights/unetpp.safetensors",
  "/sample/sample.json", "/sample/m184.000000.dcm", "/sample/m186.500000.dcm", "/sample/m189.000000.dcm",
  "/sample/reference.nii.gz", "/manifest.webmanifest", "/icon.svg",
];

// What a later visit may need without a line, whatever the first one was for.
const NEEDED = ["/jpeg2000/jpeg2000.js", "/jpeg2000/jpeg2000_bg.wasm"];

const version = (answer) => answer.headers.get("etag");
const isWhole = (answer) => answer.status === 200 && answer.type === "basic";

// One change of what is kept at a time: a page loads its files side by side.
let turn = Promise.resolve();
const inTurn = (change) => (turn = turn.then(change, change));

/** Whether the browser has loaded it before; asks nobody. */
async function isLoaded(path) {
  const answer = await fetch(path, { cache: "only-if-cached", mode: "same-origin" }).catch(() => null);
  return answer !== null && isWhole(answer);
}

/** Fetches anew what is kept, and `more`; what cannot be had is left out. */
async function renew(more) {
  const cache = await caches.open(CACHE);
  const kept = await cache.keys();
  await Promise.all(kept.map((request) => cache.delete(request)));
  const paths = new Set([...kept.map((request) => new URL(request.url).pathname), ...more]);
  const one = async (path) => {
    const answer = await fetch(path, { cache: "no-cache", credentials: "omit" });
    if (isWhole(answer)) await cache.put(path, answer);
  };
  await Promise.allSettled([...paths].map(one));
}

async function keepFirstVisit() {
  const loaded = await Promise.all(LOADED.map(isLoaded));
  await renew([...PAGES, ...NEEDED, ...LOADED.filter((_, i) => loaded[i])]);
}

/**
 * Keeps a file that has just arrived. Another version of one means that the server has
 * another program now: pages, page module and engine of two versions do not fit each other,
 * so all that is kept goes at once, and is fetched anew.
 */
async function keep(path, answer) {
  const cache = await caches.open(CACHE);
  const old = await cache.match(path);
  if (!old) await cache.put(path, answer);
  else if (version(old) !== version(answer)) await renew([]);
}

async function lineFirst(event, path, isPage) {
  try {
    const answer = await fetch(event.request);
    // A page has no version of its own: it is kept with the files that it belongs to.
    if (!isPage && isWhole(answer)) {
      const copy = answer.clone();
      event.waitUntil(inTurn(() => keep(path, copy)));
    }
    return answer;
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(path);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) =>
  event.waitUntil(self.clients.claim().then(() => inTurn(keepFirstVisit))),
);

self.addEventListener("fetch", (event) => {
  const { method, url, mode, headers } = event.request;
  const { origin, pathname } = new URL(url);
  const isPage = mode === "navigate" && PAGES.includes(pathname);
  const isOurs = origin === self.location.origin && (isPage || FILES.test(pathname));
  if (method === "GET" && isOurs && !headers.has("range")) event.respondWith(lineFirst(event, pathname, isPage));
});
