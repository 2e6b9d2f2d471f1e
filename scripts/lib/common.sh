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
