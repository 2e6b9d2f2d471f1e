#!/usr/bin/env bash
# build.sh [--test] [--sign KEYS]: builds what is stale, into artifacts/: HyperCore.efi, esp/ (what goes on the partition) and hypercore-usb.img
# (GPT and a FAT32 EFI system partition, ready for dd). --test also builds what only tests boot: the images with PanicTest=true and the
# core library's self-test. --sign signs the tree with the keys of a folder that `hypercore key new` made (docs/trust.md).
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"

with_tests='' keys=''
while [ $# -gt 0 ]; do
  case $1 in
    --test) with_tests=yes ;;
    --sign) keys=${2:?--sign needs the folder of the keys}; shift ;;
    *) die "usage: build.sh [--test] [--sign KEYS]" ;;
  esac
  shift
done

need nasm nasm lld-link lld
need_dotnet
mkdir -p "$artifacts"
stamps=$artifacts/stamps
mkdir -p "$stamps"
core="$root/HyperCore.CoreLib $root/HyperCore.Core $root/build $root/Directory.Build.props $root/Directory.Packages.props"

# stale STAMP PATH...: something below the paths (or a folder, when a file went away) is newer than the stamp.
stale() {
  local stamp=$1
  shift
  [ ! -e "$stamp" ] || [ -n "$(find "$@" -name bin -prune -o -name obj -prune -o -newer "$stamp" -print -quit)" ]
}

# project NAME OUTPUT PATHS [dotnet build arguments]: builds a project unless its output is newer than its sources.
project() {
  local name=$1 output=$2 paths=$3 log=$artifacts/build-$1.log stamp started
  shift 3
  stamp=$stamps/$(basename "$output")
  # shellcheck disable=SC2086 # the paths are a list
  if [ -e "$output" ] && ! stale "$stamp" "$root/$name" $paths; then return 0; fi
  say "building $(basename "$output")"
  started=$(mktemp "$stamps/started.XXXXXX")
  if ! dotnet build "$root/$name" -v quiet -clp:NoSummary "$@" > "$log" 2>&1 < /dev/null; then
    cat "$log" >&2
    rm -f "$started"
    die "$name does not build"
  fi
  # As of when the build began: what was edited meanwhile is stale.
  mv "$started" "$stamp"
}

project HyperCore.Efi "$artifacts/HyperCore.efi" "$core"
project HyperCore.Tool "$root/HyperCore.Tool/bin/Debug/net10.0/hypercore.dll" "$core"
if [ -d "$root/HyperCore.TestGuest" ]; then
  project HyperCore.TestGuest "$artifacts/testguest.elf" "$core"
fi
if [ -n "$with_tests" ]; then
  if grep -q PanicTest "$root/HyperCore.Efi/HyperCore.Efi.csproj"; then
    project HyperCore.Efi "$artifacts/HyperCore.PanicTest.efi" "$core" -p:PanicTest=true
  fi
  if [ -d "$root/HyperCore.SelfTest" ]; then
    project HyperCore.SelfTest "$artifacts/HyperCore.SelfTest.efi" "$core"
  fi
fi

# The partition's tree.
tree=$artifacts/esp
mkdir -p "$tree/EFI/BOOT" "$tree/EFI/HyperCore"
put() {
  cmp -s "$1" "$tree/$2" || install -D -m 644 "$1" "$tree/$2"
}
put "$artifacts/HyperCore.efi" EFI/BOOT/BOOTX64.EFI
put "$artifacts/HyperCore.efi" EFI/HyperCore/HyperCore.efi
put "$root/esp-image/hypercore.conf" EFI/HyperCore/hypercore.conf
if [ -e "$artifacts/testguest.elf" ]; then
  put "$artifacts/testguest.elf" EFI/HyperCore/testguest/testguest.elf
fi
"$root/scripts/demo-guest.sh" "$tree/EFI/HyperCore/demo"
rm -f "$tree"/EFI/HyperCore/manifest "$tree"/EFI/HyperCore/manifest.sig
if [ -n "$keys" ]; then
  need sbsign sbsigntool
  hypercore image sign --tree "$tree" --keys "$keys" || die "the tree could not be signed"
fi

"$root/scripts/appliance.sh" "$tree/EFI/HyperCore/appliance"

image=$artifacts/hypercore-usb.img
if stale "$image" "$tree" "$root/scripts/build.sh" "$root/HyperCore.Tool/Disks"; then
  say "writing $(basename "$image")"
  hypercore image build --tree "$tree" --output "$image"
fi
