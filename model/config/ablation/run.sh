#!/usr/bin/env bash
# What attention, deep supervision and the Dice loss are worth: short equal runs, scored on
# the validation crops, without and with the product's postprocessing.
#
#   model/config/ablation/run.sh DATA OUT [DEVICE]
set -euo pipefail
data=${1:?the folder of the nodule crops} out=${2:?a folder for the runs} device=${3:-tch}
here=$(cd "$(dirname "$0")" && pwd)
bin=${CARGO_TARGET_DIR:-$here/../../../target}/release
mkdir -p "$out"
for recipe in "$here"/*.json; do
    name=$(basename "$recipe" .json)
    "$bin/train" --recipe "$recipe" --data "$data" --device "$device" --out "$out/$name" 2>"$out/$name.txt"
    "$bin/export" --recipe "$recipe" --run "$out/$name" --weights average --data "$data" \
        --out "$out/$name/weights" --version 0 --trained "$name" --every 4
    printf '%s: ' "$name"
    "$bin/evaluate" --data "$data" --split val --weights "$out/$name"/weights/*.safetensors \
        --out "$out/$name/scores"
done
