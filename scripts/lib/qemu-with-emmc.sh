#!/usr/bin/env bash
# qemu-with-emmc.sh PROGRAM: prints PROGRAM when that QEMU has an eMMC, or else the one that is fetched for it.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=qemu.sh
. "$root/scripts/lib/qemu.sh"

program=$1
if ! has_emmc "$program"; then
  try_qemu || die "this QEMU has no eMMC, and $qemu_missing"
  program=$new_qemu/qemu-system-x86_64
fi
printf '%s\n' "$program"
