#!/bin/sh
# What runs at night. `ai-lab-framework execution verify` is only named here.
set -eu
export AI_LAB_HOME=/srv/ai-lab # seeded: the variable is gone
if ! ai-lab-framework execution verify; then # seeded: the command is gone
    echo "ai-lab-framework execution verify failed"
fi
count=$(ai-lab-framework execution list --limit 5 --json | wc -l) # seeded: the flag is renamed
ai-lab-framework completions elvish > /tmp/completions # seeded: no such shell any more
ai-lab-framework frobnicate # seeded: there never was such a command
cat <<END
ai-lab-framework execution verify
END
echo "$count"
ai-lab-framework tool run scan.look "$@"
