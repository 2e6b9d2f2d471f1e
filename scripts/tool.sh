#!/usr/bin/env bash
# tool.sh: makes artifacts/hypercore, the host command line as one program of machine code, which needs no .NET where it runs. Half a minute, when
# its sources have changed.
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"

[ $# = 0 ] || die "usage: tool.sh"
need gcc gcc
need_dotnet
program=$artifacts/hypercore folder=$artifacts/tool
mkdir -p "$folder"
stamp=$(cd "$root" && find scripts/tool.sh HyperCore.Tool HyperCore.Core Directory.Build.props Directory.Packages.props -type f \
  -not -path '*/bin/*' -not -path '*/obj/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
[ ! -x "$program" ] || [ "$(cat "$folder/.stamp" 2> /dev/null)" != "$stamp" ] || exit 0

say "building $(basename "$program")"
# Paths of this machine and the number of the commit are kept out of it.
if ! dotnet publish "$root/HyperCore.Tool" -p:Native=true -c Release -o "$folder" -v quiet \
  "-p:PathMap=$root=/hypercore" -p:DebugType=none -p:IncludeSourceRevisionInInformationalVersion=false > "$artifacts/build-tool.log" 2>&1 < /dev/null; then
  cat "$artifacts/build-tool.log" >&2
  die "HyperCore.Tool does not become machine code"
fi
install -m 755 "$folder/hypercore" "$program"
printf '%s\n' "$stamp" > "$folder/.stamp"
