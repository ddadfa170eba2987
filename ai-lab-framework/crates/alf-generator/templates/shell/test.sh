#!/usr/bin/env bash
# Sends requests to the tool and compares its answers; measures which lines of it were run.
set -u
cd "$(dirname "$0")/.." || exit 1
mkdir -p .evidence
trace=.evidence/trace
: >"$trace"
failed=0

# The tool in a shell that names each line it runs on descriptor 9. Set within: root's bash takes no PS4 from outside.
traced() {
    "$BASH" -c 'PS4="+:\${LINENO}: " BASH_XTRACEFD=9; set -x; . ./tool.sh' 9>>"$trace" 2>/dev/null
}

check() { # REQUEST EXPECTED
    answered=$(printf '%s\n' "$1" | traced)
    if [ "$answered" != "$2" ]; then
        printf 'sent      %s\nexpected  %s\nanswered  %s\n' "$1" "$2" "$answered" >&2
        failed=1
    fi
}

request() { # ACTION INPUT
    printf '{"contract":1,"execution_id":"e","correlation_id":"c","action":"%s","input":%s}' "$1" "$2"
}

refused() { # KIND MESSAGE
    printf '{"error":{"kind":"%s","message":"%s","retryable":false}}' "$1" "$2"
}

check "$(request hello '{"name":"Ada"}')" \
    '{"data":{"text":"Hello, Ada."},"metrics":[{"name":"name_letters","value":3}]}'
check "$(request hello '{"name":""}')" "$(refused nameless_guest 'the guest has no name')"
check "$(request hello '{"name":7}')" \
    "$(refused invalid_input 'the input does not fit: `name` is a text')"
check "$(request absent '{}')" "$(refused unknown_action 'no action `absent`: there is hello')"
check '{"contract":2}' \
    "$(refused contract_mismatch 'the request speaks contract 2, this tool 1')"
check 'nonsense' "$(refused malformed_request 'the line is no request')"

# Without `jq` it says what is missing.
answered=$(PATH=/nonexistent traced </dev/null)
case $answered in
*jq_missing*) ;;
*) echo "without jq it answered: $answered" >&2 && failed=1 ;;
esac

# Lines that hold a command: no comment, no bare word of the grammar, no head of a function or a case, and no rest
# of the line above.
awk -F: '
    FNR == NR { if ($1 ~ /^\++$/) hit[$2] = 1; next }
    { line = $0; gsub(/^[ \t]+|[ \t]+$/, "", line); rest = continued; continued = (line ~ /\\$/) }
    rest || line == "" || line ~ /^#/ { next }
    line ~ /^(else|fi|done|esac|then|do|;;|[{}])$/ || line ~ /\(\) \{/ { next }
    { print "DA:" FNR "," (hit[FNR] ? 1 : 0) }
' "$trace" tool.sh >.evidence/lines
{
    printf 'TN:\nSF:tool.sh\n'
    cat .evidence/lines
    printf 'end_of_record\n'
} >.evidence/coverage.lcov
exit $failed
