#!/bin/sh
# What the box does with a stick labelled AAROGYA…: stick.sh /dev/sdX1, as its unit's root.
# Writes the clinic's card on it. A backup belongs between the card and the last sync.
set -eu
device=${1:?stick.sh DEVICE}
data=/var/lib/aarogya
at=${RUNTIME_DIRECTORY:?is set by aarogya-stick@.service}

fail() { # what happened, what to do
	echo "aarogya stick $device: $1" >&2
	echo "hint: $2" >&2
	exit 1
}

mount -o nosuid,nodev,noexec,noatime "$device" "$at" ||
	fail "it cannot be read; nothing was written to it" "format it as FAT32 or ext4, with a label that begins with AAROGYA"
trap 'umount "$at"' EXIT

# Whole or not at all: under another name first, for a stick that is pulled out too soon.
# Nothing that lies there under these names is followed: a link could lead to the clinic's data.
rm -f "$at/card.html.partial"
/usr/local/bin/aarogya device card --data "$data" >"$at/card.html.partial" ||
	fail "the clinic's card could not be written on it" "is the stick full, or locked by its switch? is the box set up? systemctl status aarogya"
sync "$at/card.html.partial"
mv -T "$at/card.html.partial" "$at/card.html"
sync -f "$at"
trap - EXIT
umount "$at" || fail "the card is on it, but it is still in use" "wait a minute before it is taken out"
echo "aarogya stick $device: card.html is on it; safe to remove"
