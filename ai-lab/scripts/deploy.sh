#!/usr/bin/env bash
# Brings this lab's framework to what it wants, or installs what its lock says.
#   scripts/deploy.sh [LAB] [ARGUMENTS OF ai-lab update]     LAB is a folder; the working folder without it
set -euo pipefail
lab=$PWD
if [ $# -gt 0 ] && [ -d "$1" ]; then
    lab=$(cd "$1" && pwd)
    shift
fi
# A clone has a lock and nothing in force: first what was agreed on, then what is newer.
if [ -f "$lab/ai-lab.lock" ] && [ ! -e "$lab/.ai-lab/framework" ]; then
    ai-lab --lab "$lab" framework install
fi
ai-lab --lab "$lab" update "$@"
ai-lab --lab "$lab" lock --check
