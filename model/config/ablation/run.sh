#!/usr/bin/env bash
# What attention, deep supervision and the Dice loss are worth: short equal runs, scored on the
# validation crops, without and with the product's postprocessing, and crop by crop against
# `unetpp.json`. Runs that are there already are not repeated.
#
#   model/config/ablation/run.sh DATA OUT [DEVICE]
set -euo pipefail
data=${1:?the folder of the nodule crops} out=${2:?a folder for the runs} device=${3:-tch}
here=$(cd "$(dirname "$0")" && pwd)
bin=${CARGO_TARGET_DIR:-$here/../../../target}/release
mkdir -p "$out"
for recipe in "$here"/*.json; do
    name=$(basename "$recipe" .json)
    if [ ! -e "$out/$name/average.bpk" ]; then
        "$bin/train" --recipe "$recipe" --data "$data" --device "$device" --out "$out/$name" 2>"$out/$name.txt"
    fi
    "$bin/export" --recipe "$recipe" --run "$out/$name" --weights average --data "$data" \
        --out "$out/$name/weights" --version 0 --trained "$name" 2>>"$out/$name.txt"
done
for recipe in "$here"/*.json; do
    name=$(basename "$recipe" .json)
    [ "$name" != unetpp ] || continue
    printf '%s against unetpp:\n' "$name"
    "$bin/evaluate" --data "$data" --split val --weights "$out/unetpp/weights/unetpp.safetensors" \
        --weights "$out/$name"/weights/*.safetensors --out "$out/$name/scores"
    sed -n '/"paired"/,/}/p' "$out/$name/scores/metrics.json"
done
