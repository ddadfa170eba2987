#!/bin/sh
# The tool's tests, and which of its lines they run: the evidence of `profile validate`.
set -eu
mkdir -p .evidence
eval "$(cargo llvm-cov show-env --sh 2>/dev/null)"
cargo llvm-cov clean --profraw-only 2>/dev/null
cargo test --quiet --locked -p monitoring
cargo llvm-cov report --lcov --output-path .evidence/coverage.lcov \
    --ignore-filename-regex '(/tests?\.rs|/tests/|/crates/|/published/)'
