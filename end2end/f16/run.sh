#!/usr/bin/env bash
# The engine's kernels for cards with 16-bit numbers, in Chromium, on a machine without such a card:
#
#   ./neurocare test --only half
#
# Needs Debian's Chromium and a C compiler. Mesa's software driver of version 25 or later is taken from
# NEUROCARE_DRIVER, or once from the backports of Debian 12 into the build folder. NEUROCARE_CHROMIUM_FOLDER says where
# Chromium lies (/usr/lib/chromium). Where something of this cannot be had, says what, and ends with 77.
set -euo pipefail
# They are meant from where this was called.
absolute() {
	case $1 in
	/*) echo "$1" ;;
	*) echo "$PWD/$1" ;;
	esac
}
own_driver=${NEUROCARE_DRIVER:+$(absolute "$NEUROCARE_DRIVER")}
chromium=$(absolute "${NEUROCARE_CHROMIUM_FOLDER:-/usr/lib/chromium}")
cd "$(dirname "$0")"
folder=${CARGO_TARGET_DIR:-$HOME/.cache/neurocare/target}/f16

lacks() {
	echo "$1"
	exit 77
}
[ -x "$chromium/chromium" ] || lacks "there is no Chromium in $chromium"
for file in libvk_swiftshader.so vk_swiftshader_icd.json; do
	[ -e "$chromium/$file" ] || lacks "the Chromium in $chromium has no $file"
done
command -v cc >/dev/null || lacks "there is no C compiler"
[ "$(uname -m)" = x86_64 ] || lacks "the driver's place in Chromium is known on x86-64 alone"

mkdir -p "$folder/browser" "$folder/lists/partial" "$folder/archives/partial"
folder=$(cd "$folder" && pwd)

# Named by what was unpacked: who has a driver gets the headers alone.
packages=(libvulkan-dev)
unpacked=$folder/unpacked/has-headers
if [ -z "$own_driver" ]; then
	packages+=(mesa-vulkan-drivers/bookworm-backports libllvm15)
	unpacked=$folder/unpacked/has-driver
fi
if [ ! -e "$unpacked" ]; then
	[ -n "$own_driver" ] || grep -qs '^12' /etc/debian_version || lacks "this is not Debian 12, whose driver is fetched"
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	for suite in bookworm bookworm-backports; do
		echo "deb [signed-by=$key] http://deb.debian.org/debian $suite main"
	done >"$folder/sources.list"
	apt=(-o "Dir::State::Lists=$folder/lists" -o "Dir::Cache::Archives=$folder/archives"
		-o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache="
		-o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null)
	apt-get "${apt[@]}" --quiet=2 update || lacks "Debian's packages cannot be had"
	(cd "$folder/archives" && apt-get "${apt[@]}" --quiet=2 download "${packages[@]}") || lacks "Debian's packages cannot be had"
	for package in "$folder"/archives/*.deb; do dpkg --extract "$package" "$folder/unpacked"; done
	touch "$unpacked"
fi
libraries=$folder/unpacked/usr/lib/x86_64-linux-gnu
export NEUROCARE_DRIVER=${own_driver:-$libraries/libvulkan_lvp.so}
[ -e "$NEUROCARE_DRIVER" ] || lacks "there is no driver $NEUROCARE_DRIVER"
export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

# A browser finds its drivers beside its own program. What draws the page keeps the usual one.
ln --symbolic --force "$chromium"/* "$folder/browser/"
rm "$folder/browser/chromium" "$folder/browser/libvk_swiftshader.so" "$folder/browser/vk_swiftshader_icd.json"
cp "$chromium/chromium" "$folder/browser/chromium"
cp "$chromium/libvk_swiftshader.so" "$folder/browser/libvk_usual.so"
sed s/libvk_swiftshader/libvk_usual/ "$chromium/vk_swiftshader_icd.json" >"$folder/browser/vk_swiftshader_icd.json"
cc -shared -fPIC -O1 -Wall -Wextra -Werror -I "$folder/unpacked/usr/include" \
	-o "$folder/browser/libvk_swiftshader.so" driver.c -ldl

NEUROCARE_CHROMIUM=$folder/browser/chromium node --test --test-timeout=600000 --test-reporter=spec f16.test.mjs
