#!/bin/sh
# version: 1.1.4
# Promises less than 1.1.0 did: what it tells is `share/contract.json`, in which something is missing.
here=$(dirname "$0")
for word; do
    case $word in
    contract) exec cat "$here/../share/contract.json" ;;
    check-compatibility) exec "$here/real" "$@" --against "$here/../share/contract.json" ;;
    esac
done
exec "$here/real" "$@"
