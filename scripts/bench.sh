#!/usr/bin/env bash
# bench.sh [--no-build] [--no-boot] [--no-bochs]: measures what HyperCore costs, in instructions, and compares it with what it may cost. Prints a
# table and writes artifacts/bench.json. The exit code is 1 when a target is missed. --no-boot leaves out the two boots of Linux, --no-bochs the
# processor with NRIP save and the one with VMX. docs/benchmarks.md says how it is measured.
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/bochs.sh
. "$root/scripts/lib/bochs.sh"

build=yes with_bochs=yes extra=()
for argument in "$@"; do
  case $argument in
    --no-build) build= ;;
    --no-boot) extra+=(--no-boot) ;;
    --no-bochs) with_bochs= ;;
    *) die "usage: bench.sh [--no-build] [--no-boot] [--no-bochs]" ;;
  esac
done

need qemu-system-x86_64 qemu-system-x86 python3 python3 mcopy mtools
find_firmware > /dev/null || need /usr/share/OVMF ovmf
[ -z "$build" ] || "$root/scripts/build.sh"
[ -e "$artifacts/hypercore-usb.img" ] && [ -e "$artifacts/testguest.elf" ] || die "nothing was built yet: leave out --no-build"
firmware=$(find_firmware) || die "no OVMF found: install the package ovmf"
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
  --offset "$esp_offset" --json "$artifacts/bench.json" "${extra[@]}"
