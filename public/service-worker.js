// Keeps the program in the browser, so that the reading room opens without a line once it
// has been used. The line comes first, but for files whose names are theirs alone: what is kept answers when there is
// none, or when nothing comes over it.
// Nothing of an account is kept: only pages that are the same for everybody, and files of
// the site, by name. Of other pages only the want of a line is seen here; everything else,
// `/api` above all, does not pass through.

// A release is put together in the place that is free, and then the other one is cleared: there is one whole release at
// any time. What has the first page is whole, because that one is put last.
const PLACES = ["program", "program-2"];

// Rendered without knowing who asks. Scripts and headers of a page share a nonce, which
// both are kept with.
const PAGES = ["/", "/read", "/about", "/privacy"];

const FILES = new RegExp(
  "^/(?:(?:pkg|engine|engine-relaxed|decoder|weights|sample)/[\\w.-]+" +
    "|engine-worker\\.js|manifest\\.webmanifest|icon\\.svg|icon-\\d+\\.png)$",
);

// What a visit may have loaded before this script ran.
const LOADED = [
  "/pkg/neurocare.css", "/pkg/neurocare.js", "/pkg/neurocare-parts.js", "/pkg/neurocare_bg.wasm", "/engine-worker.js",
  "/engine/engine.js", "/engine/engine-parts.js", "/engine/engine_bg.wasm",
  "/engine-relaxed/engine.js", "/engine-relaxed/engine-parts.js", "/engine-relaxed/engine_bg.wasm",
  "/weights/unet.safetensors", "/weights/unetpp.safetensors",
  "/sample/sample.json", "/sample/m184.000000.dcm", "/sample/m186.500000.dcm", "/sample/m189.000000.dcm",
  "/sample/reference.nii.gz", "/manifest.webmanifest", "/icon.svg",
];

// What a later visit may need without a line, whatever the first one was for.
const NEEDED = ["/decoder/decoder.js", "/decoder/decoder_bg.wasm"];

// The engine has parts. Their names change with each release, and this script of it tells them.
const PARTS = "/engine-parts.js";
const PART = /^\/engine.*-[0-9a-f]{16}\.wasm$/;
const engineOf = (path) => path.replace(PARTS, "/engine.js");
const withParts = (path) => (path.endsWith("/engine.js") ? [path, path.replace("/engine.js", PARTS)] : path);

const version = (answer) => answer.headers.get("etag");
const release = (answer) => answer.headers.get("x-release");
const isHtml = (answer) => (answer.headers.get("content-type") ?? "").startsWith("text/html");

// A proxy may answer in the server's place, with a page to sign in at. That one has another address, is no file, or
// names no release.
const isWhole = (answer) => answer.status === 200 && answer.type === "basic" && !answer.redirected;
const isWholeFile = (answer) => isWhole(answer) && !isHtml(answer);
const isWholePage = (answer) => isWhole(answer) && isHtml(answer) && release(answer) !== null;

/** The place of a whole release; undefined if nothing is kept. */
async function filledPlace() {
  for (const cacheName of PLACES) if (await caches.match(PAGES[0], { cacheName })) return cacheName;
}

/** What is kept under a path. */
async function keptAt(path) {
  const cacheName = await filledPlace();
  return cacheName && caches.match(path, { cacheName });
}

// One change of what is kept at a time: a page loads its files side by side.
let turn = Promise.resolve();
const inTurn = (change) => (turn = turn.then(change, change));

/** Whether the browser has loaded it before; asks nobody. */
async function isLoaded(path) {
  const answer = await fetch(path, { cache: "only-if-cached", mode: "same-origin" }).catch(() => null);
  return answer !== null && isWholeFile(answer);
}

// When everything was last to be renewed and was not: what is kept is older than what arrives.
let brokeOff = 0;

// After that, a server in trouble, or a browser without room, is left alone for a while.
const PAUSE_MS = 10_000;

/** A file or page to keep, all of it; null if this release has no such file, or something on the way lets none through. */
async function fetchWhole(path) {
  const isPage = PAGES.includes(path);
  const answer = await fetch(path, { cache: "no-cache", credentials: "omit" });
  if (answer.status >= 400 && answer.status < 500 && !isPage) return null;
  if (!(isPage ? isWholePage : isWholeFile)(answer)) throw new Error(`${path}: ${answer.status}`);
  await answer.clone().arrayBuffer();
  return answer;
}

/** Paths with what is to be kept under them; waits for all of it, whatever becomes of the rest. */
async function fetchAll(paths) {
  const fetched = await Promise.allSettled(paths.map(fetchWhole));
  const broken = fetched.find(({ status }) => status === "rejected");
  if (broken) throw broken.reason;
  return fetched.map(({ value }, i) => [paths[i], value]).filter(([, answer]) => answer !== null);
}

/** Parts of the engines among these files, with what is to be kept under their paths. */
async function fetchParts(files) {
  // Of an engine that is kept, not of one whose size was looked at.
  const isKept = (path) => files.some(([other]) => other === engineOf(path));
  const scripts = files.filter(([path]) => path.endsWith(PARTS) && isKept(path));
  const named = scripts.map(async ([path, answer]) => {
    const names = (await answer.clone().text()).matchAll(/"\.(\/[\w.-]+\.wasm)"/g);
    return Array.from(names, ([, name]) => path.replace(PARTS, name));
  });
  const paths = (await Promise.all(named)).flat();
  const parts = await fetchAll(paths);
  if (parts.length < paths.length) throw new Error("a server of another release answered in between");
  return parts;
}

/** The pages and these files, all of one release, the first page last. */
async function fetchRelease(files) {
  const before = await fetchWhole(PAGES[0]);
  const fetched = await fetchAll(files);
  fetched.push(...(await fetchParts(fetched)));
  const pages = await fetchAll([...PAGES].reverse());
  if (pages.some(([, page]) => release(page) !== release(before))) throw new Error("another release arrived meanwhile");
  return [...fetched, ...pages];
}

/**
 * Fetches the pages, what is kept, and `more`. Only when all of it is there and stored does it take the
 * place of what was kept; else that stays, older but whole.
 */
async function renew(more) {
  const old = await filledPlace();
  const free = PLACES.find((place) => place !== old);
  const kept = old ? await (await caches.open(old)).keys() : [];
  const known = [...NEEDED, ...kept.map(({ url }) => new URL(url).pathname), ...more];
  // Of parts, those that the release names, and no other ones.
  const files = [...new Set(known.flatMap(withParts))].filter((path) => !PAGES.includes(path) && !PART.test(path));
  try {
    const fetched = await fetchRelease(files);
    // What was cut off there.
    await caches.delete(free);
    const cache = await caches.open(free);
    for (const [path, answer] of fetched) await cache.put(path, answer);
  } catch {
    brokeOff = Date.now();
    await caches.delete(free);
    return;
  }
  if (old) await caches.delete(old);
  brokeOff = 0;
}

async function keepFirstVisit() {
  const loaded = await Promise.all(LOADED.map(isLoaded));
  await renew(LOADED.filter((_, i) => loaded[i]));
}

/** Whether two answers hold the same: servers whose files have not the same times name versions differently. */
async function isSame(old, answer) {
  if (version(old) === version(answer)) return true;
  const [a, b] = await Promise.all([old, answer].map(async (one) => new Uint8Array(await one.arrayBuffer())));
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Whether an answer has the sum that the request names, if it names one, as those for weights do. */
async function isIntact(answer, sha256) {
  if (!sha256) return true;
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer()));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

/**
 * Keeps a file that has just arrived. Another version of one means that the server has
 * another program now: pages, page module and engine of two versions do not fit each other,
 * so all that is kept is fetched anew, and replaced at once. One that was fetched again past all caches takes the place
 * of a damaged one, which has the same version.
 */
async function keep(path, answer, isAgain) {
  if (Date.now() - brokeOff < PAUSE_MS) return;
  const place = await filledPlace();
  if (!place) return keepFirstVisit();
  const cache = await caches.open(place);
  const old = await cache.match(path);
  const isOther = old ? !(await isSame(old, answer)) : path.endsWith(PARTS) && (await cache.match(engineOf(path)));
  if (brokeOff > 0 || isOther) await renew([path]);
  else if (!old || isAgain) await cache.put(path, answer);
}

// Of which release the page is that a client shows, or that has started it: of the last ones, and of none after the browser
// has ended this script between two events.
const releases = new Map();
const REMEMBERED = 100;

/** What is kept under a path, unless the page that asks is of another release; whether it is known to be of the same one. */
async function copyFor({ clientId }, path, isPage) {
  const [kept, page] = await Promise.all([keptAt(path), keptAt(PAGES[0])]);
  const own = releases.get(clientId);
  const isSure = isPage || (own !== undefined && page !== undefined && own === release(page));
  return { kept: isSure || own === undefined ? kept : undefined, isSure };
}

function remember(client, own) {
  releases.set(client, own);
  if (releases.size > REMEMBERED) releases.delete(releases.keys().next().value);
}

/** Remembers what the client of this page, or worker, is shown. */
function passOn({ clientId, resultingClientId }, answer, isPage) {
  const own = isPage ? release(answer) : releases.get(clientId);
  if (resultingClientId && own) remember(resultingClientId, own);
  return answer;
}

// What has not begun to arrive by then will not.
const PATIENCE_MS = 6_000;

// The same where what is kept may be of another release than the page: a file that is merely slow is better than that one.
const UNSURE_PATIENCE_MS = 60_000;

// Until then what is kept answers at once, so that a page that was taken from there has its own files.
let downUntil = 0;

/** The server's answer; null without a line. That is also one that hangs, and a proxy that cannot reach the server. */
async function inTime(coming, isPage, isSure) {
  let isLate = false;
  const late = new Promise((resolve) => setTimeout(() => resolve((isLate = true)), isSure ? PATIENCE_MS : UNSURE_PATIENCE_MS));
  const answer = await Promise.race([coming.catch(() => null), late]);
  if (answer && !isLate && ![502, 503, 504].includes(answer.status)) return answer;
  // A file alone may have failed because its page has gone.
  if (isPage || isLate) downUntil = Date.now() + 60_000;
  return null;
}

async function lineFirst(event, path, isPage) {
  // The name of a part says which one it is.
  const part = PART.test(path) && (await keptAt(path));
  if (part) return part;
  const { kept, isSure } = await copyFor(event, path, isPage);
  if (kept && isSure && Date.now() < downUntil) return passOn(event, kept, isPage);
  const coming = fetch(event.request);
  const answer = kept ? await inTime(coming, isPage, isSure) : await coming;
  // By now the next release may be kept.
  if (!answer) return passOn(event, (await copyFor(event, path, isPage)).kept ?? (await coming), isPage);
  // A page has no version of its own: it is kept with the files that it belongs to.
  if (!isPage && isWholeFile(answer)) {
    const copy = answer.clone();
    const { headers, cache } = event.request;
    const whole = isIntact(answer, headers.get("x-sha256"));
    event.waitUntil(inTurn(async () => (await whole) && keep(path, copy, cache === "reload")));
  }
  return passOn(event, answer, isPage);
}

const NO_LINE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Offline · NeuroCare AI</title>
<link rel="stylesheet" href="/pkg/neurocare.css">
<main>
<section class="prose narrow">
<h1>The server cannot be reached</h1>
<p>This page needs it. Load it again once you are online.</p>
`;

const READING_ROOM = `<p><a class="button primary" href="/read">Reading room</a></p>
<p>The reading room works offline. An analysis that you save there waits in this browser until you are online again.</p>
`;

// As strict as the server's own: it loads a style sheet and nothing else.
const NO_LINE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** A page instead of one that needs the server; it leads to the reading room if that is kept. */
async function noLine() {
  const more = (await keptAt("/read")) ? READING_ROOM : "";
  return new Response(NO_LINE + more, { status: 503, headers: NO_LINE_HEADERS });
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) =>
  event.waitUntil(self.clients.claim().then(() => inTurn(keepFirstVisit))),
);

self.addEventListener("fetch", (event) => {
  const { method, url, headers, mode } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin || headers.has("range")) return;
  const isPage = PAGES.includes(pathname);
  if (isPage || FILES.test(pathname)) {
    const answer = lineFirst(event, pathname, isPage);
    // An earlier release of this script may have kept fewer pages.
    event.respondWith(mode === "navigate" ? answer.catch(noLine) : answer);
  } else if (mode === "navigate" && !pathname.startsWith("/api/")) event.respondWith(fetch(event.request).catch(noLine));
});
