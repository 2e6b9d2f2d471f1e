#!/usr/bin/env bash
# appliance.sh DEST: puts the mail and browser appliance into DEST: vmlinux (Debian's kernel as ELF), initrd.img (what its start screen needs) and
# programs.squashfs (everything else).
# appliance.sh --renew: takes the newest versions of Debian 12 into esp-image/appliance/packages.lock.
# The versions and hashes of all packages are in the lock file; the same lock and sources make the same bytes. docs/appliance.md tells more.
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/packages.sh
. "$root/scripts/lib/packages.sh"
# shellcheck source=lib/guest-tree.sh
. "$root/scripts/lib/guest-tree.sh"

source=$root/esp-image/appliance
lock=$source/packages.lock
dest=${1:?usage: appliance.sh DEST | --renew}
need cpio cpio xz xz-utils zstd zstd lz4 lz4 mksquashfs squashfs-tools readelf binutils gcc gcc
need_dotnet
mkdir -p "$cache/packages"
umask 022

tree=$(mktemp -d) apart=$(mktemp -d)
trap 'rm -rf "$tree" "$apart"' EXIT
declare -A used=() library=()

# take NAME PATH [TARGET]: a file or folder of a package into the tree; TARGET when it is to be elsewhere.
take() {
  local from=${package_folder[$1]:?}/$2 to=$tree/${3:-$2}
  [ -e "$from" ] || die "the package $1 has no $2"
  used[$1]=yes
  mkdir -p "$(dirname "$to")"
  cp -rL "$from" "$to"
}

# Where each shared library is: "PACKAGE PATH" by its name.
find_libraries() {
  local name file
  for name in "${!package_folder[@]}"; do
    while read -r file; do
      library[$(basename "$file")]="$name ${file#"${package_folder[$name]}"/}"
    done < <(find "${package_folder[$name]}" \( -path '*lib/x86_64-linux-gnu/*.so*' -o -path '*/x86_64-linux-gnu/pulseaudio/*.so*' \))
  done
}

# take_needed FILE: the libraries that a program or library is linked with, and theirs.
take_needed() {
  local name package path
  for name in $(LC_ALL=C readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p'); do
    take_library "$name"
  done
}

# take_library NAME
take_library() {
  local package path
  [ ! -e "$tree/usr/lib/x86_64-linux-gnu/$1" ] || return 0
  [ -n "${library[$1]:-}" ] || die "no package has the library $1"
  read -r package path <<< "${library[$1]}"
  take "$package" "$path" "usr/lib/x86_64-linux-gnu/$1"
  take_needed "$tree/usr/lib/x86_64-linux-gnu/$1"
}

# program NAME PATH: a program of a package, and its libraries.
program() {
  take "$1" "$2" "usr/bin/$(basename "$2")"
  take_needed "$tree/usr/bin/$(basename "$2")"
}

layout() {
  mkdir -p "$tree"/{dev,etc,proc,root,run,sys,tmp,var/tmp} "$tree"/usr/{bin,lib,lib64,share}
  chmod 1777 "$tree/tmp" "$tree/var/tmp"
  ln -s usr/bin "$tree/bin"
  ln -s usr/bin "$tree/sbin"
  ln -s bin "$tree/usr/sbin"
  ln -s usr/lib "$tree/lib"
  ln -s usr/lib64 "$tree/lib64"
  ln -s ../run "$tree/var/run"
}

base() {
  local applet
  take busybox-static bin/busybox usr/bin/busybox
  for applet in $("$tree/usr/bin/busybox" --list); do
    [ -e "$tree/usr/bin/$applet" ] || ln -s busybox "$tree/usr/bin/$applet"
  done
  take libc6 lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 usr/lib64/ld-linux-x86-64.so.2
  # The C library opens these by name, and .NET the cryptography.
  for name in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2 libgcc_s.so.1 libssl.so.3 libcrypto.so.3; do
    take_library "$name"
  done
  take libc-bin usr/lib/locale/C.utf8
  take ncurses-base lib/terminfo/l/linux usr/share/terminfo/l/linux
  cp "$source"/etc/* "$tree/etc/"
  install -m 755 "$source/init" "$tree/init"
  for file in "$source"/programs/*; do
    install -m 755 "$file" "$tree/usr/bin/"
  done
}

programs() {
  local file
  program netsurf-fb usr/bin/netsurf-fb
  for file in Messages quirks.css adblock.css default.css internal.css default.ico favicon.png netsurf.png throbber icons languages en SearchEngines \
    credits.html licence.html welcome.html maps.html; do
    if [ -e "${package_folder[netsurf-common]}/usr/share/netsurf/$file" ]; then take netsurf-common "usr/share/netsurf/$file"; fi
  done
  for file in Sans Sans-Bold SansMono SansMono-Bold Serif Serif-Bold; do
    take fonts-dejavu-core "usr/share/fonts/truetype/dejavu/DejaVu$file.ttf"
  done
  # What iconv needs for the encodings of pages and mails.
  for file in "${package_folder[libc6]}"/usr/lib/x86_64-linux-gnu/gconv/{gconv-modules,gconv-modules.d,UTF-*,ISO8859-*,CP125*,KOI8-*,EUC-JP.so,EUC-KR.so,SJIS.so,GB*,BIG5.so,ISO-2022-JP.so,UNICODE.so,lib*}; do
    take libc6 "${file#"${package_folder[libc6]}"/}"
  done
  program mutt usr/bin/mutt
  program mutt usr/bin/mutt_dotlock
  program nano bin/nano
}

data() {
  local file name zones=$tree/usr/share/zoneinfo
  # Certificates: what update-ca-certificates would have made of them.
  used[ca-certificates]=yes
  mkdir -p "$tree/etc/ssl/certs"
  find "${package_folder[ca-certificates]}/usr/share/ca-certificates/mozilla" -name '*.crt' | LC_ALL=C sort | while read -r file; do
    # With a line end at the end, whatever the file has.
    awk 1 "$file"
  done > "$tree/etc/ssl/certs/ca-certificates.crt"
  take tzdata usr/share/zoneinfo
  rm -rf "$zones"/{posix,right,posixrules,localtime,leap-seconds.list,leapseconds,tzdata.zi,zone.tab}
  program kbd bin/setfont
  take console-setup-linux usr/share/consolefonts/Uni2-Terminus24x12.psf.gz
  take console-setup-linux usr/share/consolefonts/Uni2-Terminus16.psf.gz
  gunzip -n "$tree"/usr/share/consolefonts/*.gz
  keymaps
}

# Keyboard layouts as busybox's loadkmap takes them. The compiler for them is the packages' own, with their own C library.
keymaps() {
  local maps=${package_folder[console-data]}/usr/share/keymaps/i386 name path libc=${package_folder[libc6]}/lib/x86_64-linux-gnu
  used[kbd]=yes used[console-data]=yes
  mkdir -p "$tree/usr/share/kmaps"
  while read -r name path; do
    # Maps include others, which are found from the folder above.
    (cd "$maps" && "$libc/ld-linux-x86-64.so.2" --library-path "$libc" "${package_folder[kbd]}/bin/loadkeys" -q -u -b "$path.kmap.gz") \
      > "$tree/usr/share/kmaps/$name.bmap" 2> "$tree/errors" || die "loadkeys: $path: $(cat "$tree/errors")"
  done < <(grep -v '^#' "$source/keymaps")
  rm -f "$tree/errors"
}

kernel() {
  local name module modules
  for name in "${!package_folder[@]}"; do
    case $name in linux-image-[0-9]*) break ;; esac
  done
  used[$name]=yes
  modules=$(find "${package_folder[$name]}" -path '*lib/modules/*' -prune | head -n 1)
  for module in virtio_pci virtio_blk virtio_net virtio_console virtio-rng psmouse evdev bochs af_packet squashfs; do
    add_module "$tree" "$modules" "$module"
  done
  "$tree/usr/bin/busybox" depmod -b "$tree" "$(basename "$modules")"
  "$root/scripts/extract-vmlinux.sh" "$(ls "${package_folder[$name]}"/boot/vmlinuz-*)" "$1.full"
  hypercore trim-elf "$1.full" "$1" || die "the kernel could not be made smaller"
  rm "$1.full"
}

# The start screen, compiled to machine code. Paths of this machine and the number of the commit are kept out of it.
start_screen() {
  local out=$artifacts/startscreen log=$artifacts/build-startscreen.log
  mkdir -p "$out"
  if ! dotnet publish "$root/HyperCore.StartScreen" -p:Native=true -c Release -o "$out" -v quiet \
    "-p:PathMap=$root=/hypercore" -p:DebugType=none -p:IncludeSourceRevisionInInformationalVersion=false > "$log" 2>&1 < /dev/null; then
    cat "$log" >&2
    die "HyperCore.StartScreen does not build"
  fi
  install -m 755 "$out/start-screen" "$tree/usr/bin/"
  take_needed "$tree/usr/bin/start-screen"
}

# set_apart FILE: what the start screen does without goes into a file system of its own, a disk of the VM, which is mounted when the start screen is
# there: from the initial RAM disk the kernel would copy it before anything else happens. Links are left in its place.
set_apart() {
  local path name
  for name in "$tree"/usr/lib/{x86_64-linux-gnu,modules/*}/* "$tree"/usr/bin/{netsurf-fb,mutt,mutt_dotlock,nano,setfont} \
    "$tree"/usr/share/{consolefonts,fonts,netsurf,zoneinfo} "$tree/usr/lib/locale"; do
    case ${name##*/} in libc.so.6 | libm.so.6 | modules.* | virtio.ko | virtio_ring.ko | virtio_pci*.ko | virtio_blk.ko | squashfs.ko) continue ;; esac
    path=${name#"$tree"/}
    mkdir -p "$apart/${path%/*}"
    mv "$name" "$apart/$path"
    ln -s "/programs/$path" "$name"
  done
  mkdir "$tree/programs"
  env -u SOURCE_DATE_EPOCH mksquashfs "$apart" "$1" -comp lz4 -Xhc -noappend -all-root -all-time 0 -mkfs-time 0 -no-xattrs -no-progress -quiet
}

# build FOLDER: from what package_folder names.
build() {
  find_libraries
  layout
  base
  programs
  data
  start_screen
  kernel "$1/vmlinux"
  set_apart "$1/programs.squashfs.new"
  # LZ4 as the kernel reads it is the old frame format.
  pack_tree "$tree" | lz4 -q -l -9 > "$1/initrd.img.new"
  mv "$1/programs.squashfs.new" "$1/programs.squashfs"
  mv "$1/initrd.img.new" "$1/initrd.img"
}

if [ "$dest" = --renew ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$tree" "$apart" "$work"' EXIT
  # shellcheck disable=SC2046 # a list of words
  resolve_packages $(grep -v '^#' "$source/packages") > "$work/all"
  locked_packages "$work/all"
  build "$work"
  while read -r name rest; do
    [ -z "${used[$name]:-}" ] || printf '%s %s\n' "$name" "$rest"
  done < "$work/all" | LC_ALL=C sort > "$work/lock"
  cp "$work/lock" "$lock"
  say "the lock names $(wc -l < "$lock") packages; the appliance made of them: kernel $(stat -c %s "$work/vmlinux"), initrd $(stat -c %s "$work/initrd.img"), \
programs $(stat -c %s "$work/programs.squashfs") bytes"
  exit
fi

mkdir -p "$dest"
stamp=$(cd "$root" && find esp-image/appliance scripts/appliance.sh scripts/extract-vmlinux.sh scripts/lib/packages.sh scripts/lib/guest-tree.sh \
  HyperCore.StartScreen HyperCore.Core HyperCore.Tool/TrimmedElf.cs Directory.Build.props Directory.Packages.props -type f \
  -not -path '*/bin/Debug/*' -not -path '*/bin/Release/*' -not -path '*/obj/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
[ "$(cat "$dest/.stamp" 2> /dev/null)" != "$stamp" ] || exit 0
[ -e "$lock" ] || die "there is no $lock; run scripts/appliance.sh --renew"
locked_packages "$lock"
say "building the appliance"
build "$dest"
printf '%s\n' "$stamp" > "$dest/.stamp"
