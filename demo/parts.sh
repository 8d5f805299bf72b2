# What the demos share: builds of lmon, and the shop: an upstream API, a free port, a trickle of traffic.
# To be sourced by bash in the repository's root, after .ci/common.sh.

# Nothing to do if no source is newer than the last build that succeeded.
is_current() { # CONFIGURATION
    local stamp=.build/lmon-$1.stamp
    [ -x ".build/$1/lmon" ] && [ -e "$stamp" ] && [ -z "$(find Package.swift Sources -newer "$stamp" -print -quit)" ]
}

build() { # CONFIGURATION
    lmon=.build/$1/lmon
    is_current "$1" && return
    mkdir -p .build
    : >".build/lmon-$1.stamp.new"
    [ -d .build/checkouts ] || stage "fetch Swift packages" swift package resolve
    # Nothing in the local demo needs TLS, which takes minutes to build. Where it is there already, as after the tests, leaving
    # it out would build the rest once more.
    local without=(--disable-default-traits)
    [ -d ".build/$1/NIOSSL.build" ] && without=()
    [ "$1" = release ] && without=()
    stage "build lmon ($1)" swift build -c "$1" --product lmon ${without[@]+"${without[@]}"}
    # Only a release build of the agent is static, as Lambda needs it; lmon layer packs it. There it is Linux.
    [ "$1" != release ] || [ "$(uname)" != Linux ] || stage "build lmon-agent" swift build -c release --product lmon-agent
    mv ".build/lmon-$1.stamp.new" ".build/lmon-$1.stamp"
}

free_port() {
    node -e '
        const net = require("node:net");
        const listen = (port) => new Promise((resolve, reject) => {
            const server = net.createServer().on("error", reject);
            server.listen(port, "127.0.0.1", () => { const { port } = server.address(); server.close(() => resolve(port)); });
        });
        listen(9000).catch(() => listen(0)).then((port) => console.log(port));' || die "node does not run: try  node --version"
}

# Waits until a file has something in it, which a program writes when it is ready.
await_file() { # FILE WHAT
    local tries=0
    until [ -s "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 1500 ] || die "$2 did not start"
        sleep 0.02
    done
}

# Both end with their standard input, a pipe whose other end is held by this process and what it becomes: so they end when
# that does, however it does. Writes the variables that the functions need to FOLDER/env.
start_upstream() { # PROGRAM FOLDER
    mkdir -p "$2"
    : >"$2/upstream"
    exec 8> >(exec node "$1" >"$2/upstream" 2>"$2/upstream.log")
    await_file "$2/upstream" "the demo's upstream, see $2/upstream.log:"
    printf 'UPSTREAM_URL=%s\n' "$(cat "$2/upstream")" >"$2/env"
}
start_traffic() { # PROGRAM PORT FOLDER
    exec 9> >(exec node "$1" "$2" >/dev/null 2>"$3/traffic.log" 8>&-)
}
