#!/usr/bin/env bash
# Release archives with checksums: build.sh VERSION. The portals must be built.
# Each binary is static and runs on its own.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?build.sh VERSION}
rm -rf dist && mkdir -p dist
for target in linux/amd64 linux/arm64 linux/arm windows/amd64; do
	os=${target%/*} arch=${target#*/} name=aarogya-$version-$os-$arch binary=aarogya
	[ "$arch" = arm ] && name=aarogya-$version-linux-armv6
	[ "$os" = windows ] && binary=aarogya.exe
	mkdir "dist/$name"
	CGO_ENABLED=0 GOOS=$os GOARCH=$arch GOARM=6 go build -tags nomsgpack -trimpath \
		-ldflags "-s -w -X aarogya/app.Version=$version -X aarogya/app.commitTime=$(git show -s --format=%ct 2>/dev/null)" -o "dist/$name/$binary" .
	cp LICENSE README.md "dist/$name/"
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C dist -c "$name" | gzip -n >"dist/$name.tar.gz"
	rm -r "dist/$name"
done
(cd dist && sha256sum ./*.tar.gz >SHA256SUMS && cat SHA256SUMS)
