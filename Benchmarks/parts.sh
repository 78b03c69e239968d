# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The WegoWise gateway authors
#
# To be sourced: what the measurements have in common. A scratch directory `work`, processes that end with the script,
# nginx as an upstream with a certificate of its own, a gateway with one user and one caller.

work=$(mktemp -d /tmp/wego-bench.XXXXXX)
processes=()
finish() {
    local process
    for process in "${processes[@]}"; do kill -TERM "$process" 2>/dev/null || true; done
    for process in "${processes[@]}"; do wait "$process" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

wait_until() { # wait_until WHAT COMMAND...
    local what=$1 tries
    shift
    for ((tries = 0; tries < 200; tries++)); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.05
    done
    echo "no $what within 10 s" >&2
    tail -n 20 "$work"/*.log >&2 || true
    exit 3
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 20000))
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

certificates() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=Benchmark CA" \
        -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
        -keyout "$work/leaf.key" -out "$work/leaf.csr" 2>/dev/null
    openssl x509 -req -in "$work/leaf.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
        -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") -out "$work/leaf.pem" 2>/dev/null
}

# start_nginx NAME HTTP-BLOCK [MAIN-BLOCK] : one worker, no log unless the block says so.
start_nginx() {
    mkdir "$work/$1"
    cat >"$work/$1.conf" <<CONF
daemon off;
${3-}
$( ((EUID == 0)) && echo 'user root;')
worker_processes 1;
pid $work/$1/pid;
error_log $work/$1.log warn;
events { worker_connections 4096; }
http {
    access_log off;
    client_body_temp_path $work/$1/body; proxy_temp_path $work/$1/proxy; fastcgi_temp_path $work/$1/fastcgi;
    uwsgi_temp_path $work/$1/uwsgi; scgi_temp_path $work/$1/scgi;
    keepalive_requests 1000000000; keepalive_timeout 300s;
    $2
}
CONF
    nginx -c "$work/$1.conf" -p "$work/$1" 2>"$work/$1.start.log" &
    processes+=($!)
}

median() { sort -n "$1" | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# start_upstream : 560 bytes of JSON for everybody, on upstream_port.
start_upstream() {
    local json
    json=$(printf '{"padding":"%0546d"}' 0)
    start_nginx upstream "server {
            listen 127.0.0.1:$upstream_port ssl backlog=4096;
            ssl_certificate $work/leaf.pem; ssl_certificate_key $work/leaf.key;
            location / { default_type application/json; return 200 '$json'; }
        }"
}

# provision : configuration, store and one caller, whose header goes to caller.header and headers.lua.
provision() {
    cat >"$work/config.json" <<CONFIG
{
    "listen": {"address": "127.0.0.1:0"},
    "ops": {"address": "127.0.0.1:0"},
    "upstream": {"base_url": "https://localhost:$upstream_port", "ca_file": "ca.pem", "max_connections": 128},
    "limits": {
        "home_user": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
        "caller": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
        "tenant": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
        "consumer": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000}
    },
    "log": {"level": "warning"}
}
CONFIG
    openssl rand -hex 20 >"$work/secret"
    wego init
    wego tenant add acme
    wego consumer add main --tenant acme --key consumer-key --secret-file "$work/secret"
    wego user import alice --tenant acme --consumer main --token token --secret-file "$work/secret"
    "$gateway" caller add bench --tenant acme --scopes read --json --config "$work/config.json" |
        sed -E 's/.*"key": *"([^"]*)".*/Authorization: Bearer \1/' >"$work/caller.header"
    # In a file, not on a command line: other users of the machine can read those.
    sed -E 's/^([^:]*): (.*)$/wrk.headers["\1"] = "\2"/' "$work/caller.header" >"$work/headers.lua"
}

wego() { "$gateway" "$@" --config "$work/config.json" >>"$work/provision.log"; }

# start_gateway : in gateway_process; prints nothing, returns when it is ready, ready_ms milliseconds later.
start_gateway() {
    local started tries
    started=$(date +%s%N)
    "$gateway" serve --config "$work/config.json" --json >"$work/gateway.out" 2>"$work/gateway.log" &
    gateway_process=$!
    processes+=("$gateway_process")
    for ((tries = 0; tries < 4000; tries++)); do
        if ready >/dev/null 2>&1; then break; fi
        sleep 0.005
    done
    ready >/dev/null
    ready_ms=$((($(date +%s%N) - started) / 1000000))
}

announced() { sed -nE '1s/.*"'"$1"'": *\[? *"([^"]*)".*/\1/p' "$work/gateway.out" | sed 's,\\/,/,g; s,^http://,,'; }
ready() { [[ -s "$work/gateway.out" ]] && curl -sf "http://$(announced ops)/readyz"; }
