#!/usr/bin/env bash
# check.sh: types, format, lint, import rules and all tests.
set -euo pipefail
npm ci
npm run check
npm test
