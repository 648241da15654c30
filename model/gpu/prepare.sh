#!/usr/bin/env bash
# Makes a folder that trains and measures on a machine with a graphics card and nothing else:
# no compiler, no network. For machines that take little at a time, in parts of at most
# MOST_MIB (45): part 1 has the programs, each further one a share of the patients.
#
#   model/gpu/prepare.sh DATA OUT        then: part-1/gpu.sh on that machine
#
# FEATURES says what trains there:
#   train-vulkan burn through Vulkan (the default)
#   train-wgpu   burn on any card, its kernels in WGSL
#   train-cuda   burn's CUDA back end; building it fetches an LLVM from github.com, so it needs
#                more of the network than the package registries
#   train-tch    libtorch with CUDA, the fastest. LIBTORCH names the folder `torch` of the same
#                PyTorch as that machine's (`pip download --no-deps torch==VERSION`, unpacked);
#                its own copy of the libraries is used there.
# SCAN is a folder with the DICOM files of a series, which gpu.sh segments to time it (the sample).
# SLICE adds a whole training slice, as `train --slice` takes it: FOLDER,STEM,PATIENT,PIXEL_MM.
set -euo pipefail
data=${1:?the folder of the nodule crops} out=${2:?the folder to make}
features=${FEATURES:-train-vulkan}
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$out"
data=$(cd "$data" && pwd) out=$(cd "$out" && pwd)
most_mib=${MOST_MIB:-45}
cd "$root"
link=()
if [ "$features" = train-tch ]; then
    # What libtorch itself needs (CUDA's libraries) is on the other machine.
    link=(-- -C link-arg=-Wl,--unresolved-symbols=ignore-in-shared-libs)
    export LIBTORCH_BYPASS_VERSION_CHECK=1
fi
cargo rustc --release --package model --features "$features" --bin train "${link[@]}"
cargo build --release --package model --features cli,gpu --bin bench --bin segment
target=${CARGO_TARGET_DIR:-target}/release
mkdir -p "$out/part-1/config"
for program in train bench segment; do
    strip -o "$out/$program" "$target/$program"
done
cp model/gpu/pytorch_unet.py "$out/"
tar -C "$out" --remove-files -cJf "$out/part-1/bin.tar.xz" train bench segment pytorch_unet.py
cp model/gpu/gpu.sh "$out/part-1/"
cp model/config/*.json "$out/part-1/config/"
mkdir -p "$out/part-1/scan" "$out/part-1/weights"
cp "${SCAN:-public/sample}"/*.dcm "$out/part-1/scan/"
cp public/weights/*.safetensors "$out/part-1/weights/"
tar -C "$data" -cJf "$out/part-1/index.tar.xz" index.csv
if [ -n "${SLICE:-}" ]; then
    IFS=, read -r folder stem about <<<"$SLICE"
    mkdir -p "$out/part-1/slice"
    cp "$folder/${stem}_image.png" "$folder/${stem}_marks.png" "$out/part-1/slice/"
    printf '%s,%s\n' "$stem" "$about" >"$out/part-1/slice/about"
fi
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
