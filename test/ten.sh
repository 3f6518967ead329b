#!/usr/bin/env bash
# Shows that `npm test` does not depend on chance: ten runs in ten fresh clones, without CI, begun at ten places of the
# clock's five minutes. Two of them beside eight busy processes, two beside a running `npm start`, one a day ahead
# (faketime). Each run is a line of test/ten.log; a run that has its line there is not made again, so that this can be
# killed and started anew.
#
#   test/ten.sh [commit]     the commit is HEAD unless it is named
set -u
cd "$(dirname "$0")/.."
root=$PWD
commit=$(git rev-parse --short "${1:-HEAD}^{commit}") || exit 2
log=$root/test/ten.log
work=$(mktemp -d "${TMPDIR:-/tmp}/dingdock-ten-XXXXXX")
kept=$root/.local/ten
helpers=()
# As a person at a terminal has it: nothing of CI, and nothing of the run that started this.
plain=(env -i HOME="$HOME" PATH="$PATH" LANG="${LANG:-C.UTF-8}" TERM=dumb)
mkdir -p "$kept"
touch "$log"

# One run of each kind in this order; the others are plain.
kind_of() {
  case $1 in
    3 | 7) echo busy ;;
    4 | 8) echo beside-start ;;
    6) echo day-ahead ;;
    *) echo plain ;;
  esac
}

# Ends every process that was started here, with all that it started.
end_helpers() {
  for pid in "${helpers[@]}"; do kill -TERM -- "-$pid" 2>/dev/null; done
  for _ in $(seq 50); do
    local left=0
    for pid in "${helpers[@]}"; do kill -0 -- "-$pid" 2>/dev/null && left=1; done
    [ $left = 0 ] && break
    sleep 0.2
  done
  for pid in "${helpers[@]}"; do kill -KILL -- "-$pid" 2>/dev/null; done
  helpers=()
}
clean_up() {
  end_helpers
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# A command in a process group of its own.
in_background() {
  setsid "$@" </dev/null >"$work/helper.log" 2>&1 &
  helpers+=($!)
}

# The place of the grid, of those that no run of this commit has begun at, that comes next; then waits for it.
wait_for_free_place() {
  local now=$(($(date +%s) + 1)) place wait best=301
  for place in 0 30 60 90 120 150 180 210 240 270; do
    grep -qE "^$commit run .* $((place / 60)):$(printf %02d $((place % 60))) of 5:00 " "$log" && continue
    wait=$(((place - now % 300 + 300) % 300))
    [ $wait -lt $best ] && best=$wait && offset=$place
  done
  until [ "$(date +%s)" -ge $((now + best)) ]; do sleep 0.2; done # not "is": a busy machine may sleep over a second
}

run() {
  local number=$1 kind offset clone=$work/$1 output=$kept/$commit-$1.log began passed
  kind=$(kind_of "$number")
  local command=(npm test)
  [ "$kind" = day-ahead ] && command=(faketime -f +1d npm test)
  git clone -q --no-hardlinks "$root" "$clone" && git -C "$clone" checkout -q "$commit" || exit 2
  cd "$clone" || exit 2
  case $kind in
    busy) for _ in 1 2 3 4 5 6 7 8; do in_background sh -c 'while :; do :; done'; done ;;
    beside-start)
      in_background "${plain[@]}" npm start
      for _ in $(seq 600); do
        grep -q 'Ready in' "$work/helper.log" && break
        kill -0 "${helpers[0]}" 2>/dev/null || break
        sleep 1
      done
      grep -q 'Ready in' "$work/helper.log" || {
        cat "$work/helper.log" >&2
        echo "run $number: npm start did not come up" >&2
        exit 2
      }
      ;;
  esac
  wait_for_free_place
  began=$(date +%s)
  # a group of its own, so that an interruption ends all of it
  setsid "${plain[@]}" "${command[@]}" </dev/null >"$output" 2>&1 &
  helpers+=($!)
  wait $! && passed=passed || passed=FAILED
  local seconds=$(($(date +%s) - began))
  local install tests
  install=$(sed -nE 's/^Packages installed in ([0-9]+) s\.$/\1/p' "$output")
  tests=$(sed 's/\x1b\[[0-9;]*m//g' "$output" | sed -nE 's/^ +Tests +(.*)$/\1/p' | tail -1)
  printf '%s run %2d  %d:%02d of 5:00  %-12s %s  %3d s (%s s to install)  %s\n' "$commit" "$number" \
    $((offset / 60)) $((offset % 60)) "$kind" "$passed" "$seconds" "${install:-0}" "$tests" | tee -a "$log"
  end_helpers
  cd "$root" || exit 2
  rm -rf "$clone"
}

# At once: nobody is there when the run comes that needs it.
grep -qE "^$commit run +6 " "$log" || command -v faketime >/dev/null || {
  echo "run 6 needs faketime (apt-get install faketime)" >&2
  exit 2
}
for number in 3 7 1 2 4 5 6 8 9 10; do # the busy ones first: they find the most
  if grep -qE "^$commit run +$number " "$log"; then
    grep -E "^$commit run +$number " "$log"
  else
    run "$number"
  fi
done
green=$(grep -cE "^$commit run .* passed " "$log")
echo "$green of 10 passed at $commit; the output of each run is in $kept"
[ "$green" = 10 ]
