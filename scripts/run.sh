#!/usr/bin/env bash
# run.sh [options] [-- emulator's arguments]: builds what is stale and boots the image in QEMU or Bochs. See usage below.
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/bochs.sh
. "$root/scripts/lib/bochs.sh"

usage() {
  cat << 'END'
usage: scripts/run.sh [options] [-- extra arguments of the emulator]

Boots HyperCore in QEMU: in a window when there is a display, else with the menu on this terminal.

  --emulator qemu|bochs  Bochs has NRIP save and Intel VMX, but no window; it is fetched when first used (default qemu)
  --headless          no window; the menu is on the terminal (Ctrl-A X quits QEMU)
  --cpu MODEL         the emulator's processor model (default EPYC, with KVM host; in Bochs ryzen, or
                      an Intel one: corei7_skylake_x, corei7_haswell_4770, tigerlake, corei7_sandy_bridge_2600k)
  --smp N             processors (default 2; in Bochs 1)
  --memory SIZE       of the machine (default 1G)
  --firmware FILE     OVMF's code (default: the one that is installed)
  --accel auto|kvm|tcg  auto takes KVM only if it offers nested virtualization
  --conf FILE         a hypercore.conf in place of the image's own
  --no-build          boot what was built last
END
}

emulator=qemu headless='' cpu='' smp='' memory=1G firmware='' accel='' conf='' build=yes
while [ $# -gt 0 ]; do
  case $1 in
    --headless) headless=yes ;;
    --no-build) build='' ;;
    --emulator | --cpu | --smp | --memory | --firmware | --accel | --conf)
      [ $# -ge 2 ] || die "$1 needs a value; see run.sh --help"
      declare "${1#--}=$2"
      shift
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    --)
      shift
      break
      ;;
    *) die "unknown option $1; see run.sh --help" ;;
  esac
  shift
done

case $emulator in qemu | bochs) ;; *) die "--emulator takes qemu or bochs, not $emulator" ;; esac
case $accel in '' | auto | kvm | tcg) ;; *) die "--accel takes auto, kvm or tcg, not $accel" ;; esac
[ -z "$conf" ] || [ -r "$conf" ] || die "cannot read $conf"
[ -z "$firmware" ] || [ -r "$firmware" ] || die "cannot read $firmware"
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || headless=yes

if [ "$emulator" = bochs ]; then
  [ -z "$firmware$accel" ] || die "--firmware and --accel are for QEMU"
  need_bochs
else
  need qemu-system-x86_64 qemu-system-x86
  [ -n "$firmware" ] || find_firmware > /dev/null || need /usr/share/OVMF ovmf
fi
[ -z "$build" ] || "$root/scripts/build.sh"
[ -e "$artifacts/hypercore-usb.img" ] || die "nothing was built yet: leave out --no-build"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image=$artifacts/hypercore-usb.img
# Bochs has no way to throw away what the machine writes.
if [ -n "$conf" ] || [ "$emulator" = bochs ]; then
  need mcopy mtools
  cp --sparse=always "$image" "$work/disk.img"
  image=$work/disk.img
  [ -z "$conf" ] || mcopy -o -i "$image@@$esp_offset" "$conf" ::/EFI/HyperCore/hypercore.conf
fi
# With stdin closed, an emulator would take the next file it opens for it.
[ -e /dev/fd/0 ] || exec < /dev/null

if [ "$emulator" = bochs ]; then
  run_bochs "$work" "${cpu:-ryzen}" "${smp:-1}" "$memory" "$@"
  exit
fi

# nested_kvm: KVM is there, may be used, and lets its guest be a hypervisor.
nested_kvm() {
  [ -r /dev/kvm ] && [ -w /dev/kvm ] || return 1
  if grep -q '^flags.* svm' /proc/cpuinfo; then
    grep -qs '[1Y]' /sys/module/kvm_amd/parameters/nested
  elif grep -q '^flags.* vmx' /proc/cpuinfo; then
    grep -qs '[1Y]' /sys/module/kvm_intel/parameters/nested
  else
    return 1
  fi
}

case ${accel:-auto} in
  kvm) nested_kvm || die "KVM cannot be used: /dev/kvm must be accessible, and kvm_amd or kvm_intel loaded with nested=1" ;;
  auto) if nested_kvm; then accel=kvm; else accel=tcg; fi ;;
esac
if [ "$accel" = kvm ]; then
  arguments=(-accel kvm -cpu "${cpu:-host}")
else
  # With a thread for each processor, SVM as QEMU 7.2 emulates it now and then breaks a guest (docs/testing.md).
  arguments=(-accel "tcg,thread=single" -cpu "${cpu:-$(default_cpu)}")
fi
arguments+=(-machine "q35,kernel-irqchip=split" -smp "${smp:-2}" -m "$memory" -nodefaults -vga std)

[ -n "$firmware" ] || firmware=$(find_firmware) || die "no OVMF found: install the package ovmf, or name its file with --firmware"
variables=$(firmware_variables "$firmware")
if [ -n "$variables" ]; then
  cp "$variables" "$work/vars.fd"
  arguments+=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=$firmware" -drive "if=pflash,unit=1,format=raw,file=$work/vars.fd")
else
  arguments+=(-bios "$firmware")
fi

# What the machine writes is thrown away: the image stays as it was built.
arguments+=(-drive "if=none,id=stick,format=raw,snapshot=on,file=$image" -device qemu-xhci -device "usb-storage,drive=stick,bootindex=0")
# A network card to share; without its boot ROM, which is in a package of its own.
arguments+=(-netdev user,id=net -device e1000e,netdev=net,romfile=)

if [ -n "$headless" ]; then
  arguments+=(-display none -chardev "stdio,id=terminal,mux=on,signal=off" -serial chardev:terminal -mon chardev=terminal)
  [ ! -t 0 ] || say "Ctrl-A X quits; the menu appears below"
else
  qemu-system-x86_64 -display help | grep -qx 'gtk\|sdl' || need /usr/lib/x86_64-linux-gnu/qemu/ui-gtk.so qemu-system-gui
  arguments+=(-chardev "stdio,id=terminal,mux=on,signal=off" -serial chardev:terminal -mon chardev=terminal)
fi
# TCG names each feature of the processor model that it cannot emulate, once for each processor; nobody needs that.
qemu-system-x86_64 "${arguments[@]}" "$@" 2> >(grep --line-buffered -v "warning: TCG doesn't support requested feature" >&2)
