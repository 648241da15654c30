// Files that cannot be read: a message with the cause and the way out, and the worker goes on.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { after, before, describe, test } from "node:test";
import { launch } from "../support/browser.mjs";
import { ask, openSample, sampleFile, SAMPLE, startWorker } from "../support/worker.mjs";

const slice = () => Buffer.from(sampleFile(SAMPLE[0]).bytes);

/** Replace the value of an Explicit VR element of two bytes (US). */
function withUnsignedShort(bytes, group, element, value) {
  const tag = Buffer.from([group & 255, group >> 8, element & 255, element >> 8, 0x55, 0x53, 2, 0]);
  const at = bytes.indexOf(tag);
  assert.ok(at > 0, "the sample has this element");
  bytes.writeUInt16LE(value, at + 8);
  return bytes;
}

/** Replace the value of an Explicit VR element with a text of the same length. */
function withText(bytes, group, element, vr, text) {
  const at = bytes.indexOf(Buffer.from([group & 255, group >> 8, element & 255, element >> 8, ...Buffer.from(vr)]));
  assert.ok(at > 0, "the sample has this element");
  bytes.write(text.padEnd(bytes.readUInt16LE(at + 6), " ").slice(0, bytes.readUInt16LE(at + 6)), at + 8, "latin1");
  return bytes;
}

const CASES = {
  "an empty file": [{ name: "empty.dcm", bytes: Buffer.alloc(0) }],
  "a text file named .dcm": [{ name: "notes.dcm", bytes: Buffer.from("These are the notes of the patient.\n".repeat(40)) }],
  "wrong magic bytes": [{ name: "slice.png", bytes: Buffer.from([0x89, 0x50, 0x4e, 0x48, ...Array(200).fill(7)]) }],
  "a DICOM file cut in the header": [{ name: "cut.dcm", bytes: slice().subarray(0, 700) }],
  "a DICOM file cut in the pixels": [{ name: "cut.dcm", bytes: slice().subarray(0, 200_000) }],
  "more rows than pixels": [{ name: "rows.dcm", bytes: withUnsignedShort(slice(), 0x0028, 0x0010, 4000) }],
  "no rows": [{ name: "zero.dcm", bytes: withUnsignedShort(slice(), 0x0028, 0x0010, 0) }],
  "20000 rows and columns": [
    { name: "huge.dcm", bytes: withUnsignedShort(withUnsignedShort(slice(), 0x0028, 0x0010, 20000), 0x0028, 0x0011, 20000) },
  ],
  "a slope that is not a number": [{ name: "nan.dcm", bytes: withText(slice(), 0x0028, 0x1053, "DS", "nan") }],
  "a gzip bomb": [{ name: "bomb.nii.gz", bytes: gzipSync(Buffer.alloc(64 << 20)) }],
  "a series of mixed sizes": [
    sampleFile(SAMPLE[0]),
    { name: "half.dcm", bytes: withUnsignedShort(slice(), 0x0028, 0x0010, 256) },
  ],
};

describe("files that cannot be read", () => {
  let browser;
  let page;
  before(async () => {
    browser = await launch({ webgpu: false });
    page = await startWorker(browser);
  });
  after(() => browser.close());

  for (const [name, files] of Object.entries(CASES)) {
    test(`${name}: a clear message, and the next file opens`, async () => {
      const names = files.map((file) => file.name);
      const events = await ask(page, { type: "open", names }, files, ["opened"]);
      const { type, cause, way_out } = events.at(-1).event;
      assert.equal(type, "not_opened");
      assert.ok(cause.length > 15 && way_out.length > 10, `${cause} | ${way_out}`);
      assert.doesNotMatch(`${cause} ${way_out}`, /panic|unwrap|Err\(|None|usize/);
      assert.equal((await openSample(page)).slices, 3);
    });
  }
});
