#!/bin/sh
# Reads request lines, answers each with one line. Standard output is for answers alone: log by `log`.
# A secret `router` of the manifest's grants: password=$(jq -r .router "/proc/self/fd/$AI_LAB_SECRETS_FD")
set -u
correlation=

answer_error() { # KIND MESSAGE
    jq -cn --arg kind "$1" --arg message "$2" \
        '{error: {kind: $kind, message: $message, retryable: false}}'
}

log() { # LEVEL MESSAGE
    jq -cn --arg level "$1" --arg message "$2" --arg correlation "$correlation" \
        '{level: $level, message: $message, correlation_id: $correlation}' >&2
}

hello() { # INPUT
    if ! name=$(printf '%s' "$1" | jq -er '.name // "world" | strings'); then
        answer_error invalid_input 'the input does not fit: `name` is a text'
    elif [ -z "$name" ]; then
        answer_error nameless_guest 'the guest has no name'
    else
        log info 'a guest has come'
        jq -cn --arg name "$name" \
            '{data: {text: "Hello, \($name)."}, metrics: [{name: "name_letters", value: ($name | length)}]}'
    fi
}

answer() { # REQUEST
    if ! contract=$(printf '%s' "$1" | jq -er 'objects | .contract | numbers' 2>/dev/null); then
        answer_error malformed_request 'the line is no request'
    elif [ "$contract" != 1 ]; then
        answer_error contract_mismatch "the request speaks contract $contract, this tool 1"
    else
        action=$(printf '%s' "$1" | jq -r '.action')
        correlation=$(printf '%s' "$1" | jq -r '.correlation_id')
        input=$(printf '%s' "$1" | jq -c '.input // {}')
        case $action in
        hello) hello "$input" ;;
        *) answer_error unknown_action "no action \`$action\`: there is hello" ;;
        esac
    fi
}

if ! command -v jq >/dev/null; then
    printf '%s\n' '{"error":{"kind":"jq_missing","message":"this tool needs the program jq","retryable":false}}'
    exit 0
fi
while IFS= read -r line || [ -n "$line" ]; do
    answer "$line"
done
