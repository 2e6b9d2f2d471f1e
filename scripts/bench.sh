#!/usr/bin/env bash
# bench.sh [--no-build] [--no-boot] [--no-bochs] [--only-appliance] [--qemu PROGRAM]: measures what HyperCore costs, in instructions, and compares it with what it may cost. Prints a
# table and writes artifacts/bench.json. The exit code is 1 when a target is missed. --no-boot leaves out the boots of Linux, --no-bochs the
# processor with NRIP save and the one with VMX; --only-appliance leaves out all but the way to a web page. --qemu measures another QEMU than the installed one. docs/benchmarks.md says how it is measured.
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/bochs.sh
. "$root/scripts/lib/bochs.sh"
# shellcheck source=lib/packages.sh
. "$root/scripts/lib/packages.sh"

build=yes with_bochs=yes qemu=qemu-system-x86_64 extra=()
while [ $# -gt 0 ]; do
  case $1 in
    --no-build) build= ;;
    --no-boot) extra+=(--no-boot) ;;
    --no-bochs) with_bochs= ;;
    --only-appliance) extra+=(--only-appliance) with_bochs= ;;
    --qemu)
      [ $# -ge 2 ] || die "--qemu needs a program"
      qemu=$2
      shift
      ;;
    *) die "usage: bench.sh [--no-build] [--no-boot] [--no-bochs] [--only-appliance] [--qemu PROGRAM]" ;;
  esac
  shift
done

need qemu-system-x86_64 qemu-system-x86 python3 python3 mcopy mtools
find_firmware > /dev/null || need /usr/share/OVMF ovmf
[ -z "$build" ] || "$root/scripts/build.sh"
[ -e "$artifacts/hypercore-usb.img" ] && [ -e "$artifacts/testguest.elf" ] || die "nothing was built yet: leave out --no-build"
firmware=$(find_firmware) || die "no OVMF found: install the package ovmf"
# The kernel of the appliance as it is packed for booting, which is what a firmware can start.
locked_packages "$root/esp-image/appliance/packages.lock"
kernel=$(find "${package_folder[$(sed -n 's/^\(linux-image-[^ ]*\) .*/\1/p' "$root/esp-image/appliance/packages.lock")]}/boot" -name 'vmlinuz-*')
variables=$(firmware_variables "$firmware")
[ -n "$variables" ] || die "no variable store beside $firmware"

if [ -z "$with_bochs" ]; then
  extra+=(--no-bochs "left out")
elif try_bochs 3.1; then
  extra+=(--bochs "$bochs" --bochs-svm "$(bochs_arguments "$artifacts/hypercore-usb.img" ryzen 1 512)"
    --bochs-vmx "$(bochs_arguments "$artifacts/hypercore-usb.img" corei7_skylake_x 1 512)")
else
  extra+=(--no-bochs "$bochs_missing")
fi

# A missed target is no error of this script.
trap - ERR
python3 "$root/scripts/lib/bench.py" --artifacts "$artifacts" --firmware "$firmware" --variables "$variables" --cpu "$(default_cpu)" \
  --qemu "$qemu" --appliance-kernel "$kernel" --offset "$esp_offset" --json "$artifacts/bench.json" "${extra[@]}"
