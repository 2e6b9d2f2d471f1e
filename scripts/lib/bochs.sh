# shellcheck shell=bash disable=SC2154 # artifacts, cache and root are common.sh's
# Sourced by the scripts, after common.sh: Bochs, an emulator of AMD SVM with NRIP save and of Intel VMX, in two versions that differ in what the
# firmware finds. 3.1 has ACPI tables, and VMX switched on and locked; Debian has it in its development suite only. 2.7 is Debian 12's: without
# ACPI tables, VMX not switched on yet. Both are unpacked beside the project, with the libraries that they want, and nothing is installed.

# shellcheck source=debian.sh
. "$root/scripts/lib/debian.sh"

bochs=$artifacts/bochs-3.1
bochs_27=$artifacts/bochs-2.7

# What Bochs wants of a desktop without ever using it: apt is told that it is there, and leaves out some sixty packages.
bochs_pretended=(dconf-gsettings-backend gsettings-desktop-schemas adwaita-icon-theme hicolor-icon-theme shared-mime-info
  libgtk-3-common gtk-update-icon-cache xkb-data fontconfig-config tzdata debconf dpkg)

# try_bochs VERSION: puts Bochs 3.1 or 2.7 and its firmware into artifacts/bochs-3.1 or artifacts/bochs-2.7, unless they are there. Returns 1 and
# leaves one line in $bochs_missing when it cannot. The program bochs in that folder then starts it, and OVMF.fd and vgabios.bin beside it are its
# firmware.
try_bochs() {
  local folder=$bochs suite=sid
  [ "$1" = 3.1 ] || folder=$bochs_27 suite=bookworm
  bochs_missing=
  [ ! -x "$folder/bochs" ] || return 0
  local log=$artifacts/build-${folder##*/}.log
  : > "$log"
  mkdir -p "$cache"
  exec 8> "$cache/${folder##*/}.lock"
  flock 8
  if [ ! -x "$folder/bochs" ]; then
    say "fetching Bochs $1 (about 60 MB, once)"
    rm -rf "$folder" "$folder.new"
    if ! fetch_bochs "$folder.new" "$suite" >> "$log" 2>&1; then
      # The first complaint of apt or of this script is the reason; without one, the log has to do.
      bochs_missing="Bochs $1 could not be fetched: $(grep -E '^(E|Err|bochs):' "$log" | head -n 1 | sed 's/^[^:]*: *//' | grep . || echo "see $log")"
    else
      mv "$folder.new" "$folder"
    fi
  fi
  exec 8>&-
  [ -z "$bochs_missing" ]
}

# need_bochs: 3.1, and nothing goes on without it.
need_bochs() { try_bochs 3.1 || die "$bochs_missing"; }

# fetch_bochs FOLDER SUITE
fetch_bochs() {
  local folder=$1 suite=$2 ovmf=ovmf-generic package
  [ "$suite" = sid ] || ovmf=ovmf
  local state=$folder/apt
  mkdir -p "$folder/root"
  private_apt "$state" deb "$suite" "${bochs_pretended[@]}" || return 1
  APT_CONFIG=$state/apt.conf apt-get install -q -y --download-only bochs bochs-term bochsbios vgabios "$ovmf" || return 1
  for package in "$state"/archives/*.deb; do
    dpkg-deb -x "$package" "$folder/root" || return 1
  done
  rm -r "$state"

  cp "$folder/root/usr/share/ovmf/OVMF.fd" "$folder/OVMF.fd" || return 1
  local arguments="'romimage: file=OVMF.fd, address=0x0, options=none' 'fw_cfg: enabled=1'" options=
  if [ "$suite" = sid ]; then
    cp -L "$folder/root/usr/share/bochs/VGABIOS-lgpl-latest" "$folder/vgabios.bin" || return 1
    mend_division "$folder" || return 1
  else
    # This version stops at its debugger's prompt, and has no fw_cfg to give OVMF tables by.
    cp -L "$folder/root/usr/share/vgabios/vgabios.bin" "$folder/vgabios.bin" || return 1
    echo c > "$folder/continue"
    # shellcheck disable=SC2016 # for the script below
    arguments="'romimage: file=OVMF.fd, address=0xffe00000, options=none'" options='-rc "$root/../continue"'
  fi
  need python3 python3
  python3 "$root/scripts/lib/bochs-interrupt.py" "$folder/root/usr/bin/bochs-bin" || return 1
  cat > "$folder/bochs" << END
#!/bin/sh
# Bochs with the libraries that came with it: this machine's own may be older. Its firmware is to be in the folder in which it is started.
root=\$(dirname "\$(realpath "\$0")")/root
lib=\$root/usr/lib/x86_64-linux-gnu
for loader in "\$root/usr/lib64/ld-linux-x86-64.so.2" "\$root/lib64/ld-linux-x86-64.so.2" "\$lib/ld-linux-x86-64.so.2"; do [ ! -e "\$loader" ] || break; done
LTDL_LIBRARY_PATH=\$lib/bochs/plugins BXSHARE=\$root/usr/share/bochs exec "\$loader" --library-path "\$lib:\$root/lib/x86_64-linux-gnu:\$lib/pulseaudio" \
  "\$root/usr/bin/bochs-bin" $options "\$@" $arguments
END
  chmod +x "$folder/bochs"
  # It runs, and has a processor that the tests want. (Its exit code says nothing.)
  "$folder/bochs" --help cpu < /dev/null 2>&1 | grep -x corei7_skylake_x || { echo "bochs: what was fetched does not run"; return 1; }
}

# mend_division FOLDER: Debian's compiler leaves a store out of Bochs 3.1's signed 64-bit division (a variable written through a pointer of another
# type), and every Linux kernel stops at its first IDIV with a divide error. The function is put right in the unpacked copy.
mend_division() {
  need nasm nasm python3 python3
  nasm -f bin "$root/scripts/lib/bochs-idiv.asm" -o "$1/idiv.bin" || return 1
  python3 "$root/scripts/lib/replace-function.py" "$1/root/usr/bin/bochs-bin" _Z9long_idivP7Bit128sPlPKS_l "$1/idiv.bin"
}

# bochs_arguments IMAGE CPU PROCESSORS MEGABYTES: prints, a line each, what else makes the machine of bochsrc; its disk.img is (a copy of) the
# image. ips is about what Bochs does on a PC, so that its seconds are as long as a person's.
bochs_arguments() {
  local cylinders
  cylinders=$(($(stat -c %s "$1") / (16 * 63 * 512)))
  printf '%s\n' "cpu: model=$2, count=$3, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=1" \
    "memory: guest=$4, host=$4" "ata0-master: type=disk, mode=flat, path=disk.img, cylinders=$cylinders, heads=16, spt=63"
}

# run_bochs FOLDER CPU PROCESSORS MEMORY [ARGUMENT...]: the machine in the folder, for a person. COM1 is this terminal; there is no window, because
# OVMF's display driver faults on Bochs's PCI card.
run_bochs() {
  local folder=$1 arguments megabytes serial
  case $4 in
    *G) megabytes=$((${4%G} * 1024)) ;;
    *) megabytes=${4%M} ;;
  esac
  case $megabytes in '' | *[!0-9]*) die "--memory takes a number with M or G, not $4" ;; esac
  mapfile -t arguments < <(bochs_arguments "$folder/disk.img" "$2" "$3" "$megabytes")
  if serial=$(tty); then
    say "Ctrl+] brings the menu, which appears below; q in it switches off"
    arguments+=("com1: enabled=1, mode=term, dev=$serial")
  else
    mkfifo "$folder/serial"
    cat "$folder/serial" &
    arguments+=("com1: enabled=1, mode=file, dev=serial")
  fi
  shift 4
  cp "$bochs/OVMF.fd" "$bochs/vgabios.bin" "$folder"
  # Its own words go to a file; its exit code says nothing.
  (cd "$folder" && exec "$bochs/bochs" -q -f "$root/scripts/lib/bochsrc" "${arguments[@]}" "$@" > bochs.out 2>&1) || true
  # Lets cat end even if Bochs never came as far as the serial line.
  [ ! -p "$folder/serial" ] || : <> "$folder/serial"
  wait
  # To Bochs, a machine that switches itself off is a panic too.
  local panic
  touch "$folder/bochs.log"
  panic=$(cat "$folder"/bochs.log "$folder"/bochs.out | sed -n '/soft power off/d; s/.*>>PANIC<< //p' | head -n 1)
  [ -z "$panic" ] || die "Bochs gave up: $panic"
}
