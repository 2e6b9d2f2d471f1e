# shellcheck shell=bash disable=SC2154 # common.sh's variables
# Sourced by the scripts, after common.sh: packages of another Debian suite than this machine's, without touching what is installed.

debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The Debian archive that this machine's own apt uses.
debian_archive() {
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(ORIGIN)/$(LABEL) $(REPO_URI)' | sed -n 's/^Debian\/Debian //p' | sort -u | head -n 1
}

# private_apt FOLDER deb|deb-src SUITE [PRETENDED...]: an apt of its own: its own sources, lists, cache and list of what is installed, which are the
# packages that it shall pretend. It checks signatures and sums as always. Afterwards APT_CONFIG=FOLDER/apt.conf apt-get uses it, and what it downloads
# is in FOLDER/archives. Returns 1 behind a line that begins with "E:".
private_apt() {
  local state=$1 kind=$2 suite=$3 archive package
  shift 3
  archive=$(debian_archive)
  if [ -z "$archive" ]; then
    apt_lists
    archive=$(debian_archive)
  fi
  [ -n "$archive" ] || { echo "E: no Debian archive is among apt's sources, or its lists were never fetched (apt-get update)"; return 1; }
  [ -r "$debian_keyring" ] || { echo "E: $debian_keyring is missing (package debian-archive-keyring)"; return 1; }
  mkdir -p "$state"/{etc/apt.conf.d,etc/preferences.d,lists/partial,archives/partial}
  echo "$kind [signed-by=$debian_keyring] $archive $suite main" > "$state/etc/sources.list"
  for package in "$@"; do
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
  APT_CONFIG=$state/apt.conf apt-get update -q --error-on=any
}
