#!/usr/bin/env bash
# firmware.sh [options]: OVMF that can boot from SD and eMMC, and OVMF that carries HyperCore in its flash. See usage below and docs/media.md.
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/debian.sh
. "$root/scripts/lib/debian.sh"

usage() {
  cat << 'END'
usage: scripts/firmware.sh [--conf FILE | --no-conf] [--file PATH=FILE]... [--output FILE] [--no-build]

Makes, in artifacts/firmware/:
  OVMF_SD.fd          the installed OVMF with EDK2's drivers for SD cards and eMMC
  OVMF_HYPERCORE.fd   the same, with HyperCore in it: it starts with no disk at all
  OVMF_VARS.fd        the variable store of both, to be copied for each machine

  --conf FILE         the hypercore.conf in the flash (default: one that offers the test guest)
  --no-conf           none: HyperCore looks for one on the machine's partitions
  --file PATH=FILE    another file, by the path that hypercore.conf calls it: '\EFI\HyperCore\kernel=build/kernel'
  --output FILE       where the firmware with HyperCore goes (default artifacts/firmware/OVMF_HYPERCORE.fd)
  --no-build          take the HyperCore that was built last
END
}

recipe=$root/scripts/firmware/HyperCoreFirmware
conf=$root/scripts/firmware/hypercore.conf
folder=$artifacts/firmware
output=$folder/OVMF_HYPERCORE.fd
build=yes
files=()
while [ $# -gt 0 ]; do
  case $1 in
    --no-conf) conf='' ;;
    --no-build) build='' ;;
    --conf | --file | --output)
      [ $# -ge 2 ] || die "$1 needs a value; see firmware.sh --help"
      case $1 in
        --conf) conf=$2 ;;
        --output) output=$2 ;;
        --file)
          case $2 in *=*) ;; *) die "--file takes PATH=FILE, not $2" ;; esac
          [ -r "${2#*=}" ] || die "cannot read ${2#*=}"
          files+=(--add "$2")
          ;;
      esac
      shift
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) die "unknown option $1; see firmware.sh --help" ;;
  esac
  shift
done
[ -z "$conf" ] || [ -r "$conf" ] || die "cannot read $conf"

# build_drivers FOLDER: the drivers, from Debian's source package of EDK2. Of its own tools only the one that makes a UEFI image of an ELF file is
# compiled; the others are for flash images.
build_drivers() {
  local work=$1 source tool
  mkdir -p "$work/source" "$work/Conf"
  private_apt "$work/apt" deb-src bookworm || return 1
  (cd "$work/source" && APT_CONFIG=$work/apt/apt.conf apt-get source -q --download-only edk2) || return 1
  # apt has checked the sums of all of it, against the signed list of sources.
  (cd "$work/source" && dpkg-source --no-check -x ./*.dsc "$work/edk2") || return 1
  source=$work/edk2
  mkdir -p "$source/BaseTools/Source/C/libs" "$source/BaseTools/Source/C/bin"
  for tool in Common GenFw; do
    make -C "$source/BaseTools/Source/C/$tool" HOST_ARCH=X64 -j "$(nproc)" || return 1
  done
  for tool in target tools_def build_rule; do
    cp "$source/BaseTools/Conf/$tool.template" "$work/Conf/$tool.txt" || return 1
  done
  (
    cd "$work" || exit
    export WORKSPACE=$work EDK_TOOLS_PATH=$source/BaseTools CONF_PATH=$work/Conf PACKAGES_PATH=$source:$root/scripts/firmware
    export PYTHON_COMMAND=/usr/bin/python3 PATH=$source/BaseTools/Source/C/bin:$source/BaseTools/BinWrappers/PosixLike:$PATH
    build -p HyperCoreFirmware/HyperCoreFirmware.dsc -a X64 -b RELEASE -t GCC5 -n "$(nproc)"
  ) || return 1
  mkdir "$work/drivers"
  cp "$work"/Build/HyperCoreFirmware/RELEASE_GCC5/X64/{SdMmcPciHcDxe,SdDxe,EmmcDxe,HyperCoreBootOption}.efi "$work/drivers" || return 1
  (cd "$work/source" && echo ./*.dsc) > "$work/drivers/source"
}

# lock: until descriptor 8 is closed, only one of several that run at the same time builds.
lock() {
  mkdir -p "$cache/firmware"
  exec 8> "$cache/firmware/lock"
  flock 8
}

# need_drivers: leaves the folder of the drivers in $drivers. They are kept by the recipe's hash and the source's version.
need_drivers() {
  local key log=$artifacts/build-firmware.log version
  key=$({ cat "$recipe"/*; declare -f build_drivers; } | sha256sum)
  key=${key:0:16}
  lock
  drivers=$(find "$cache/firmware" -maxdepth 1 -name "edk2-*-$key" | sort -V | tail -n 1)
  if [ -z "$drivers" ]; then
    need make make gcc gcc nasm nasm dpkg-source dpkg-dev patch patch xz xz-utils /usr/include/uuid/uuid.h uuid-dev
    say "building the drivers for SD and eMMC from Debian's source of EDK2 (17 MB to fetch; half a minute on a machine that is not busy; once)"
    rm -rf "$cache/firmware/work"
    if ! build_drivers "$cache/firmware/work" > "$log" 2>&1 < /dev/null; then
      die "the drivers could not be built: $(grep -aE '^E: |error( [A-Z0-9]+)?:|[Ee]rror [0-9]+$' "$log" | head -n 1 | grep . || tail -n 1 "$log") (all of it is in $log)"
    fi
    version=$(sed 's/.*edk2_\(.*\)\.dsc/\1/' "$cache/firmware/work/drivers/source")
    drivers=$cache/firmware/edk2-$version-$key
    mv "$cache/firmware/work/drivers" "$drivers"
    rm -rf "$cache/firmware/work"
  fi
  # What is started from here on and stays, as the compiler's server does, must not hold it.
  exec 8>&-
}

# compose OUTPUT [ARGUMENT...]: the installed OVMF with what the arguments of lib/firmware.py name, unless it is there and newer than all of that.
compose() {
  local target=$1 name wanted
  shift
  name=$(basename "$target")
  wanted=$(printf '%s\n' "$code" "$@")
  if [ -e "$target" ] && [ "$(cat "$folder/$name.contents" 2> /dev/null)" = "$wanted" ] \
    && [ "$target" -nt "$code" ] && [ "$target" -nt "$root/scripts/lib/firmware.py" ]; then
    local argument newer=
    for argument in "$@"; do
      if [ -f "$argument" ] && [ "$argument" -nt "$target" ]; then newer=yes; fi
    done
    [ -n "$newer" ] || return 0
  fi
  say "writing $name"
  python3 "$root/scripts/lib/firmware.py" "$code" "$target.new" "$@" > "$folder/$name.log" || die "$name could not be made"
  mv "$target.new" "$target"
  printf '%s\n' "$wanted" > "$folder/$name.contents"
  say "$(cat "$folder/$name.log")"
}

code=/usr/share/OVMF/OVMF_CODE_4M.fd
need python3 python3 "$code" ovmf
need_drivers
[ -z "$build" ] || "$root/scripts/build.sh"
[ -e "$artifacts/HyperCore.efi" ] || die "nothing was built yet: leave out --no-build"
mkdir -p "$folder"
[ -z "$conf" ] || files+=(--config "$conf")
# Their names in the volume are those that EDK2 gave them, and BootOption.inf's.
sd_drivers=(
  driver 8e325979-3fe1-4927-aae2-8f5c4bd2af0d SdMmcPciHcDxe "$drivers/SdMmcPciHcDxe.efi"
  driver 430ac2f7-eec6-4093-94f7-9f825a7c1c40 SdDxe "$drivers/SdDxe.efi"
  driver 2145f72f-e6f1-4440-a828-59dc9aab5f89 EmmcDxe "$drivers/EmmcDxe.efi")
lock
# Only a volume that differs is new.
volume=$folder/$(basename "$output" .fd).fv
hypercore image build --efi "$artifacts/HyperCore.efi" --add "\\EFI\\HyperCore\\testguest\\testguest.elf=$artifacts/testguest.elf" "${files[@]}" --volume "$volume.new" > /dev/null
if cmp -s "$volume.new" "$volume"; then rm "$volume.new"; else mv "$volume.new" "$volume"; fi
compose "$folder/OVMF_SD.fd" "${sd_drivers[@]}"
compose "$output" "${sd_drivers[@]}" \
  driver 1f9a3c2e-7b64-4e0b-9a57-2c8d1e6f4a90 HyperCoreBootOption "$drivers/HyperCoreBootOption.efi" \
  volume "$volume"
cmp -s "${code/CODE/VARS}" "$folder/OVMF_VARS.fd" || cp "${code/CODE/VARS}" "$folder/OVMF_VARS.fd"
