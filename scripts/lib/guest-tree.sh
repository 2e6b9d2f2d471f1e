# shellcheck shell=bash
# Sourced: puts the files of a guest's initial RAM disk together. Sourced after common.sh.

# add_module TREE MODULES NAME: a module, as file NAME.ko with - or _, and what it says it depends on. MODULES is a package's
# lib/modules/VERSION. Some kernels have it built in.
add_module() {
  local tree=$1 modules=$2 name=${3//[-_]/[-_]} file target needed
  file=$(find "$modules/kernel" -name "$name.ko*" | head -n 1)
  if [ -z "$file" ]; then
    grep -q "/$name\.ko" "$modules/modules.builtin" || die "Linux $(basename "$modules") has no module $3"
    return 0
  fi
  target=$tree/lib/modules/$(basename "$modules")/$(basename "${file%.ko*}").ko
  [ ! -e "$target" ] || return 0
  mkdir -p "$(dirname "$target")"
  case $file in
    *.ko.xz) xz -dc "$file" > "$target" ;;
    *.ko.zst) zstd -qdc "$file" > "$target" ;;
    *.ko) cp "$file" "$target" ;;
  esac
  for needed in $(LC_ALL=C tr '\0' '\n' < "$target" | LC_ALL=C sed -n 's/^depends=//p' | tr ',' ' '); do
    add_module "$tree" "$modules" "$needed"
  done
}

# pack_tree TREE: writes the tree to standard output as cpio, the same bytes for the same files: sorted, all of root, as old as the epoch.
pack_tree() {
  find "$1" -mindepth 1 -exec touch -h -d @0 {} +
  (cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0)
}
