"""boxes.py DATA OUT: masks of large tumours against radiologists' boxes.

DATA is the folder of Lung-PET-CT-Dx with `boxes.csv`, OUT what the program `segment` wrote for its
volumes (one folder a volume). Printed are: slices with a box where a region touches it, the mean overlap
(intersection over union) of the box and the rectangle around those regions, the share of the box that
is marked, and regions outside of boxes a slice. Needs NumPy and SciPy.
"""

import csv
import gzip
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy import ndimage

TYPES = {2: np.uint8, 4: np.int16, 512: np.uint16}


def read_nifti(path):
    """Voxels (slices, rows, columns) of a NIfTI file of whole numbers."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    columns, rows, slices = (int(size) for size in np.frombuffer(data, "<i2", 3, 42))
    kind = int(np.frombuffer(data, "<i2", 1, 70)[0])
    offset = int(np.frombuffer(data, "<f4", 1, 108)[0])
    voxels = np.frombuffer(data, TYPES[kind], slices * rows * columns, offset)
    return voxels.reshape(slices, rows, columns)


def rectangle(mask):
    """Rows and columns (first, last) around what is set."""
    rows, columns = np.nonzero(mask)
    return np.array([rows.min(), columns.min(), rows.max(), columns.max()])


def overlap(a, b):
    """Intersection over union of two rectangles."""
    sides = np.maximum(0, np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]) + 1)
    area = lambda r: np.prod(r[2:] - r[:2] + 1)
    return sides.prod() / (area(a) + area(b) - sides.prod())


def main(data, out):
    boxes = defaultdict(list)
    for line in csv.DictReader((data / "boxes.csv").open()):
        box = [int(line[name]) for name in ("ymin", "xmin", "ymax", "xmax")]
        boxes[line["patient"], int(line["slice_in_image"])].append(box)
    overlaps, filled, strange, slices = [], [], 0, 0
    for patient in sorted({patient for patient, _ in boxes}):
        (path,) = [p for p in out.glob(f"{patient}*/mask.nii*")]
        for index, mask in enumerate(read_nifti(path) > 0):
            slices += 1
            labels, count = ndimage.label(mask, np.ones((3, 3)))
            mine = set()
            if found := boxes.get((patient, index)):
                found = np.array(found)
                box = np.concatenate([found[:, :2].min(0), found[:, 2:].max(0)])
                within = labels[box[0] : box[2] + 1, box[1] : box[3] + 1]
                mine = set(within.ravel()) - {0}
                overlaps.append(overlap(box, rectangle(np.isin(labels, list(mine)))) if mine else 0)
                filled.append((within > 0).mean())
            strange += count - len(mine)
    print(
        f"{np.count_nonzero(overlaps)} of {len(overlaps)} boxes touched, overlap {np.mean(overlaps):.3f}, "
        f"filled {np.mean(filled):.3f}, {strange / slices:.2f} other regions a slice"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
