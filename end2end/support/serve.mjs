// Serves folders and pages on loopback to a browser that may then use threads.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm",
};

/**
 * Serves `folders`, from the prefix of an address to a path, the longest prefix first; its address and how to stop it.
 * `heard` is told the path of each request and what it brings.
 */
export async function serve(folders, heard = () => {}) {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer(async (request, response) => {
    // Isolation from other origins is what browsers want for shared memory.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    const path = normalize(new URL(request.url, "http://host").pathname);
    const prefix = prefixes.find((start) => path.startsWith(start));
    try {
      heard(path, Buffer.concat(await request.toArray()));
      const bytes = await readFile(join(folders[prefix], path.slice(prefix.length)));
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
