#!/usr/bin/env bash
# Release archives in dist/, with an SBOM each, checksums and install.sh: build.sh VERSION.
# The portals must be built. The same commit, Go and Node make the same bytes anywhere.
#
# Signed if AAROGYA_MINISIGN_KEY names a minisign secret key (its password, if it has one,
# in AAROGYA_MINISIGN_PASSWORD).
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?build.sh VERSION}
minisign="go run aead.dev/minisign/cmd/minisign@v0.3.0"
umask 022
rm -rf dist && mkdir -p dist
for target in linux/amd64 linux/arm64 linux/armv6 windows/amd64; do
	os=${target%/*} arch=${target#*/} binary=aarogya
	name=aarogya-$version-$os-$arch
	[ "$os" = windows ] && binary=aarogya.exe
	folder=dist/$name
	mkdir "$folder"
	scripts/go-build.sh "$os" "$arch" "$folder/$binary" "$version"
	echo "$name: $(stat -c %s "$folder/$binary") bytes"
	cp LICENSE README.md "$folder/"
	if [ -f docs/field-checklist.md ]; then cp docs/field-checklist.md "$folder/"; fi
	if [ "$os" = linux ]; then
		cp scripts/{install.sh,stick.sh,aarogya.service,aarogya-stick@.service,80-aarogya-stick.rules} "$folder/"
		(cd "$folder" && sha256sum -- * >../sums && mv ../sums SHA256SUMS)
	fi
	node scripts/sbom.mjs "$folder/$binary" "$version" >"dist/$name.cdx.json"
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w -C dist -c "$name" | gzip -n9 >"dist/$name.tar.gz"
	rm -r "$folder"
done
cp scripts/install.sh dist/
cd dist
sha256sum -- * >SHA256SUMS.new && mv SHA256SUMS.new SHA256SUMS && cat SHA256SUMS
if [ -z "${AAROGYA_MINISIGN_KEY:-}" ]; then
	echo "UNSIGNED: nobody can tell who made this release. To sign it, set AAROGYA_MINISIGN_KEY to the file of a minisign secret key."
	exit
fi
sign() { $minisign "$@" <<<"${AAROGYA_MINISIGN_PASSWORD:-}" >/dev/null; }
sign -R -s "$AAROGYA_MINISIGN_KEY" -p aarogya.pub
sign -S -s "$AAROGYA_MINISIGN_KEY" -m SHA256SUMS -t "aarogya $version for linux/amd64 linux/arm64 linux/armv6 windows/amd64"
$minisign -V -H -p aarogya.pub -m SHA256SUMS
