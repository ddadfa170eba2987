#!/bin/sh
# version: 1.1.1
# Crashes before it does anything.
kill -SEGV $$
