#!/usr/bin/env bash
# Makes a folder that trains and measures on a machine with a graphics card and nothing else:
# no compiler, no network. For machines that take little at a time, in parts of at most
# MOST_MIB (50): part 1 has the programs, each further one a share of the patients.
#
#   model/gpu/prepare.sh DATA OUT        then: part-1/gpu.sh on that machine
#
# FEATURES=train-cuda instead of train-wgpu (Vulkan): building burn's CUDA back end fetches an
# LLVM from github.com, so it needs more of the network than the package registries.
set -euo pipefail
data=${1:?the folder of the nodule crops} out=${2:?the folder to make}
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$out"
data=$(cd "$data" && pwd) out=$(cd "$out" && pwd)
most_mib=${MOST_MIB:-50}
cd "$root"
cargo build --release --package model --features "${FEATURES:-train-wgpu}" --bin train
cargo build --release --package model --features cli,gpu --bin bench
target=${CARGO_TARGET_DIR:-target}/release
mkdir -p "$out/part-1/bin" "$out/part-1/config"
for program in train bench; do
    strip -o "$out/part-1/bin/$program" "$target/$program"
done
cp model/gpu/gpu.sh "$out/part-1/"
cp model/config/*.json "$out/part-1/config/"
cp "$data/index.csv" "$out/part-1/"
part=2 size=0
# Test patients stay here: nothing is chosen by them.
for image in "$data"/images/*.png; do
    name=$(basename "$image")
    grep -q "^${name%.png},test," "$data/index.csv" && continue
    bytes=$(($(stat -c %s "$image") + $(stat -c %s "$data/masks/$name")))
    if ((size + bytes > most_mib * 1048576)); then part=$((part + 1)) size=0; fi
    size=$((size + bytes))
    mkdir -p "$out/part-$part/images" "$out/part-$part/masks"
    cp "$image" "$out/part-$part/images/"
    cp "$data/masks/$name" "$out/part-$part/masks/"
done
du -sm "$out"/part-*
