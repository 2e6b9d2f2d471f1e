#!/usr/bin/env bash
# run.sh [options] [-- emulator's arguments]: builds what is stale and boots the image in QEMU or Bochs. See usage below.
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/bochs.sh
. "$root/scripts/lib/bochs.sh"
# shellcheck source=lib/qemu.sh
. "$root/scripts/lib/qemu.sh"

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
  --media MEDIUM      what it starts from (default usb; docs/media.md):
                      usb      a stick
                      sd       an SD card, with a firmware that has drivers for it
                      emmc     an eMMC; a QEMU that has one is fetched when the installed one has none
                      flash    the firmware's own flash, with no disk at all
  --firmware FILE     OVMF's code (default: the one that is installed; for other media than usb scripts/firmware.sh makes it)
  --firmware-volume   as --media flash, with the stick beside it
  --accel auto|kvm|tcg  auto takes KVM only if it offers nested virtualization
  --conf FILE         a hypercore.conf in place of the image's own
  --no-build          boot what was built last
END
}

emulator=qemu headless='' cpu='' smp='' memory=1G firmware='' accel='' conf='' build=yes media='' volume=''
while [ $# -gt 0 ]; do
  case $1 in
    --headless) headless=yes ;;
    --no-build) build='' ;;
    --firmware-volume) volume=yes ;;
    --emulator | --media | --cpu | --smp | --memory | --firmware | --accel | --conf)
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
case $media in '' | usb | sd | emmc | flash) ;; *) die "--media takes usb, sd, emmc or flash, not $media" ;; esac
if [ -n "$volume" ] && [ -n "$media$firmware" ]; then die "--firmware-volume goes with neither --media nor --firmware"; fi
media=${media:-usb}
[ "$media" != flash ] || volume=yes
[ "$media" != flash ] || [ -z "$conf" ] || die "--conf is for a partition; scripts/firmware.sh --conf puts one into the flash"
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || headless=yes

if [ "$emulator" = bochs ]; then
  [ -z "$firmware$accel$volume" ] && [ "$media" = usb ] || die "--firmware, --firmware-volume, --media and --accel are for QEMU"
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
# Bochs has no way to throw away what the machine writes; a card has a power of two of bytes.
if [ -n "$conf" ] || [ "$emulator" = bochs ] || [ "$media" = sd ] || [ "$media" = emmc ]; then
  need mcopy mtools
  cp --sparse=always "$image" "$work/disk.img"
  image=$work/disk.img
  [ -z "$conf" ] || mcopy -o -i "$image@@$esp_offset" "$conf" ::/EFI/HyperCore/hypercore.conf
  case $media in sd | emmc) card_size "$image" ;; esac
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

program=qemu-system-x86_64
if [ "$media" = emmc ] && ! has_emmc "$program"; then
  try_qemu || die "this QEMU has no eMMC, and $qemu_missing"
  program=$new_qemu/qemu-system-x86_64
  # It has no windows.
  headless=yes
fi
if [ -z "$firmware" ] && { [ -n "$volume" ] || [ "$media" != usb ]; }; then
  "$root/scripts/firmware.sh" --no-build
  firmware=$artifacts/firmware/OVMF_SD.fd
  [ -z "$volume" ] || firmware=$artifacts/firmware/OVMF_HYPERCORE.fd
fi
[ -n "$firmware" ] || firmware=$(find_firmware) || die "no OVMF found: install the package ovmf, or name its file with --firmware"
variables=$(firmware_variables "$firmware")
if [ -n "$variables" ]; then
  cp "$variables" "$work/vars.fd"
  arguments+=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=$firmware" -drive "if=pflash,unit=1,format=raw,file=$work/vars.fd")
else
  arguments+=(-bios "$firmware")
fi

# What the machine writes is thrown away: the image stays as it was built.
drive=(-drive "if=none,id=$media,format=raw,snapshot=on,file=$image")
case $media in
  usb)
    arguments+=("${drive[@]}" -device qemu-xhci)
    # A boot index would come before the flash.
    if [ -n "$volume" ]; then arguments+=(-device "usb-storage,drive=usb"); else arguments+=(-device "usb-storage,drive=usb,bootindex=0"); fi
    ;;
  sd) arguments+=("${drive[@]}" -device sdhci-pci -device "sd-card,drive=sd") ;;
  emmc) arguments+=("${drive[@]}" -device sdhci-pci -device "emmc,drive=emmc") ;;
  flash) ;;
esac
# A network card to share; without its boot ROM, which is in a package of its own.
arguments+=(-netdev "user,id=net" -device "e1000e,netdev=net,romfile=")

if [ -n "$headless" ]; then
  arguments+=(-display none -chardev "stdio,id=terminal,mux=on,signal=off" -serial chardev:terminal -mon chardev=terminal)
  [ ! -t 0 ] || say "Ctrl-A X quits; the menu appears below"
else
  "$program" -display help | grep -qx 'gtk\|sdl' || need /usr/lib/x86_64-linux-gnu/qemu/ui-gtk.so qemu-system-gui
  arguments+=(-chardev "stdio,id=terminal,mux=on,signal=off" -serial chardev:terminal -mon chardev=terminal)
fi
# TCG names each feature of the processor model that it cannot emulate, once for each processor; nobody needs that.
"$program" "${arguments[@]}" "$@" 2> >(grep --line-buffered -v "warning: TCG doesn't support requested feature" >&2)
