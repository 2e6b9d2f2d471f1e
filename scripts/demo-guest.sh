#!/usr/bin/env bash
# demo-guest.sh DEST: puts the demo guest into DEST: vmlinuz (Debian's kernel), vmlinux (the same, as ELF), initrd.img (busybox, a shell,
# drivers, a DHCP client, and modetest to set modes of the display).
# Everything comes from Debian packages that apt downloads and authenticates; unpacked packages are cached by version.
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/newest-package.sh
. "$root/scripts/lib/newest-package.sh"
# shellcheck source=lib/guest-tree.sh
. "$root/scripts/lib/guest-tree.sh"

dest=${1:?usage: demo-guest.sh DEST}
need cpio cpio xz xz-utils zstd zstd lz4 lz4 gzip gzip
mkdir -p "$dest" "$cache/packages"

apt_lists
kernel=$(kernel_package)
busybox=$(package busybox-static)
# What sets modes of the display, and the libraries that it is linked with.
modetest=$(package libdrm-tests)
libdrm=$(package libdrm2)
libc=$(package libc6)

vmlinuz=$(ls "$kernel"/boot/vmlinuz-*)
modules=$(find "$kernel" -path '*lib/modules/*' -prune | head -n 1)
stamp="$(basename "$kernel") $(basename "$busybox") $(basename "$modetest") $(basename "$libdrm") $(basename "$libc") $(cat "$0" "$root/scripts/extract-vmlinux.sh" "$root/scripts/lib/guest-tree.sh" "$root"/esp-image/demo/* | cksum)"
[ "$(cat "$dest/.stamp" 2> /dev/null)" != "$stamp" ] || exit 0

say "building the demo guest from $(basename "$kernel")"
cp "$vmlinuz" "$dest/vmlinuz"
"$root/scripts/extract-vmlinux.sh" "$vmlinuz" "$dest/vmlinux"

umask 022
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{bin,dev,etc,lib/x86_64-linux-gnu,lib64,proc,sys,tmp,root}
cp "$busybox/bin/busybox" "$tree/bin/" 2> /dev/null || cp "$busybox/usr/bin/busybox" "$tree/bin/"
install -m 755 "$root/esp-image/demo/init" "$tree/init"
install -m 755 "$root/esp-image/demo/setmode" "$root/esp-image/demo/net" "$root/esp-image/demo/udhcpc.script" "$tree/bin/"
cp "$root/esp-image/demo/inittab" "$root/esp-image/demo/profile" "$tree/etc/"

cp "$modetest/usr/bin/modetest" "$tree/bin/"
for library in lib/x86_64-linux-gnu/libdrm.so.2 lib/x86_64-linux-gnu/libc.so.6 lib64/ld-linux-x86-64.so.2; do
  file=$(find "$libdrm" "$libc" -name "$(basename "$library")" | head -n 1)
  [ -n "$file" ] || die "no package has $library"
  cp -L "$file" "$tree/$library"
done

# Loaded when asked for: modprobe finds what a module needs in modules.dep.
version=$(basename "$modules")
mkdir -p "$tree/lib/modules/$version"

for module in mousedev psmouse evdev bochs virtio_pci virtio_blk virtio_console virtio-rng virtio_net; do
  add_module "$tree" "$modules" "$module"
done
"$tree/bin/busybox" depmod -b "$tree" "$version"
# depmod writes in the order in which the file system has the names.
for list in "$tree/lib/modules/$version"/modules.*; do LC_ALL=C sort -o "$list" "$list"; done
pack_tree "$tree" | gzip -9n > "$dest/initrd.img"
printf '%s\n' "$stamp" > "$dest/.stamp"
