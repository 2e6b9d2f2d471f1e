# shellcheck shell=bash
# Sourced: Debian packages in the newest version that apt offers. Unpacked packages are cached by version. Sourced after common.sh.
# shellcheck disable=SC2154 # what common.sh sets

# package NAME: prints the folder that holds the unpacked newest version of a package. apt downloads and authenticates it.
package() {
  local version folder
  version=$(apt-cache policy "$1" | awk '/Candidate:/ { print $2 }')
  [ -n "$version" ] && [ "$version" != "(none)" ] || die "apt knows no package $1; run apt-get update, and check that Debian's main archive is among its sources"
  folder=$cache/packages/$1_${version//:/-}
  if [ ! -e "$folder/.complete" ]; then
    say "downloading $1 $version"
    rm -rf "$folder"
    mkdir -p "$folder/download"
    (cd "$folder/download" && apt-get download -qq -o APT::Sandbox::User=root "$1=$version") || die "apt-get could not download $1"
    dpkg-deb -x "$folder"/download/*.deb "$folder"
    rm -r "$folder/download"
    touch "$folder/.complete"
  fi
  printf '%s\n' "$folder"
}

# kernel_package: prints the folder of the newest kernel.
kernel_package() {
  local name
  # linux-image-amd64 is empty and depends on the kernel of the day.
  name=$(apt-cache depends --important linux-image-amd64 | awk '/Depends: linux-image-[0-9]/ { print $2; exit }')
  [ -n "$name" ] || die "linux-image-amd64 names no kernel; run apt-get update"
  package "$name"
}
