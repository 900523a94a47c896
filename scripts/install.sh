#!/bin/sh
# Installs Aarogya on this computer, or upgrades it. Run it again whenever in doubt.
#
#   sudo sh install.sh               from a release folder, an unpacked archive or a stick
#   sudo sh install.sh --key FILE    trust the releases signed with this minisign key
#   sudo sh install.sh --unsigned    a release without a signature, where signed ones were
#   sudo sh install.sh --uninstall   removes the program; the clinic's data stays
#
# With DESTDIR=/some/root, and where systemd does not run, files are installed and nothing
# is started.
# shellcheck disable=SC2015 # A && B || fail: fail ends the program
set -eu
umask 022

root=${DESTDIR:-}
program=$root/usr/local/bin/aarogya
tools=$root/usr/local/lib/aarogya
units=$root/etc/systemd/system
rules=$root/etc/udev/rules.d
pinned=$root/etc/aarogya/release.pub # the key of the releases this computer takes
data=/var/lib/aarogya
here=$(cd "$(dirname "$0")" && pwd)
cards=${AAROGYA_CARDS:-$here} # where the card goes, when an archive was unpacked for this
changed=''

say() { printf '%s\n' "$*"; }
fail() { # what happened; what is safe; what to do
	printf 'install.sh: %s\nsafe: %s\nhint: %s\n' "$1" "$2" "$3" >&2
	exit 1
}
untouched="nothing on this computer was changed"

# started: this computer's own systemd runs, and the files are for it.
started() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

uninstall() {
	if started; then
		systemctl disable --quiet --now aarogya.service 2>/dev/null || true
	fi
	rm -f "$program" "$units/aarogya.service" "$units/aarogya-stick@.service" "$rules/80-aarogya-stick.rules" \
		"$units/multi-user.target.wants/aarogya.service"
	rm -rf "$tools" "$root/etc/aarogya"
	if started; then
		systemctl daemon-reload
		udevadm control --reload 2>/dev/null || true
	fi
	say "Aarogya is removed. The clinic's data is where it was: $root$data (with systemd really in $root/var/lib/private/aarogya)."
	say "To delete it too, for ever: rm -r $root/var/lib/private/aarogya $root$data"
}

# verified_signature KEYFILE: SHA256SUMS is what the owner of the key signed. A minisign
# signature is Ed25519 over the BLAKE2b of the file, and once more over that signature with
# the trusted comment; openssl 3 can check both where minisign is not installed.
verified_signature() {
	if command -v minisign >/dev/null; then
		minisign -V -q -H -p "$1" -m SHA256SUMS -x SHA256SUMS.minisig
		return
	fi
	t=$work/signature
	mkdir -p "$t"
	sed -n 2p "$1" | base64 -d >"$t/key"
	sed -n 2p SHA256SUMS.minisig | base64 -d >"$t/sig"
	[ "$(head -c 2 "$t/sig")" = ED ] && [ "$(wc -c <"$t/key")" = 42 ] && [ "$(wc -c <"$t/sig")" = 74 ] || return 1
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000' && tail -c 32 "$t/key"; } >"$t/key.der" # X.509's head for Ed25519
	tail -c 64 "$t/sig" >"$t/sig1"
	openssl dgst -blake2b512 -binary -out "$t/text1" SHA256SUMS
	sed -n 4p SHA256SUMS.minisig | base64 -d >"$t/sig2"
	{ cat "$t/sig1" && sed -n '3s/^trusted comment: //p' SHA256SUMS.minisig | tr -d '\r\n'; } >"$t/text2"
	for n in 1 2; do
		openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$t/key.der" -in "$t/text$n" -sigfile "$t/sig$n" >/dev/null || return 1
	done
}

can_verify() { command -v minisign >/dev/null || openssl pkeyutl -help 2>&1 | grep -q rawin; }

# check_signature in the release folder. Which key counts: one given by --key, else the one
# this computer took first, else the one beside the release.
check_signature() {
	key='' pin=''
	for k in "$given" "$pinned" aarogya.pub; do
		if [ -n "$k" ] && [ -f "$k" ]; then
			key=$k
			break
		fi
	done
	if [ ! -f SHA256SUMS.minisig ] || [ -z "$key" ]; then
		[ -z "$unsigned" ] && [ -n "$key" ] && [ "$key" != aarogya.pub ] &&
			fail "this release is not signed, and this computer takes signed releases" "$untouched" "get the signed release; if you know where this one comes from: --unsigned"
		say "signature: NOT checked, $([ -f SHA256SUMS.minisig ] && echo "there is no key to check it with" || echo "this release has none"). Who made it is unknown."
		return
	fi
	if ! can_verify; then
		[ "$key" = aarogya.pub ] ||
			fail "the signature cannot be checked: neither minisign nor openssl 3 is on this computer" "$untouched" "apt install minisign"
		say "signature: NOT checked, neither minisign nor openssl 3 is on this computer."
		return
	fi
	verified_signature "$key" ||
		fail "the signature is not by the owner of $key: these are not the files that were released" "$untouched" "copy the release anew from where you got it, and ask there if this comes again"
	sed -n '3s/^trusted comment: /signature: good, says: /p' SHA256SUMS.minisig
	if [ "$key" = aarogya.pub ]; then
		say "           by the key that lies beside the release, which proves no more than that nothing was damaged. Compare it with the one"
		say "           where you got the release: $(sed -n 2p aarogya.pub)"
	fi
	pin=$key
}

check_sums() { # [FILE]: this one of SHA256SUMS here, else all of them
	grep "^[0-9a-f]\{64\}  ${1-.*}\$" SHA256SUMS >"$work/sums" && sha256sum -c --quiet "$work/sums" >/dev/null 2>&1 ||
		fail "${1:-a file} is damaged: it does not have its sum in $PWD/SHA256SUMS" "$untouched" "copy the release anew; is the stick good?"
	say "checksums: good"
}

# put FILE TARGET MODE: whole or not at all, and only if it is another one.
put() {
	if cmp -s "$1" "$2" && [ "$(stat -c %a "$2")" = "$3" ]; then
		return
	fi
	mkdir -p "$(dirname "$2")" && cp "$1" "$2.new" && chmod "$3" "$2.new" && mv "$2.new" "$2" ||
		fail "cannot write $2" "what was installed before still runs; the clinic's data was not touched" "is the disk full or read-only? df -h; mount | grep ' / '"
	changed=yes
}

given='' unsigned='' remove=''
while [ $# -gt 0 ]; do
	case $1 in
	--uninstall) remove=yes ;;
	--unsigned) unsigned=yes ;;
	--key)
		[ -f "${2:-}" ] || fail "--key: there is no such file" "$untouched" "--key FILE, a minisign public key"
		given=$(readlink -f "$2")
		shift
		;;
	*) fail "$1 is not understood" "$untouched" "see the first lines of install.sh" ;;
	esac
	shift
done
[ "$(id -u)" = 0 ] || fail "this needs root" "$untouched" "sudo sh $0"
if [ -n "$remove" ]; then
	uninstall
	exit
fi

case $(uname -s)/$(uname -m) in
Linux/x86_64) arch=amd64 ;;
Linux/aarch64 | Linux/arm64) arch=arm64 ;;
Linux/armv6l | Linux/armv7l | Linux/armv8l) arch=armv6 ;;
*) fail "there is no Aarogya for $(uname -s) on $(uname -m)" "$untouched" "a Raspberry Pi, or a PC with 64-bit Linux" ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$here"
if [ ! -f aarogya ]; then
	archive=$(find . -maxdepth 1 -name "aarogya-*-linux-$arch.tar.gz" | sed 's|^\./||' | sort -V | tail -1)
	[ -n "$archive" ] && [ -f SHA256SUMS ] ||
		fail "neither the program nor aarogya-VERSION-linux-$arch.tar.gz with SHA256SUMS is in $here" "$untouched" "copy the whole release there, or unpack the archive for $arch and run the install.sh in it"
	check_signature
	check_sums "$archive"
	tar -xzf "$archive" -C "$work" || fail "cannot unpack $archive" "$untouched" "is there room in ${TMPDIR:-/tmp}? df -h"
	AAROGYA_CARDS=$here sh "$work/${archive%.tar.gz}/install.sh"
	[ -z "$pin" ] || put "$pin" "$pinned" 644 # from now on only releases signed with it
	exit
fi

[ -f SHA256SUMS ] || fail "SHA256SUMS is missing" "$untouched" "unpack the archive anew"
[ -n "$unsigned" ] || [ -n "${AAROGYA_CARDS:-}" ] || [ ! -f "$pinned" ] ||
	fail "this computer takes signed releases, and an unpacked archive has no signature" "$untouched" "run the install.sh that lies beside the archive and SHA256SUMS.minisig; if you know where this one comes from: --unsigned"
check_sums
if ! cmp -s aarogya "$program"; then
	mkdir -p "$(dirname "$program")" && cp aarogya "$program.new" && chmod 755 "$program.new" ||
		fail "cannot write $program" "what was installed before still runs" "is the disk full or read-only? df -h"
	"$program.new" version >/dev/null || { # from there: a stick may not allow programs to run
		rm -f "$program.new"
		fail "the program here does not run on this computer ($(uname -m))" "$untouched" "take the archive for linux-$arch"
	}
	mv "$program.new" "$program"
	changed=yes
fi
version=$("$program" version)
put stick.sh "$tools/stick.sh" 755
put aarogya.service "$units/aarogya.service" 644
put aarogya-stick@.service "$units/aarogya-stick@.service" 644
put 80-aarogya-stick.rules "$rules/80-aarogya-stick.rules" 644
if [ -n "$changed" ]; then say "$version is installed: $program"; else say "$version was installed already; nothing to change"; fi

if ! started; then
	say "Nothing was started: $([ -n "$root" ] && echo "these files are for $root" || echo "systemd does not run here")."
	say "To run it by hand: aarogya serve --data $data"
	exit
fi
if [ -n "$changed" ]; then
	sync
	systemctl daemon-reload
	udevadm control --reload 2>/dev/null || true
fi
systemctl enable --quiet aarogya.service
if [ -n "$changed" ]; then systemctl restart aarogya.service; else systemctl start aarogya.service; fi 2>/dev/null || {
	journalctl -u aarogya.service -n 5 -o cat --no-pager >&2 || true
	fail "it is installed and does not start" "the clinic's data in $data was not deleted" "the lines above say why; is another program on port 80 or 443? More: journalctl -u aarogya"
}
say "It runs, and starts with this computer."
say
"$program" device guide --data "$data" || fail "it runs, and the guide cannot be shown" "all is installed" "aarogya device guide --data $data"
[ -w "$cards" ] || cards=/root # a stick locked by its switch
if "$program" device card --data "$data" >"$work/card.html" && cp "$work/card.html" "$cards/card.html"; then
	sync -f "$cards" 2>/dev/null || true
	say "The clinic's card, to be printed: $cards/card.html"
else
	fail "it runs, and card.html cannot be written to $cards" "all is installed" "aarogya device card --data $data > card.html"
fi
