#!/bin/sh
# enlarge.sh CROPS OUT [FACTOR]
#
# Makes a folder for `evaluate --split val` of the validation crops with nodules of 20 mm and more, whose
# pixels are said to be FACTOR (1.8) times as wide as they are: masses of 36 to 60 mm, with marks by
# readers, of which the training crops have none. Images and masks are links.
set -eu
crops=$(cd "$1" && pwd) out=$2 factor=${3:-1.8}
mkdir -p "$out"
ln -sfn "$crops/images" "$out/images"
ln -sfn "$crops/masks" "$out/masks"
awk -F, -v OFS=, -v factor="$factor" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print; next }
    $column["split"] == "val" && $column["diameter_mm"] >= 20 && $column["area_target"] > 0 {
        $column["pixel_mm"] *= factor
        print
    }' "$crops/index.csv" > "$out/index.csv"
