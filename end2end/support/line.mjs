// The line between browser and server, in the test's hands: slow, counted, cut. A proxy of
// bytes, because a browser's own emulation passes over its workers.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { BASE_URL } from "./browser.mjs";

/** Sent at once at most, so that connections share a slow line evenly. */
const PIECE = 4096;

const head = (status, ...headers) => [`HTTP/1.1 ${status}`, ...headers, "connection: close", "", ""].join("\r\n");

const SIGN_IN = "<!doctype html><title>Sign in here</title>";

/** What proxies answer that do not reach the server, or let nobody reach it; from the first bytes of a request. */
const ANSWERS = {
  502: () => head("502 Bad Gateway", "content-length: 0"),
  "sign-in": (request) =>
    request.startsWith("GET /sign-in ")
      ? head("200 OK", "content-type: text/html", `content-length: ${SIGN_IN.length}`) + SIGN_IN
      : head("302 Found", "location: /sign-in", "content-length: 0"),
};

/**
 * A line to the server under an address of its own, `url`, with `bytesPerSecond` down and
 * `latencyMs` before whatever is sent up. `sent()` is what came down so far, in bytes, or `by` a time of `Date.now()`.
 * `fail` breaks what is open, and has whatever comes then hang, or answered by such a proxy.
 */
export async function openLine({ bytesPerSecond = Infinity, latencyMs = 0 } = {}) {
  const { hostname, port } = new URL(BASE_URL);
  const sockets = new Set();
  // When each piece had come, and how many bytes that were with those before it.
  const came = [[0, 0]];
  let free = 0;
  let failure = null;

  const turn = async (bytes) => {
    const now = performance.now();
    free = Math.max(free, now) + (bytes / bytesPerSecond) * 1000;
    if (free - now > 1) await sleep(free - now);
    came.push([Date.now(), came.at(-1)[1] + bytes]);
  };
  const down = async (server, browser) => {
    for await (const chunk of server) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const piece = chunk.subarray(at, at + PIECE);
        await turn(piece.length);
        if (!browser.write(piece)) await once(browser, "drain");
      }
    }
    browser.end();
  };
  const up = async (browser, server) => {
    for await (const chunk of browser) {
      await sleep(latencyMs);
      server.write(chunk);
    }
    server.end();
  };

  const proxy = createServer({ noDelay: true }, (browser) => {
    if (failure) {
      sockets.add(browser);
      browser.on("error", () => browser.destroy());
      browser.on("data", (bytes) => ANSWERS[failure] && browser.end(ANSWERS[failure](String(bytes))));
      return;
    }
    const server = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const socket of [browser, server]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    // Either side may hang up at any time, and then so does the other.
    Promise.all([down(server, browser), up(browser, server)]).catch(() => {
      browser.destroy();
      server.destroy();
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");

  const cut = async () => {
    if (!proxy.listening) return;
    proxy.close();
    sockets.forEach((socket) => socket.destroy());
    await once(proxy, "close");
  };
  const fail = (how) => {
    failure = how;
    sockets.forEach((socket) => socket.destroy());
  };
  const sent = (by = Infinity) => came.findLast(([at]) => at <= by)[1];
  return { fail, url: `http://127.0.0.1:${proxy.address().port}`, sent, cut };
}
