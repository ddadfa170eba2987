#!/bin/sh
# What happens when the router, the line between or a person fails.
set -eu
exec cargo test --quiet --locked -p fritzbox --test it -- faults:: changes:: secrets::
