// The service worker by itself, with a network and a storage in the test's hands: whatever fails, what is kept is one
// release, and whole.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { runInNewContext } from "node:vm";

const SCRIPT = await readFile(new URL("../../public/service-worker.js", import.meta.url), "utf8");
const ORIGIN = "https://lung.example";
const PAGES = ["/", "/about", "/privacy", "/read"];
// How long the script waits here, where all that comes at all comes at once.
const PATIENCE_MS = 50;
const FILES = ["/pkg/neurocare.js", "/decoder/decoder.js", "/decoder/decoder_bg.wasm"];

/** What the network answers to a path, with credentials or without; whether the storage takes something more. */
let network;
let room;
let worker;

const answerOf = (text, { type, status = 200, redirected = false, ...headers }) => {
  const answer = new Response(text, { status, headers: { "content-type": type, ...headers } });
  const properties = { type: { value: "basic" }, redirected: { value: redirected } };
  const clone = () => answerOf(text, { type, status, redirected, ...headers });
  return Object.defineProperties(answer, { ...properties, clone: { value: clone } });
};

/** Everything as the server of a release has it. */
const server = (release) => (path) =>
  PAGES.includes(path)
    ? answerOf(`${path} of ${release}`, { type: "text/html; charset=utf-8", "x-release": release })
    : FILES.includes(path)
      ? answerOf(`${path} of ${release}`, { type: "text/javascript", etag: release })
      : answerOf("none", { type: "text/html", status: 404 });

const signIn = (redirected) => () => answerOf("sign in", { type: "text/html", redirected });

/** Caches as browsers have them. */
function storage() {
  const places = new Map();
  const pathOf = (request) => new URL(request.url ?? request, ORIGIN).pathname;
  const open = async (name) => {
    if (!places.has(name)) places.set(name, new Map());
    const place = places.get(name);
    return {
      match: async (request) => place.get(pathOf(request))?.clone(),
      put: async (request, answer) => {
        if (!room()) throw new Error("QuotaExceededError");
        place.set(pathOf(request), answer);
      },
      delete: async (request) => place.delete(pathOf(request)),
      keys: async () => [...place.keys()].map((path) => ({ url: ORIGIN + path })),
    };
  };
  const match = async (request, { cacheName }) => places.get(cacheName)?.get(pathOf(request))?.clone();
  return { places, open, match, delete: async (name) => places.delete(name) };
}

/** Starts the script; `visit(path)` is a page that loads something: which one, a test may say. */
function start(caches = storage()) {
  const listeners = {};
  let clock = Date.now();
  const context = {
    caches, crypto, URL, Response, Promise, Uint8Array, Map,
    setTimeout: (then, ms) => setTimeout(then, (ms / 6_000) * PATIENCE_MS),
    Date: { now: () => clock },
    self: { addEventListener: (name, listen) => (listeners[name] = listen), location: { origin: ORIGIN }, clients: {} },
    // The browser's own cache is empty.
    fetch: async (request, options = {}) => {
      if (options.cache === "only-if-cached") throw new TypeError("not loaded");
      return network(new URL(request.url ?? request, ORIGIN).pathname, options.credentials);
    },
  };
  runInNewContext(SCRIPT, context);
  // Later than any pause.
  const visit = async (path, { laterMs = 120_000, mode = "no-cors", headers = {}, cache = "default", ...client } = {}) => {
    clock += laterMs;
    const request = { method: "GET", url: ORIGIN + path, headers: new Headers(headers), mode, cache };
    const waits = [];
    let answer;
    listeners.fetch({ ...client, request, respondWith: (it) => (answer = it), waitUntil: (it) => waits.push(it) });
    const text = await (await answer).text();
    await Promise.allSettled(waits);
    return text;
  };
  /** Texts of all that is kept, by path; fails if two places have something. */
  const kept = async () => {
    const filled = [...caches.places.values()].filter((place) => place.size > 0);
    assert.ok(filled.length < 2, "two releases are kept");
    const all = [...(filled[0] ?? [])].map(async ([path, answer]) => [path, await answer.clone().text()]);
    return Object.fromEntries((await Promise.all(all)).sort());
  };
  return { visit, kept, caches };
}

const whole = (release) =>
  Object.fromEntries([...PAGES, ...FILES].sort().map((path) => [path, `${path} of ${release}`]));

/** Keeps a whole release. */
async function keepOne() {
  await worker.visit(FILES[0]);
  await worker.visit(FILES[0]);
  assert.deepEqual(await worker.kept(), whole("one"));
}

describe("what is kept", () => {
  beforeEach(() => {
    network = server("one");
    room = () => true;
    worker = start();
  });

  test("is one release, then the next", async () => {
    await keepOne();
    for (const release of ["two", "three"]) {
      network = server(release);
      await worker.visit(FILES[0]);
      assert.deepEqual(await worker.kept(), whole(release));
    }
  });

  test("is shown without a line; a page that is not kept says that there is none", async () => {
    await keepOne();
    const [[, place]] = worker.caches.places;
    place.delete("/privacy");
    network = () => {
      throw new TypeError("no line");
    };
    assert.equal(await worker.visit("/about", { mode: "navigate" }), "/about of one");
    assert.match(await worker.visit("/privacy", { mode: "navigate" }), /The server cannot be reached[^]*Reading room/);
    await assert.rejects(worker.visit("/privacy"), /no line/);
  });

  for (const redirected of [true, false]) {
    test(`is no page to sign in at, ${redirected ? "at its own address" : "in the place of others"}`, async () => {
      network = signIn(redirected);
      await worker.visit(FILES[0]);
      assert.deepEqual(await worker.kept(), {});
      network = server("one");
      await keepOne();
      // Also where only those are let through who bring a cookie.
      const two = server("two");
      network = (path, credentials) => (credentials === "omit" ? signIn(redirected)() : two(path));
      await worker.visit(FILES[0]);
      assert.deepEqual(await worker.kept(), whole("one"));
    });
  }

  const [ENGINE, PARTS] = ["/engine/engine.js", "/engine/engine-parts.js"];
  test("has no weights with another sum than the engine asks for, and takes those that were fetched again", async () => {
    await keepOne();
    const path = "/weights/unet.safetensors";
    const headers = { "x-sha256": createHash("sha256").update("weights").digest("hex") };
    const rest = server("one");
    let sent = "weightz";
    network = (asked) => (asked === path ? answerOf(sent, { type: "application/octet-stream", etag: "one" }) : rest(asked));
    for (const cache of ["default", "reload"]) assert.equal(await worker.visit(path, { headers, cache }), "weightz");
    assert.deepEqual(await worker.kept(), whole("one"));
    // As a release before the sums were asked for has kept it.
    await worker.visit(path);
    assert.deepEqual(await worker.kept(), { ...whole("one"), [path]: "weightz" });
    sent = "weights";
    await worker.visit(path, { headers, cache: "reload" });
    assert.deepEqual(await worker.kept(), { ...whole("one"), [path]: "weights" });
  });

  const partOf = (release) => `/engine/opening-000000000000000${release.length}.wasm`;

  /** A server of a release that has parts, and what it has beside what all releases have. */
  function serverWithParts(release) {
    const script = `fetch(new URL(".${partOf(release).replace("/engine", "")}", import.meta.url))`;
    const parts = { [ENGINE]: release, [PARTS]: script, [partOf(release)]: release };
    const rest = server(release);
    const type = (path) => (path.endsWith(".js") ? "text/javascript" : "application/wasm");
    return { parts, answer: (path) => (path in parts ? answerOf(parts[path], { type: type(path), etag: release }) : rest(path)) };
  }

  test("has the parts that a script of the engine names, of its release alone", async () => {
    // Of a release before there were parts.
    const rest = server("one");
    network = (path) => (path === ENGINE ? answerOf("one", { type: "text/javascript", etag: "one" }) : rest(path));
    await keepOne();
    await worker.visit(ENGINE);
    for (const release of ["two", "three"]) {
      const { parts, answer } = serverWithParts(release);
      network = answer;
      await worker.visit(FILES[0]);
      assert.deepEqual(await worker.kept(), { ...whole(release), ...parts });
    }
  });

  test("stays where a part is missing of the next release", async () => {
    await keepOne();
    const { parts, answer } = serverWithParts("two");
    network = answer;
    await worker.visit(ENGINE);
    await worker.visit(PARTS);
    const three = serverWithParts("three");
    network = (path) => (path === partOf("three") ? answerOf("none", { type: "text/html", status: 404 }) : three.answer(path));
    await worker.visit(FILES[0]);
    assert.deepEqual(await worker.kept(), { ...whole("two"), ...parts });
  });

  test("has no parts of an engine that nobody used", async () => {
    await keepOne();
    for (const release of ["two", "three"]) {
      const { parts, answer } = serverWithParts(release);
      network = answer;
      await worker.visit(PARTS);
      await worker.visit(FILES[0]);
      assert.deepEqual(await worker.kept(), { ...whole(release), [PARTS]: parts[PARTS] });
    }
  });

  test("answers for a part without asking, because its name says which one it is", async () => {
    await keepOne();
    network = serverWithParts("two").answer;
    await worker.visit(ENGINE);
    await worker.visit(PARTS);
    network = () => answerOf("none", { type: "text/html", status: 404 });
    assert.equal(await worker.visit(partOf("two")), "two");
  });

  /** A network over which these paths never arrive, and all others do; which are asked for. */
  function hanging(paths, others) {
    const asked = [];
    network = (path) => {
      asked.push(path);
      return paths.includes(path) ? new Promise(() => {}) : others(path);
    };
    return asked;
  }

  test("answers when the line hangs after the page has come, and then at once", async () => {
    await keepOne();
    const asked = hanging(FILES, server("one"));
    assert.equal(await worker.visit("/read", { resultingClientId: "a" }), "/read of one");
    assert.equal(await worker.visit(FILES[0], { clientId: "a" }), `${FILES[0]} of one`);
    assert.equal(await worker.visit(FILES[1], { clientId: "a", laterMs: 1000 }), `${FILES[1]} of one`);
    assert.deepEqual(asked, ["/read", FILES[0]], "the second is not waited for");
    network = server("two");
    assert.equal(await worker.visit(FILES[1], { clientId: "b" }), `${FILES[1]} of two`, "a minute later the line is tried again");
  });

  test("answers no page of another release, nor its worker", async () => {
    await keepOne();
    room = () => false;
    const two = server("two");
    const [page, worker_] = ["a", "worker of a"];
    network = two;
    assert.equal(await worker.visit("/read", { resultingClientId: page }), "/read of two");
    const asking = [[FILES[1], { clientId: page, resultingClientId: worker_ }], [FILES[2], { clientId: worker_ }]];
    for (const [file, client] of asking) assert.equal(await slowly(file, client, two), `${file} of two`);
  });

  /** What a client is answered for a file that is slow on its way. */
  async function slowly(file, client, others) {
    let arrive;
    network = () => new Promise((resolve) => (arrive = () => resolve(others(file))));
    const late = worker.visit(file, client);
    await pause(3 * PATIENCE_MS);
    network = others;
    arrive();
    return late;
  }

  test("is not taken for the release of a page that is forgotten, unless the file does not come", async () => {
    await keepOne();
    room = () => false;
    const two = server("two");
    network = two;
    const client = { clientId: "a" };
    assert.equal(await worker.visit("/read", { resultingClientId: "a" }), "/read of two");
    // The browser has ended the script, and starts it for the next event.
    worker = start(worker.caches);
    assert.equal(await slowly(FILES[1], client, two), `${FILES[1]} of two`);
    network = () => answerOf("", { type: "text/html", status: 502 });
    assert.equal(await worker.visit(FILES[1], client), `${FILES[1]} of one`);
    hanging(FILES, two);
    assert.equal(await worker.visit(FILES[1], client), `${FILES[1]} of one`, "it is given up some time");
    // Nor is that the answer at once then.
    assert.equal(await slowly(FILES[2], { ...client, laterMs: 1000 }, two), `${FILES[2]} of two`);
  });

  test("is known to be of the release of the last pages alone, however many there were", async () => {
    await keepOne();
    room = () => false;
    for (let page = 0; page < 101; page += 1) await worker.visit("/read", { resultingClientId: `page ${page}` });
    const two = server("two");
    assert.equal(await slowly(FILES[1], { clientId: "page 100" }, two), `${FILES[1]} of one`);
    assert.equal(await slowly(FILES[1], { clientId: "page 0" }, two), `${FILES[1]} of two`);
  });

  test("stays where there is no room for the next release", async () => {
    await keepOne();
    network = server("two");
    let left = 4;
    room = () => left-- > 0;
    await worker.visit(FILES[0]);
    assert.deepEqual(await worker.kept(), whole("one"));
    room = () => true;
    await worker.visit(FILES[0]);
    assert.deepEqual(await worker.kept(), whole("two"));
  });

  test("stays where another release arrives in the middle", async () => {
    await keepOne();
    const [two, three] = [server("two"), server("three")];
    let asked = 0;
    network = (path) => (asked++ < 4 ? two : three)(path);
    await worker.visit(FILES[0]);
    assert.deepEqual(await worker.kept(), whole("one"));
  });

  test("does not answer with what was cut off while it was put there", async () => {
    await keepOne();
    const cutOff = await worker.caches.open("program-2");
    await cutOff.put(FILES[1], answerOf("half of two", { type: "text/javascript" }));
    network = () => answerOf("", { type: "text/html", status: 502 });
    assert.equal(await worker.visit(FILES[1]), `${FILES[1]} of one`);
    network = server("two");
    await worker.visit(FILES[0]);
    assert.deepEqual(await worker.kept(), whole("two"));
  });
});
