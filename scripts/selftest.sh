#!/usr/bin/env bash
# Builds the release's program for the three kinds of Linux boxes and has each try itself; what this
# computer is not, under QEMU, armv6 as the processor of the first Raspberry Pi.
# Installs QEMU on Debian when run as root.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v qemu-arm-static >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing QEMU for the selftest"
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq qemu-user-static >/dev/null; } || true
fi
own=$(go env GOHOSTARCH)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for target in amd64 arm64 armv6; do
	emulator=()
	if [ "$target" != "$own" ]; then
		emulator=("qemu-$(sed 's/amd64/x86_64/; s/arm64/aarch64/; s/armv6/arm/' <<<"$target")-static")
		if ! command -v "${emulator[0]}" >/dev/null; then
			echo "SKIPPED: selftest for linux/$target: ${emulator[0]} is missing (Debian: apt-get install qemu-user-static)"
			continue
		fi
	fi
	if [ "$target" = armv6 ]; then export QEMU_CPU=arm1176; fi
	scripts/go-build.sh linux "$target" "$folder/aarogya" selftest
	TMPDIR=$folder "${emulator[@]}" "$folder/aarogya" selftest
done
