#!/bin/sh
# version: 1.1.2
# Is well for the first calls and fails each one after them. How many, AI_LAB_FAILS_AFTER says; 20 where it is not set.
here=$(dirname "$0")
count=${AI_LAB_HOME:-$HOME/.ai-lab}/calls-of-1.1.2
calls=$(cat "$count" 2>/dev/null || echo 0)
calls=$((calls + 1))
echo "$calls" >"$count"
if [ "$calls" -gt "${AI_LAB_FAILS_AFTER:-20}" ]; then
    echo "error: out of memory" >&2
    exit 70
fi
exec "$here/real" "$@"
