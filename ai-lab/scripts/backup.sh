#!/usr/bin/env bash
# Makes a backup of this lab and of the framework's record, proves that it opens, and removes those that nobody needs.
#   scripts/backup.sh [LAB] [ARGUMENTS OF ai-lab backup create]     LAB is a folder; the working folder without it
set -euo pipefail
lab=$PWD
if [ $# -gt 0 ] && [ -d "$1" ]; then
    lab=$(cd "$1" && pwd)
    shift
fi
ai-lab --lab "$lab" backup create "$@"
# One that is sealed opens with the secret key alone, which is not here.
case " $* " in
    *" --seal-to "*) ;;
    *) ai-lab --lab "$lab" backup verify latest ;;
esac
ai-lab --lab "$lab" backup prune --yes
