#!/usr/bin/env bash
# extract-vmlinux.sh BZIMAGE OUT: writes the ELF kernel that a bzImage carries.
# The setup header says where the compressed payload lies (Linux boot protocol 2.08: setup_sects, payload_offset, payload_length).
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"

image=${1:?usage: extract-vmlinux.sh BZIMAGE OUT}
out=${2:?usage: extract-vmlinux.sh BZIMAGE OUT}
field() { od -An -t "u$2" -j "$1" -N "$2" "$image" | tr -d ' '; }

[ "$(dd if="$image" bs=1 skip=514 count=4 status=none)" = HdrS ] || die "$image is no bzImage"
sectors=$(field 497 1)
offset=$(((sectors + 1) * 512 + $(field 584 4)))
length=$(field 588 4)
payload() { dd if="$image" bs=64K skip="$offset" count="$1" iflag=skip_bytes,count_bytes status=none; }
magic=$(od -An -t x1 -j "$offset" -N 4 "$image" | tr -d ' ')
# The compressed stream is followed by four bytes with the size of the kernel.
case $magic in
  fd377a58) payload "$((length - 4))" | xz -dc > "$out" ;;
  28b52ffd) payload "$((length - 4))" | zstd -qdc > "$out" ;;
  02214c18) payload "$((length - 4))" | lz4 -qdc > "$out" ;;
  1f8b*) payload "$length" | gzip -qdc > "$out" || [ $? = 2 ] ;;
  425a68*) payload "$((length - 4))" | bzip2 -dc > "$out" ;;
  7f454c46) payload "$length" > "$out" ;;
  *) die "$image: the payload starts with $magic, which is no compression this script knows" ;;
esac
[ "$(head -c 4 "$out" | od -An -t x1 | tr -d ' ')" = 7f454c46 ] || die "$image: what was unpacked is no ELF file"
