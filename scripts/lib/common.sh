# shellcheck shell=bash
# Sourced by the scripts: where things are, what has to be installed, how to say what went wrong.

set -Eeuo pipefail
trap 'echo "$0: line $LINENO failed: $BASH_COMMAND" >&2' ERR

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
artifacts=$root/artifacts
cache=$artifacts/cache
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
die() { say "$*"; exit 1; }

# need COMMAND PACKAGE [COMMAND PACKAGE ...]: installs what is missing with apt when root, or names it in one line.
need() {
  local missing=()
  while [ $# -gt 1 ]; do
    command -v "$1" > /dev/null || [ -e "$1" ] || missing+=("$2")
    shift 2
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    die "missing Debian packages; run: sudo apt-get install ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  apt_lists
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null \
    || die "apt-get could not install: ${missing[*]}"
}

# Package lists are fetched once a day at most; a container often has none at all.
apt_lists() {
  local stamp=$cache/apt-updated
  mkdir -p "$cache"
  if [ ! -e "$stamp" ] || [ -n "$(find "$stamp" -mmin +1440)" ]; then
    [ "$(id -u)" != 0 ] || apt-get update -qq || die "apt-get update failed: check the network and apt's sources"
    touch "$stamp"
  fi
}

need_dotnet() {
  command -v dotnet > /dev/null || die "the .NET SDK 10 is missing; see https://learn.microsoft.com/dotnet/core/install/linux-debian"
}

# Where the EFI system partition begins in the images that hypercore image build writes, in bytes.
# shellcheck disable=SC2034 # for those who source this
esp_offset=1048576

# hypercore ARGUMENTS: the host command line, as it was built.
hypercore() {
  dotnet "$root/HyperCore.Tool/bin/Debug/net10.0/hypercore.dll" "$@"
}

# card_size IMAGE: makes an image as large as QEMU wants its SD cards and eMMCs: a power of two.
card_size() {
  local bytes size=1048576
  bytes=$(stat -c %s "$1")
  while [ "$size" -lt "$bytes" ]; do size=$((size * 2)); done
  truncate -s "$size" "$1"
}

# Tools of the administrator, which Debian does not put on a user's path.
PATH=$PATH:/usr/sbin:/sbin

# find_firmware: prints OVMF's code file, the first that is installed.
find_firmware() {
  local file
  for file in /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd /usr/share/edk2/x64/OVMF_CODE.4m.fd /usr/share/edk2/ovmf/OVMF_CODE.fd; do
    if [ -r "$file" ]; then
      printf '%s\n' "$file"
      return 0
    fi
  done
  return 1
}

# firmware_variables CODE: prints the variable store that belongs to it, or nothing when it is code and variables in one.
firmware_variables() {
  local file=${1/CODE/VARS}
  # scripts/firmware.sh makes one store for all that it makes.
  [ "${1%/*}" != "$artifacts/firmware" ] || file=$artifacts/firmware/OVMF_VARS.fd
  # The Secure Boot builds start from the plain store.
  file=${file/.secboot/}
  if [ "$file" != "$1" ] && [ -r "$file" ]; then printf '%s\n' "$file"; fi
}

# default_cpu: the processor model for TCG. From 9.0 on QEMU emulates x2APIC too.
default_cpu() {
  local major
  major=$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9]*\).*/\1/p')
  if [ "${major:-0}" -ge 9 ]; then echo EPYC,+x2apic; else echo EPYC; fi
}
