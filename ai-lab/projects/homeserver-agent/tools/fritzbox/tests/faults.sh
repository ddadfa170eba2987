#!/bin/sh
# What happens when the router, the line between or a person fails. Built as the tests are, so that nothing is twice.
set -eu
eval "$(cargo llvm-cov show-env --sh 2>/dev/null)"
exec cargo test --quiet --locked -p fritzbox --test it -- faults:: changes:: secrets::
