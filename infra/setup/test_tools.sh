#!/bin/sh
# What the tests use beyond Python: Chromium (browser tests) and a concurrent local DynamoDB (race tests).
# Where one can't be installed, the tests that need it are skipped and say so.
set -u

if ! command -v chromium >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } \
        >/dev/null 2>&1 || echo "Chromium could not be installed; the browser tests will be skipped." >&2
fi

dynoxide=.tools/node_modules/@dynoxide/linux-x64
if [ ! -d "$dynoxide" ] && command -v npm >/dev/null 2>&1 && [ "$(uname -sm)" = "Linux x86_64" ]; then
    npm install --silent --no-save --no-audit --no-fund --prefix .tools @dynoxide/linux-x64@1.2.1 >/dev/null 2>&1 \
        || echo "dynoxide could not be installed; the DynamoDB race tests will be skipped." >&2
fi
exit 0
