# shellcheck shell=bash disable=SC2154 # artifacts, cache and root are common.sh's
# Sourced by the scripts, after common.sh: Bochs 3, an emulator of AMD SVM with NRIP save and of Intel VMX. Debian has this version in its
# development suite only, so it is unpacked beside the project, with the libraries that it wants, and nothing is installed.

bochs=$artifacts/bochs
bochs_suite=sid

# What Bochs wants of a desktop without ever using it: apt is told that it is there, and leaves out some sixty packages.
bochs_pretended=(dconf-gsettings-backend gsettings-desktop-schemas adwaita-icon-theme hicolor-icon-theme shared-mime-info
  libgtk-3-common gtk-update-icon-cache xkb-data fontconfig-config tzdata debconf dpkg)

# try_bochs: puts Bochs and its firmware into artifacts/bochs, unless they are there. Returns 1 and leaves one line in $bochs_missing when it
# cannot. artifacts/bochs/bochs then starts it, and OVMF.fd and vgabios.bin beside it are its firmware.
try_bochs() {
  bochs_missing=
  [ ! -x "$bochs/bochs" ] || return 0
  local log=$artifacts/build-bochs.log
  : > "$log"
  mkdir -p "$cache"
  exec 8> "$cache/bochs.lock"
  flock 8
  if [ ! -x "$bochs/bochs" ]; then
    say "fetching Bochs (about 60 MB, once)"
    rm -rf "$bochs" "$bochs.new"
    if ! fetch_bochs "$bochs.new" >> "$log" 2>&1; then
      # The first complaint of apt or of this script is the reason; without one, the log has to do.
      bochs_missing="Bochs could not be fetched: $(grep -E '^(E|Err|bochs):' "$log" | head -n 1 | sed 's/^[^:]*: *//' | grep . || echo "see $log")"
    else
      mv "$bochs.new" "$bochs"
    fi
  fi
  exec 8>&-
  [ -z "$bochs_missing" ]
}

# need_bochs: the same, but nothing goes on without it.
need_bochs() { try_bochs || die "$bochs_missing"; }

# The Debian archive that this machine's own apt uses.
debian_archive() {
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' | sed -n 's/^Debian\/Debian //p' | sort -u | head -n 1
}

fetch_bochs() {
  local folder=$1 archive keyring=/usr/share/keyrings/debian-archive-keyring.gpg package
  archive=$(debian_archive)
  if [ -z "$archive" ]; then
    apt_lists
    archive=$(debian_archive)
  fi
  [ -n "$archive" ] || { echo "bochs: no Debian archive is among apt's sources, or its lists were never fetched (apt-get update)"; return 1; }
  [ -r "$keyring" ] || { echo "bochs: $keyring is missing (package debian-archive-keyring)"; return 1; }

  # An apt of its own: its own sources, lists, cache and list of what is installed. It checks signatures and sums as always.
  local state=$folder/apt
  mkdir -p "$state"/{etc/apt.conf.d,etc/preferences.d,lists/partial,archives/partial} "$folder/root"
  echo "deb [signed-by=$keyring] $archive $bochs_suite main" > "$state/etc/sources.list"
  for package in "${bochs_pretended[@]}"; do
    printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: foreign\nVersion: 9999\nMaintainer: nobody\nDescription: pretended\n\n' "$package"
  done > "$state/status"
  # A mirror may be behind; what it has is still Debian's.
  cat > "$state/apt.conf" << END
Dir "$state";
Dir::State "$state";
Dir::State::lists "$state/lists";
Dir::State::status "$state/status";
Dir::Cache "$state";
Dir::Cache::archives "$state/archives";
Dir::Etc "$state/etc";
Dir::Log "$state";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
Debug::NoLocking "true";
END
  APT_CONFIG=$state/apt.conf apt-get update -q --error-on=any || return 1
  APT_CONFIG=$state/apt.conf apt-get install -q -y --download-only bochs bochs-term bochsbios vgabios ovmf-generic || return 1
  for package in "$state"/archives/*.deb; do
    dpkg-deb -x "$package" "$folder/root" || return 1
  done
  rm -r "$state"

  cp "$folder/root/usr/share/ovmf/OVMF.fd" "$folder/OVMF.fd" || return 1
  cp -L "$folder/root/usr/share/bochs/VGABIOS-lgpl-latest" "$folder/vgabios.bin" || return 1
  cat > "$folder/bochs" << 'END'
#!/bin/sh
# Bochs with the libraries that came with it: this machine's own may be older.
root=$(dirname "$(realpath "$0")")/root
lib=$root/usr/lib/x86_64-linux-gnu
loader=$root/usr/lib64/ld-linux-x86-64.so.2
[ -e "$loader" ] || loader=$lib/ld-linux-x86-64.so.2
LTDL_LIBRARY_PATH=$lib/bochs/plugins BXSHARE=$root/usr/share/bochs exec "$loader" --library-path "$lib:$lib/pulseaudio" "$root/usr/bin/bochs-bin" "$@"
END
  chmod +x "$folder/bochs"
  # It runs, and has the processor that the tests want. (Its exit code says nothing.)
  "$folder/bochs" --help cpu < /dev/null 2>&1 | grep -x ryzen || { echo "bochs: what was fetched does not run"; return 1; }
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
