// Masks as the tests compare them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** Dice coefficient of two byte arrays; non-zero is set. */
export function dice(a, b) {
  if (a.length !== b.length) throw new Error(`masks of ${a.length} and ${b.length} pixels`);
  let both = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    sum += (a[i] ? 1 : 0) + (b[i] ? 1 : 0);
  }
  return sum === 0 ? 1 : (2 * both) / sum;
}

/** Voxels of an uncompressed one-byte NIfTI-1 file, in file order. */
export function niftiVoxels(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(0, true) !== 348) throw new Error("not a little-endian NIfTI-1 file");
  return bytes.subarray(view.getFloat32(108, true));
}

/** A network's masks of the sample by the reference implementation, burn, which made them natively. */
export function nativeMask(architecture) {
  const folder = process.env.NEUROCARE_REFERENCE;
  assert.ok(folder, "NEUROCARE_REFERENCE must name the folder with the native masks (./neurocare test sets it)");
  return niftiVoxels(new Uint8Array(readFileSync(`${folder}/${architecture}/sample/mask.nii`)));
}
