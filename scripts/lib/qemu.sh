# shellcheck shell=bash disable=SC2154 # artifacts, cache and root are common.sh's
# Sourced by the scripts, after common.sh: a QEMU with an eMMC. It is new in QEMU 11.1, which Debian has in its development suite only.
# Unpacked beside the project with the libraries that it wants; nothing is installed.

# shellcheck source=debian.sh
. "$root/scripts/lib/debian.sh"

new_qemu=$artifacts/qemu-11

# What QEMU wants of a whole system without ever using it here.
qemu_pretended=(debconf dpkg systemd tzdata adduser)

# has_emmc PROGRAM: that QEMU has an eMMC. (Its exit code says nothing.)
has_emmc() { "$1" -device emmc,help 2> /dev/null < /dev/null | grep '^emmc options' > /dev/null; }

# try_qemu: puts QEMU into artifacts/qemu-11, unless it is there. Returns 1 and leaves one line in $qemu_missing when it cannot. The program
# qemu-system-x86_64 in that folder then starts it.
try_qemu() {
  qemu_missing=
  [ ! -x "$new_qemu/qemu-system-x86_64" ] || return 0
  local log=$artifacts/build-${new_qemu##*/}.log
  : > "$log"
  mkdir -p "$cache"
  exec 8> "$cache/${new_qemu##*/}.lock"
  flock 8
  if [ ! -x "$new_qemu/qemu-system-x86_64" ]; then
    say "fetching a QEMU with an eMMC (about 40 MB, once)"
    rm -rf "$new_qemu" "$new_qemu.new"
    if ! fetch_qemu "$new_qemu.new" >> "$log" 2>&1; then
      qemu_missing="a QEMU with an eMMC could not be fetched: $(grep -E '^E:' "$log" | head -n 1 | sed 's/^[^:]*: *//' | grep . || echo "see $log")"
    else
      mv "$new_qemu.new" "$new_qemu"
    fi
  fi
  exec 8>&-
  [ -z "$qemu_missing" ]
}

# fetch_qemu FOLDER
fetch_qemu() {
  local folder=$1 package
  mkdir -p "$folder/root"
  private_apt "$folder/apt" deb sid "${qemu_pretended[@]}" || return 1
  APT_CONFIG=$folder/apt/apt.conf apt-get install -q -y --download-only qemu-system-x86 || return 1
  for package in "$folder"/apt/archives/*.deb; do
    dpkg-deb -x "$package" "$folder/root" || return 1
  done
  rm -r "$folder/apt"
  cat > "$folder/qemu-system-x86_64" << 'END'
#!/bin/sh
# QEMU with the libraries that came with it: this machine's own may be older.
root=$(dirname "$(realpath "$0")")/root
lib=$root/usr/lib/x86_64-linux-gnu
for loader in "$root/usr/lib64/ld-linux-x86-64.so.2" "$root/lib64/ld-linux-x86-64.so.2" "$lib/ld-linux-x86-64.so.2"; do [ ! -e "$loader" ] || break; done
QEMU_MODULE_DIR=$lib/qemu exec "$loader" --library-path "$lib:$root/lib/x86_64-linux-gnu" "$root/usr/bin/qemu-system-x86_64" \
  -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" -L "$root/usr/lib/ipxe/qemu" "$@"
END
  chmod +x "$folder/qemu-system-x86_64"
  has_emmc "$folder/qemu-system-x86_64" || { echo "E: what was fetched does not run, or has no eMMC"; return 1; }
}
