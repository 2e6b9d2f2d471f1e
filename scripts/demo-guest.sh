#!/usr/bin/env bash
# demo-guest.sh DEST: puts the demo guest into DEST: vmlinuz (Debian's kernel), vmlinux (the same, as ELF), initrd.img (busybox and a shell).
# Everything comes from Debian packages that apt downloads and authenticates; unpacked packages are cached by version.
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"

dest=${1:?usage: demo-guest.sh DEST}
need cpio cpio xz xz-utils zstd zstd lz4 lz4 gzip gzip
mkdir -p "$dest" "$cache/packages"

# package NAME: prints the folder that holds the unpacked newest version of a package.
package() {
  local version folder
  version=$(apt-cache policy "$1" | awk '/Candidate:/ { print $2 }')
  [ -n "$version" ] && [ "$version" != "(none)" ] || die "apt knows no package $1; run apt-get update, and check that Debian's main archive is among its sources"
  folder=$cache/packages/$1_${version//:/-}
  if [ ! -e "$folder/.complete" ]; then
    say "downloading $1 $version"
    rm -rf "$folder"
    mkdir -p "$folder/download"
    (cd "$folder/download" && apt-get download -qq -o APT::Sandbox::User=root "$1=$version") || die "apt-get could not download $1"
    dpkg-deb -x "$folder"/download/*.deb "$folder"
    rm -r "$folder/download"
    touch "$folder/.complete"
  fi
  printf '%s\n' "$folder"
}

apt_lists
# linux-image-amd64 is empty and depends on the kernel of the day.
kernel_name=$(apt-cache depends --important linux-image-amd64 | awk '/Depends: linux-image-[0-9]/ { print $2; exit }')
[ -n "$kernel_name" ] || die "linux-image-amd64 names no kernel; run apt-get update"
kernel=$(package "$kernel_name")
busybox=$(package busybox-static)

vmlinuz=$(ls "$kernel"/boot/vmlinuz-*)
modules=$(find "$kernel" -path '*lib/modules/*' -prune | head -n 1)
stamp="$(basename "$kernel") $(basename "$busybox") $(cat "$0" "$root/scripts/extract-vmlinux.sh" "$root"/esp-image/demo/* | cksum)"
[ "$(cat "$dest/.stamp" 2> /dev/null)" != "$stamp" ] || exit 0

say "building the demo guest from $(basename "$kernel")"
cp "$vmlinuz" "$dest/vmlinuz"
"$root/scripts/extract-vmlinux.sh" "$vmlinuz" "$dest/vmlinux"

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{bin,dev,etc,proc,sys,tmp,root,modules}
cp "$busybox/bin/busybox" "$tree/bin/" 2> /dev/null || cp "$busybox/usr/bin/busybox" "$tree/bin/"
install -m 755 "$root/esp-image/demo/init" "$tree/init"
cp "$root/esp-image/demo/inittab" "$root/esp-image/demo/profile" "$tree/etc/"
for module in drivers/input/mouse/psmouse drivers/input/evdev drivers/input/mousedev; do
  file=$(find "$modules/kernel/$(dirname "$module")" -name "$(basename "$module").ko*" | head -n 1)
  case $file in
    *.ko.xz) xz -dc "$file" > "$tree/modules/$(basename "$module").ko" ;;
    *.ko.zst) zstd -qdc "$file" > "$tree/modules/$(basename "$module").ko" ;;
    *.ko) cp "$file" "$tree/modules/" ;;
  esac
done
(cd "$tree" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0) | gzip -9n > "$dest/initrd.img"
printf '%s\n' "$stamp" > "$dest/.stamp"
