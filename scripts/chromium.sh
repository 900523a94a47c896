#!/usr/bin/env bash
# Finds Chromium for the browser tests, or installs Debian's when run as root.
set -euo pipefail
[ -x /usr/bin/chromium ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "installing Chromium for the browser tests"
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core >/dev/null
	exit 0
fi
echo "Chromium is missing: the browser tests need /usr/bin/chromium (Debian: apt-get install chromium fonts-noto-core)"
exit 1
