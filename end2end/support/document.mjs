// Documents of saved analyses, taken apart and made without the product's own code.
import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";

export const LUNG = 1;
export const RAW = 2;
export const FINAL = 4;

/** Header and label maps of a document; throws if it is none. */
export function takeApart(document) {
  if (document.subarray(0, 4).toString("latin1") !== "NCA1") throw new Error("no document");
  const content = inflateRawSync(document.subarray(8));
  if (content.length !== document.readUInt32LE(4)) throw new Error("another length than it says");
  let at = 0;
  const part = () => {
    const end = at + 4 + content.readUInt32LE(at);
    const bytes = content.subarray(at + 4, end);
    if (bytes.length !== end - at - 4) throw new Error("cut off");
    at = end;
    return bytes;
  };
  const header = JSON.parse(part().toString("utf8"));
  const maps = header.slices.map(() => labels(part(), header.rows * header.cols));
  if (at !== content.length) throw new Error("something after the end");
  return { header, maps };
}

function labels(code, pixels) {
  const map = new Uint8Array(pixels);
  let place = 0;
  for (let i = 0; i < code.length; ) {
    let number = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = code[i++];
      number += (byte & 127) * shift;
      if (byte < 128) break;
    }
    const length = Math.floor(number / 8) + 1;
    map.fill(number % 8, place, place + length);
    place += length;
  }
  if (place !== pixels) throw new Error(`runs over ${place} of ${pixels} pixels`);
  return map;
}

function runs(map) {
  const code = [];
  for (let i = 0; i < map.length; ) {
    let end = i;
    while (end < map.length && map[end] === map[i]) end++;
    let number = (end - i - 1) * 8 + map[i];
    while (number >= 128) {
      code.push((number % 128) | 128);
      number = Math.floor(number / 128);
    }
    code.push(number);
    i = end;
  }
  return Buffer.from(code);
}

function pack(header, maps) {
  const parts = [Buffer.from(JSON.stringify(header)), ...maps.map(runs)].flatMap((bytes) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  const content = Buffer.concat(parts);
  const head = Buffer.from("NCA1\0\0\0\0", "latin1");
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, deflateRawSync(content)]);
}

const EDGE = 256;
const SPACING = 1.3;

/**
 * A made-up analysis of one day: two lungs over nine slices, and lesions as
 * `{ row, col, diameter, longest_slice }` (pixels, mm, and where the diameter is measured, which may be left out), which
 * are discs on all of them but the first and the last; of one that `isCut` no volume is known. Every day has an image of its own, unless a digest is given.
 */
export function drawn(label, day, unsorted, digest = createHash("sha256").update(day).digest("hex"), spacing = SPACING) {
  const lesions = unsorted.toSorted((a, b) => b.diameter - a.diameter);
  const slices = [...Array(9).keys()];
  const map = new Uint8Array(EDGE * EDGE);
  const disc = (row, col, height, width, bits) => {
    for (let y = Math.ceil(row - height); y <= row + height; y++) {
      for (let x = Math.ceil(col - width); x <= col + width; x++) {
        if (((y - row) / height) ** 2 + ((x - col) / width) ** 2 <= 1) map[y * EDGE + x] |= bits;
      }
    }
  };
  disc(128, 78, 76, 44, LUNG);
  disc(128, 178, 76, 42, LUNG);
  const lungs = map.slice();
  const findings = [];
  for (const [i, { row, col, diameter }] of lesions.entries()) {
    const radius = diameter / 2 / spacing;
    disc(row, col, radius, radius, LUNG | RAW | FINAL);
    const across = { from: [row, col - radius], to: [row, col + radius] };
    const down = { from: [row - radius, col], to: [row + radius, col] };
    for (const slice of slices.slice(1, -1)) {
      findings.push({
        slice, lesion: i + 1, area_px: Math.round(Math.PI * radius ** 2), area_mm2: Math.PI * (diameter / 2) ** 2,
        longest: across, longest_mm: diameter, longest_px: 2 * radius,
        perpendicular: down, perpendicular_mm: diameter * 0.9, perpendicular_px: 1.8 * radius,
        mean_value: -35, confidence: 0.78, centre: [row, col],
      });
    }
  }
  const volume = ({ diameter, isCut }) => (isCut ? null : (Math.PI / 6) * diameter ** 3 / 1000);
  const share = (value, from, to) => (value - from) / (to - from);
  const engine = {
    architecture: "unet", backend: "cpu", adapter: "drawn by a test", reason: null, self_test_error: 0,
    start_up_ms: 1, weights_version: "test", threshold: 0.4,
  };
  const postprocess = { threshold: 0.4, opening_mm: 0, closing_mm: 0.8, fill_holes: true, min_area_mm2: 7, smooth: true };
  const header = {
    version: 1, label, examined_on: day, digest, rows: EDGE, cols: EDGE, scan_slices: slices.length,
    intensity: "Hounsfield", spacing: { row_mm: spacing, col_mm: spacing }, slice_spacing_mm: 2.5, engine,
    settings: { architecture: "unet", denoise: "none", postprocess },
    slices: slices.map((slice) => ({
      slice, lung_px: 21_000, histogram: [20_000, 500, 200, 100, 60, 50, 40, 30, 15, 5], total_ms: 900, network_ms: 800,
    })),
    summary: {
      lesions: lesions.map((lesion, i) => ({
        number: i + 1, slices: [1, 7], key_slice: 4, volume_ml: volume(lesion), longest_mm: lesion.diameter, confidence: 0.78,
      })),
      findings, confidence: lesions.length > 0 ? 0.78 : null, slices_done: slices.length, agreement: null,
    },
    lesions: lesions.map(({ row, col, diameter, longest_slice, isCut }, i) => ({
      number: i + 1, key_slice: 4, longest_slice, longest_mm: diameter, perpendicular_mm: diameter * 0.9,
      area_mm2: Math.PI * (diameter / 2) ** 2, volume_ml: volume({ diameter, isCut }), mean_value: -35, confidence: 0.78,
      place: { left: share(col, 34, 220), back: share(row, 52, 204), up: 0.5 },
    })),
  };
  return pack(header, slices.map((slice) => (slice === 0 || slice === 8 ? lungs : map)));
}

/** Save a document from a page that is signed in; its number. */
export async function save(page, document) {
  const { id, status } = await page.evaluate(async (base64) => {
    // Version 7, as the product's own.
    const random = crypto.randomUUID().slice(14);
    const time = Date.now().toString(16).padStart(12, "0");
    const id = `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(1)}`;
    const body = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const question = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const me = await (await fetch("/api/account/me", question)).json();
    const headers = { "x-account-marker": me.image_key.slice(0, 16) };
    const response = await fetch(`/api/analyses/${id}`, { method: "PUT", headers, body });
    return { id, status: response.status };
  }, document.toString("base64"));
  if (status !== 201) throw new Error(`saving answered ${status}`);
  return id;
}
