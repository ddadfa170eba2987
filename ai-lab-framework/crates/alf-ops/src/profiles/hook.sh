#!/bin/sh
# Written by `ai-lab-framework profile hook install`; `profile hook remove` takes it away.
# Validates each tool that the commit changes: a tool is the nearest folder with a tool.toml.
cd "$(git rev-parse --show-toplevel)" || exit 1
git diff --cached --name-only --diff-filter=ACMR | while IFS= read -r file; do
    folder=$(dirname "$file")
    while [ "$folder" != . ] && [ ! -f "$folder/tool.toml" ]; do
        folder=$(dirname "$folder")
    done
    [ "$folder" = . ] || basename "$folder"
done | sort -u | {
    failed=0
    while IFS= read -r tool; do
        ai-lab-framework profile validate "$tool" </dev/null || failed=1
    done
    exit $failed
}
