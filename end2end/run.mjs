// The tests of one browser: `node run.mjs chromium|firefox|webkit`. Files that fill the processor or look at the clock
// run by themselves, the others two at a time: a page that computes on one core leaves the other one idle.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

/** Most minutes for one test, where a browser that hangs would never end. */
const LIMIT_MIN = 10;
const ALONE = ["engine", "truth", "masks", "story", "backend", "bench", "slow-line"];
/** What Firefox's automation can do. */
const IN_FIREFOX = ["masks", "story", "room", "across", "calliper", "correct", "offline"];

const all = readdirSync(new URL("tests/", import.meta.url)).map((file) => file.replace(".test.mjs", ""));
const path = (name) => `tests/${name}.test.mjs`;
const alone = (names) => names.filter((name) => ALONE.includes(name)).map(path);
const together = (names) => names.filter((name) => !ALONE.includes(name)).map(path);

const BROWSERS = {
  chromium: { alone: alone(all), together: together(all) },
  firefox: { alone: [...alone(IN_FIREFOX), "firefox/"], together: together(IN_FIREFOX) },
  webkit: { alone: ["webkit/"], together: [] },
};

/** Runs test files, so many at a time; whether all of them passed. */
function run(files, atOnce) {
  const options = ["--test", `--test-concurrency=${atOnce}`, "--test-reporter=spec", `--test-timeout=${LIMIT_MIN * 60_000}`];
  return spawnSync(process.execPath, [...options, ...files], { stdio: "inherit" }).status === 0;
}

const browser = process.argv[2];
const files = BROWSERS[browser];
if (!files) throw new Error("which browser: chromium, firefox or webkit?");
process.env.NEUROCARE_BROWSER = browser;
const passed = [
  [files.alone, 1],
  [files.together, 2],
].filter(([names, atOnce]) => names.length === 0 || run(names, atOnce));
process.exit(passed.length === 2 ? 0 : 1);
