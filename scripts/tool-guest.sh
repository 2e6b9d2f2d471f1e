#!/usr/bin/env bash
# tool-guest.sh DEST: makes the initial RAM disk DEST of a Linux in which the command line is tested: the demo guest's with drivers for disks,
# FAT and UEFI variables, Debian's efibootmgr and chattr, and hypercore. Its kernel is the demo guest's; tests alone boot it.
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/newest-package.sh
. "$root/scripts/lib/newest-package.sh"
# shellcheck source=lib/guest-tree.sh
. "$root/scripts/lib/guest-tree.sh"

dest=${1:?usage: tool-guest.sh DEST}
need cpio cpio xz xz-utils zstd zstd gzip gzip readelf binutils
demo=$artifacts/esp/EFI/HyperCore/demo
[ -e "$demo/initrd.img" ] || die "there is no demo guest; run scripts/build.sh"
"$root/scripts/tool.sh"
apt_lists
kernel=$(kernel_package)
libraries=()
for name in libc6 libefivar1 libefiboot1 libext2fs2 libcom-err2; do
  libraries+=("$(package "$name")")
done
efibootmgr=$(package efibootmgr)
e2fsprogs=$(package e2fsprogs)
stamp=$(printf '%s\n' "$kernel" "$efibootmgr" "$e2fsprogs" "${libraries[@]}"; cat "$artifacts/hypercore" "$demo/initrd.img" "$0" "$root/scripts/lib/guest-tree.sh" | sha256sum)
mkdir -p "$(dirname "$dest")"
[ ! -e "$dest" ] || [ "$(cat "$dest.stamp" 2> /dev/null)" != "$stamp" ] || exit 0

say "building $(basename "$dest")"
umask 022
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
gzip -dc "$demo/initrd.img" | (cd "$tree" && cpio --quiet -id)

# take_needed FILE: the libraries that a program or library is linked with, and theirs.
take_needed() {
  local name file
  for name in $(LC_ALL=C readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p'); do
    [ ! -e "$tree/lib/x86_64-linux-gnu/$name" ] || continue
    file=$(find "${libraries[@]}" -name "$name" | head -n 1)
    [ -n "$file" ] || die "no package has $name, which $(basename "$1") needs"
    cp -L "$file" "$tree/lib/x86_64-linux-gnu/$name"
    take_needed "$tree/lib/x86_64-linux-gnu/$name"
  done
}

for program in "$efibootmgr/bin/efibootmgr" "$e2fsprogs/usr/bin/chattr" "$artifacts/hypercore"; do
  install -m 755 "$program" "$tree/bin/"
  take_needed "$program"
done

# disks: what a PC's Linux has done by itself: the disk's EFI system partition, the stick, and the variables.
cat > "$tree/bin/disks" << 'END'
#!/bin/busybox sh
for module in nvme xhci-pci usb-storage sd_mod vfat nls_cp437 nls_ascii nls_utf8 efivarfs; do
  modprobe "$module" || exit
done
mkdir -p /boot/efi /stick
mount -t efivarfs efivarfs /sys/firmware/efi/efivars || exit
while [ ! -e /dev/nvme0n1p2 ] || [ ! -e /dev/sda1 ]; do sleep 0.1; done
mount -t vfat /dev/nvme0n1p2 /boot/efi && mount -t vfat -o ro /dev/sda1 /stick
END
chmod 755 "$tree/bin/disks"

modules=$(find "$kernel" -path '*lib/modules/*' -prune | head -n 1)
for module in nvme xhci-pci usb-storage sd_mod vfat nls_cp437 nls_ascii nls_utf8 efivarfs; do
  add_module "$tree" "$modules" "$module"
done
"$tree/bin/busybox" depmod -b "$tree" "$(basename "$modules")"
pack_tree "$tree" | gzip -1n > "$dest.new"
mv "$dest.new" "$dest"
printf '%s\n' "$stamp" > "$dest.stamp"
