#!/bin/sh
# Sends requests to the tool and compares its answers.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=0

check() { # REQUEST EXPECTED
    answered=$(printf '%s\n' "$1" | sh tool.sh 2>/dev/null)
    if [ "$answered" != "$2" ]; then
        printf 'sent      %s\nexpected  %s\nanswered  %s\n' "$1" "$2" "$answered" >&2
        failed=1
    fi
}

check '{"contract":1,"execution_id":"e","correlation_id":"c","action":"hello","input":{"name":"Ada"}}' \
    '{"data":{"text":"Hello, Ada."}}'
check '{"contract":1,"execution_id":"e","correlation_id":"c","action":"hello","input":{"name":7}}' \
    '{"error":{"kind":"invalid_input","message":"the input does not fit: `name` is a text","retryable":false}}'
check '{"contract":2}' \
    '{"error":{"kind":"contract_mismatch","message":"the request speaks contract 2, this tool 1","retryable":false}}'
check 'nonsense' \
    '{"error":{"kind":"malformed_request","message":"the line is no request","retryable":false}}'
exit $failed
