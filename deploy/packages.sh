# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The WegoWise gateway authors
# Sourced by the scripts beside it: installs Debian packages that are missing, and says so.

need_swift() {
    if ! command -v swift >/dev/null; then
        echo "swift is not on the PATH. Install Swift 6.2 or newer: https://www.swift.org/install/linux/debian/" >&2
        exit 3
    fi
}

# install_missing PACKAGE... : nothing is fetched when all are there already.
install_missing() {
    local package missing=() log
    for package in "$@"; do
        [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        echo "      nothing is missing"
        return
    fi
    echo "      installing ${missing[*]}"
    local root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || {
            echo "Run this as root, or install first: apt-get install ${missing[*]}" >&2
            exit 3
        }
        root=(sudo)
    fi
    log=$(mktemp)
    if ! { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        echo "apt-get failed; its whole output is in $log" >&2
        exit 3
    fi
    rm -f "$log"
}
