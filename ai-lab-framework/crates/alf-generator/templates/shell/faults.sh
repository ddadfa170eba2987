#!/bin/sh
# What happens when something fails around the tool.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=0
wrong() { # WHAT
    echo "$1" >&2
    failed=1
}
good='{"contract":1,"execution_id":"e","correlation_id":"c","action":"hello","input":{}}'

# A broken line harms neither the one before nor the one after.
answers=$(printf '%s\n{"contract":\n%s\n' "$good" "$good" | sh tool.sh 2>/dev/null | grep -c '"data"')
[ "$answers" = 2 ] || wrong "a broken line cost an answer: $answers of 2"

# A request without its last line break is a request; nothing at all is no failure.
printf '%s' "$good" | sh tool.sh 2>/dev/null | grep -q '"data"' || wrong 'half a line was not answered'
sh tool.sh </dev/null >/dev/null 2>&1 || wrong 'an empty input is a failure'

# Nobody to hear its log: the answer is given all the same.
printf '%s\n' "$good" | sh tool.sh 2>/dev/full | grep -q '"data"' || wrong 'a lost log cost the answer'
exit $failed
