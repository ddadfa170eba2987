#!/bin/sh
# version: 1.1.3
# Fails in its migration; looking at it shows nothing wrong.
here=$(dirname "$0")
is_migration=no
for word; do
    case $word in
    migrate-db) is_migration=yes ;;
    --check | --dry-run) is_migration=no && break ;;
    esac
done
if [ "$is_migration" = yes ]; then
    echo "error: cannot open the framework's database" >&2
    echo "  because NOT NULL constraint failed: execution_notes.note" >&2
    exit 8
fi
exec "$here/real" "$@"
