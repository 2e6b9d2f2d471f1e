# shellcheck shell=bash
# Sourced: Debian packages by a lock file. A line of it is NAME VERSION ARCHITECTURE SHA256; the lines are sorted.
# Sourced after common.sh.
# shellcheck disable=SC2154,SC2034 # what common.sh sets, and what the script uses

declare -A package_folder=()

# locked_packages LOCK: downloads what the lock names, as far as it is not in the cache, checks the hashes and unpacks. package_folder[NAME]
# is the unpacked package then.
locked_packages() {
  local lock=$1 name version architecture hash folder
  local missing=() files=()
  package_folder=()
  while read -r name version architecture hash; do
    folder=$cache/packages/${name}_${version//:/-}
    package_folder[$name]=$folder
    if [ "$(cat "$folder/.sha256" 2> /dev/null)" != "$hash" ]; then
      missing+=("$name $version $architecture $hash")
    fi
  done < "$lock"
  [ ${#missing[@]} -gt 0 ] || return 0
  apt_lists
  local download=$cache/packages/download.$$
  rm -rf "$download"
  mkdir -p "$download"
  say "downloading ${#missing[@]} packages"
  for entry in "${missing[@]}"; do
    read -r name version architecture hash <<< "$entry"
    files+=("$name=$version")
  done
  if ! (cd "$download" && apt-get download -qq -o APT::Sandbox::User=root "${files[@]}") 2> "$download/errors"; then
    say_what_left "${files[@]}"
    cat "$download/errors" >&2
    die "apt-get could not download the packages"
  fi
  for entry in "${missing[@]}"; do
    read -r name version architecture hash <<< "$entry"
    unpack_package "$download/${name}_${version//:/%3a}_$architecture.deb" "$name" "$version" "$hash"
  done
  rm -r "$download"
}

# say_what_left NAME=VERSION...: ends the script with the versions that apt does not offer any more; returns when it offers all.
say_what_left() {
  local gone=()
  for file in "$@"; do
    apt-cache show "$file" > /dev/null 2>&1 || gone+=("${file/=/ }")
  done
  if [ ${#gone[@]} -gt 0 ]; then
    local list
    list=$(printf '%s, ' "${gone[@]}")
    die "the mirror has no longer: ${list%, }; run scripts/appliance.sh --renew"
  fi
}

# unpack_package FILE NAME VERSION SHA256: checks the file and unpacks it into the cache.
unpack_package() {
  local file=$1 folder=$cache/packages/$2_${3//:/-} found
  [ -e "$file" ] || die "apt-get downloaded no $(basename "$file")"
  found=$(sha256sum < "$file")
  [ "${found%% *}" = "$4" ] || die "$2 $3 has the hash ${found%% *}, and the lock says $4"
  rm -rf "$folder"
  mkdir -p "$folder"
  dpkg-deb -x "$file" "$folder"
  printf '%s\n' "$4" > "$folder/.sha256"
  # What demo-guest.sh looks for.
  touch "$folder/.complete"
}

# resolve_packages NAME...: prints lock lines of the packages and all that they depend on, in the newest versions of Debian 12. What is
# installed here plays no part.
resolve_packages() {
  local work=$cache/resolve name version architecture deb hash
  rm -rf "$work"
  mkdir -p "$work/debs"
  apt_lists
  : > "$work/status"
  apt-get -s -qq -o "Dir::State::status=$work/status" -o APT::Install-Recommends=false -o APT::Architecture=amd64 \
    -o 'APT::Default-Release=/^bookworm(|-security|-updates)$/' install "$@" > "$work/plan" \
    || die "apt cannot resolve the packages; are Debian 12's archives among its sources?"
  awk '$1 == "Inst" { version = substr($3, 2); if (match($0, /\[[a-z0-9]+\]\)/)) print $2, version, substr($0, RSTART + 1, RLENGTH - 3) }' \
    "$work/plan" | LC_ALL=C sort > "$work/list"
  say "downloading $(wc -l < "$work/list") packages to choose from"
  # shellcheck disable=SC2046 # a list of words
  (cd "$work/debs" && apt-get download -qq -o APT::Sandbox::User=root $(awk '{ print $1 "=" $2 }' "$work/list")) \
    || die "apt-get could not download the packages"
  while read -r name version architecture; do
    deb=$work/debs/${name}_${version//:/%3a}_$architecture.deb
    hash=$(sha256sum < "$deb")
    hash=${hash%% *}
    unpack_package "$deb" "$name" "$version" "$hash"
    printf '%s %s %s %s\n' "$name" "$version" "$architecture" "$hash"
  done < "$work/list"
  rm -r "$work"
}
