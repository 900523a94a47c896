#!/usr/bin/env bash
# The program as it is released: go-build.sh OS ARCH FILE VERSION. ARCH: amd64, arm64, armv6.
# It is static, and the same bytes wherever it is built from the same commit with the same Go.
set -euo pipefail
cd "$(dirname "$0")/.."
# Functions are copied into their callers only where that makes the box faster. Copied
# everywhere, the arm64 binary is 1.1 MB larger and no faster; nowhere, a list of cases takes
# 3 times as long; everywhere but in SQLite (modernc.org), twice as long.
flags=(-gcflags=all=-l)
for hot in runtime/... internal/... sync/... modernc.org/... bytes strings strconv unicode/... slices reflect bufio io \
	encoding/json encoding/binary encoding/base64 encoding/hex crypto/... hash/... math/bits golang.org/x/crypto/...; do
	flags+=(-gcflags="$hot=")
done
for cold in crypto/tls crypto/x509/...; do
	flags+=(-gcflags="$cold=-l")
done
export CGO_ENABLED=0 GOFLAGS='' GOOS=$1 GOARCH=${2/armv6/arm} GOAMD64=v1 GOARM64=v8.0 GOARM=6
go build -tags nomsgpack -trimpath -buildvcs=false "${flags[@]}" -ldflags "-s -w -X aarogya/app.Version=$4 -X aarogya/app.commitTime=$(git show -s --format=%ct 2>/dev/null)" -o "$3" .
size=$(stat -c %s "$3")
most=$((16 << 20)) # it must fit small SD cards, and load from slow ones
if [ "$1/$2" = linux/arm64 ] && [ "$size" -gt $most ]; then
	echo "the program for linux/arm64 has $size bytes, more than $most: which dependency made it grow?" >&2
	exit 1
fi
