// Runs the files of tests that are named, and those of folders that are, two at a time. A browser on a busy machine
// may fail once by chance: what failed is run once more by itself, and that it passed only then is said at the end.
// What fails twice has failed.
import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

/** Longest run of one file, on a machine that others may be using: what takes longer hangs. */
const FILE_LIMIT_MS = 30 * 60_000;

/** Files that run beside each other: most of a test's time a browser waits, for a line, a clock or an animation. */
const AT_A_TIME = 2;

/** More files that fail are no chance. */
const MOST_AGAIN = 3;

const HERE = fileURLToPath(new URL(".", import.meta.url));
const short = (path) => (path.startsWith(HERE) ? path.slice(HERE.length) : path);

/** The file itself, or those of a folder. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith(".test.mjs"));
  return names.sort().map((name) => join(path, name));
}

/** Runs files and tells what comes of it as `node --test` does; which of them failed, with the names of the tests. */
async function failuresOf(files, concurrency) {
  const failed = new Map();
  const stream = run({ files, concurrency, timeout: FILE_LIMIT_MS });
  stream.on("test:fail", ({ name, file = name, todo, details }) => {
    // What is yet to be done may fail.
    if (todo !== undefined && todo !== false) return;
    const names = failed.get(file) ?? [];
    // Whatever is around a test fails with it.
    if (details.error?.failureType !== "subtestsFailed") names.push(short(name));
    failed.set(file, names);
  });
  for await (const words of stream.compose(new spec())) process.stdout.write(words);
  return failed;
}

/** Says something that is not to be overlooked. */
function say(title, failed) {
  const lines = [...failed].flatMap(([file, names]) => [`  ${short(file)}`, ...names.map((name) => `    ${name}`)]);
  const rule = "=".repeat(80);
  console.log(["", rule, title, ...lines, rule, ""].join("\n"));
}

const only = (failed, is) => new Map([...failed].filter(([file]) => is(file)));

const files = [...new Set(process.argv.slice(2).flatMap((path) => filesOf(resolve(path))))];
if (files.length === 0) throw new Error("no tests: name files, or folders with files that end with .test.mjs");

const first = await failuresOf(files, AT_A_TIME);
// A test that a file has from another module is told as of that: nothing says whose it was.
const isAsked = [...first.keys()].every((file) => files.includes(file));
if (first.size > MOST_AGAIN || !isAsked) {
  process.exitCode = 1;
} else if (first.size > 0) {
  say("FAILED, AND ARE RUN ONCE MORE BY THEMSELVES:", first);
  const second = await failuresOf([...first.keys()], 1);
  const byChance = only(first, (file) => !second.has(file));
  if (byChance.size > 0) say("PASSED ONLY WHEN THEY WERE RUN ONCE MORE; AT FIRST THESE FAILED:", byChance);
  if (second.size > 0) {
    say("FAILED TWICE:", second);
    process.exitCode = 1;
  }
}
