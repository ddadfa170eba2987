#!/bin/sh
# What happens when a disk, a share, a sensor, a program, a collector or a server fails. Built as the tests are, so that
# nothing is twice.
set -eu
eval "$(cargo llvm-cov show-env --sh 2>/dev/null)"
exec cargo test --quiet --locked -p monitoring --bin monitoring -- \
    asking:: disks:: collected:: temperatures:: drives:: units:: journal:: checks:: alerts:: history:: containers::
