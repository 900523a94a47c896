#!/usr/bin/env bash
# Finds what the browser tests need, or installs Debian's when run as root.
set -euo pipefail
need=()
[ -x /usr/bin/chromium ] || need+=(chromium fonts-noto-core)
if [ "$(id -u)" = 0 ]; then # only root can make the networks of trust.test.mjs, which needs these
	command -v certutil >/dev/null || need+=(libnss3-tools)
	command -v ip >/dev/null || need+=(iproute2)
	command -v openssl >/dev/null || need+=(openssl)
	if [ ${#need[@]} -gt 0 ] && command -v apt-get >/dev/null; then
		echo "installing for the browser tests: ${need[*]}"
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${need[@]}" >/dev/null
	fi
fi
[ -x /usr/bin/chromium ] && exit 0
echo "Chromium is missing: the browser tests need /usr/bin/chromium (Debian: apt-get install chromium fonts-noto-core)"
exit 1
