# What ./demo/run and ./Tests/run share: installing what is missing, and stages with their times.
# To be sourced by bash (3.2 and up, for macOS) in the repository's root.

# Messages go to standard error: standard output belongs to what is run.
say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

seconds() { # of a stage that began at $1, in tenths
    local tenths=$((($(now) - $1) / 100))
    printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}
if [ -n "${EPOCHREALTIME:-}" ]; then
    now() { local t=${EPOCHREALTIME/[.,]/}; echo $((t / 1000)); }
else
    now() { echo $(($(date +%s) * 1000)); }
fi

# stage NAME COMMAND…: quiet; one line with its time. Its log is shown if it fails, and the script ends.
stage() {
    local name=$1 begin log status shown=""
    shift
    begin=$(now)
    mkdir -p .build/log
    log=.build/log/$(printf '%s' "$name" | tr -cs 'A-Za-z0-9\n' '-').log
    "$@" >"$log" 2>&1 </dev/null &
    local pid=$!
    trap 'kill $pid 2>/dev/null; exit 130' INT TERM
    if [ -t 2 ]; then
        while kill -0 $pid 2>/dev/null; do
            # The last step that swift build names, such as [120/450] Compiling NIOCore.
            shown=$(tail -c 2000 "$log" | tr '\r' '\n' | grep -o '^\[[0-9]*/[0-9]*\] .*' | tail -1 | cut -c1-50)
            printf '\r\033[K  %-34s %7s  %s' "$name" "$(seconds "$begin")" "$shown" >&2
            sleep 0.2
        done
        printf '\r\033[K' >&2
    fi
    wait $pid
    status=$?
    trap - INT TERM
    printf '  %-34s %7s\n' "$name" "$(seconds "$begin")" >&2
    [ $status = 0 ] && return
    # Errors first, where there are any; then how it ended.
    grep -E '(error|fatal): ' "$log" | sort -u | head -20 >&2
    tail -n 25 "$log" >&2
    die "$name failed; all of it: $log"
}

has_header() {
    local folder
    for folder in /usr/include /usr/local/include; do [ -e "$folder/$1" ] && return; done
    [ "$(uname)" = Darwin ]
}

# macOS does not have it; Homebrew puts it where Package.swift looks.
has_pcre2() {
    [ "$(uname)" != Darwin ] || [ -e /opt/homebrew/include/pcre2.h ] || [ -e /usr/local/include/pcre2.h ] || return
    has_header pcre2.h
}

# packages_for WHAT…: names, for apt, of the packages that lack. WHAT: build, node, remote, tests.
packages_for() {
    local what
    for what in "$@"; do
        case $what in
            build)
                has_header curses.h || has_header ncursesw/curses.h || echo ncurses
                has_header sqlite3.h || echo libsqlite3-dev
                has_pcre2 || echo libpcre2-dev
                has_header zlib.h || echo zlib1g-dev
                ;;
            node) command -v node >/dev/null || echo nodejs ;;
            tests)
                packages_for remote
                command -v unzip >/dev/null || echo unzip
                ;;
            remote)
                command -v openssl >/dev/null || echo openssl
                command -v tmux >/dev/null || echo tmux
                command -v python3 >/dev/null || echo python3
                python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
                ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@" 2>/dev/null || sudo "$@"; fi
}

install_with_apt() {
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -qq || say "apt-get update failed; trying with what is known"
    local names=() name
    for name in "$@"; do
        if [ "$name" = ncurses ]; then
            # Newer Debians have it under the second name only.
            name=libncursesw5-dev
            apt-cache show "$name" >/dev/null 2>&1 || name=libncurses-dev
        fi
        names+=("$name")
    done
    as_root apt-get install -y -qq --no-install-recommends "${names[@]}"
}

# ensure WHAT…: installs what lacks, or says what to install.
ensure() {
    command -v swift >/dev/null || die "Swift is not there: install 6.3 from https://www.swift.org/install, then start again"
    local missing
    missing=$(packages_for "$@" | tr '\n' ' ')
    [ -n "${missing// /}" ] || return 0
    if [ "$(uname)" = Darwin ]; then
        missing=${missing/nodejs/node}
        missing=${missing/libpcre2-dev/pcre2}
        die "missing: run  brew install ${missing% }  and start again"
    fi
    local plain=${missing/ncurses /libncurses-dev }
    command -v apt-get >/dev/null || die "missing: ${plain% }(as Debian names them); install them and start again"
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        die "missing: as root, run  apt-get install ${plain% }  and start again"
    fi
    say "Installing ${plain% }: $(reasons "$missing")"
    # A password for sudo is asked for here, where it can be typed.
    [ "$(id -u)" = 0 ] || sudo -v || die "sudo refused; as root, run  apt-get install ${plain% }"
    # shellcheck disable=SC2086
    stage "install packages" install_with_apt $missing
}

reasons() {
    local text=""
    case $1 in *ncurses*) text="$text, the terminal" ;; esac
    case $1 in *sqlite3*) text="$text, recorded sessions" ;; esac
    case $1 in *pcre2*) text="$text, regular expressions" ;; esac
    case $1 in *zlib*) text="$text, layers" ;; esac
    case $1 in *nodejs*) text="$text, to run Node functions" ;; esac
    case $1 in *openssl* | *tmux* | *python3* | *unzip*) text="$text, to stand for AWS and terminals" ;; esac
    printf '%s' "${text#, }"
}
