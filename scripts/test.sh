#!/usr/bin/env bash
# test.sh [unit|machine|all] [WORD]: runs the tests (only those whose full name holds WORD). The last line is "N passed, N failed".
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/bochs.sh
. "$root/scripts/lib/bochs.sh"

case ${1:-all} in
  unit | machine | all) ;;
  *) die "usage: test.sh [unit|machine|all] [WORD]" ;;
esac
kind=${1:-all} word=${2:-}
case $word in
  *[!A-Za-z0-9_.]*) die "WORD is part of a test's name: letters, digits, _ and ." ;;
esac

# try_exim: installs Exim as long as it takes no other mail server's place.
try_exim() {
  if [ ! -e /usr/sbin/exim4 ] && [ "$(id -u)" = 0 ]; then
    say "installing exim4-daemon-light"
    apt_lists
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove exim4-daemon-light > /dev/null || true
  fi
  [ -e /usr/sbin/exim4 ]
}

need_dotnet
need fsck.vfat dosfstools sgdisk gdisk mcopy mtools
if [ "$kind" != machine ]; then need iasl acpica-tools; fi
need sbsign sbsigntool openssl openssl
results=$artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0

# finish: the line that others read, and the exit code.
finish() {
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

if [ "$kind" != unit ]; then
  need qemu-system-x86_64 qemu-system-x86 mcopy mtools swtpm swtpm dovecot dovecot-imapd
  find_firmware > /dev/null || need /usr/share/OVMF ovmf
  try_exim || say "there is no Exim, and another mail server here would have to go for it; the tests of sending mail will fail"
  for version in 3.1 2.7; do
    try_bochs "$version" || say "$bochs_missing; the tests on it will fail"
  done
  "$root/scripts/build.sh" --test
fi
say "building the tests"
if ! dotnet build "$root/HyperCore.Tests" -v quiet -clp:NoSummary > "$results/build.log" 2>&1 < /dev/null; then
  cat "$results/build.log" >&2
  say "the tests do not build"
  failed=1
  finish || exit 1
fi

# run NAME FILTER VERBOSITY CLASSES: runs the tests that the filter names, so many classes at once, and adds up their results.
run() {
  local name=$1 filter=$2 verbosity=$3 classes=$4 started=$SECONDS code=0 counters
  [ -z "$word" ] || filter="$filter&FullyQualifiedName~$word"
  dotnet test "$root/HyperCore.Tests" --no-build --nologo --filter "$filter" --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=$verbosity" -- "xUnit.MaxParallelThreads=$classes" < /dev/null || code=$?
  counters=$(grep -o '<Counters [^>]*' "$results/$name.trx" 2> /dev/null || true)
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<< "$counters"; }
  local total good bad
  total=$(count total) good=$(count passed)
  # What did not pass has failed: skipped, timed out, aborted.
  bad=$((${total:-0} - ${good:-0}))
  [ "$code" = 0 ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + ${good:-0})) failed=$((failed + bad))
  say "$name: ${good:-0} passed, $bad failed, $((SECONDS - started)) s"
}

# An emulated machine keeps one processor busy, and more than four would wait for the disk and the memory of this one.
machines=$(nproc)
[ "$machines" -le 4 ] || machines=4
[ "$kind" = machine ] || run unit 'Kind!=Machine' minimal "$(nproc)"
[ "$kind" = unit ] || run machine 'Kind=Machine' detailed "$machines"
finish || exit 1
