# Sourced by every script here: strict mode, the root of the tree, where tools live, how to get what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly TOOLS="${VEILKIT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/veilkit/tools}"
export PATH="$HOME/.cargo/bin:$PATH:$TOOLS/bin"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}"

say() { printf '%s\n' "$*"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root or sudo: $*"
    fi
}

# need_packages NAME...: installs the Debian packages that are missing.
need_packages() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    say "installing Debian packages: ${missing[*]}"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=500 -qq)
    as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return
    as_root "${apt[@]}" update
    as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# need_rust: a compiler and a linker that can build the workspace.
need_rust() {
    command -v cc >/dev/null || need_packages build-essential
    command -v cargo >/dev/null || die "cargo is missing: install Rust $(rust_version) or newer"
    local have
    have="$(cargo --version | cut -d' ' -f2)"
    [ "$(printf '%s\n' "$(rust_version)" "$have" | sort -V | head -1)" = "$(rust_version)" ] ||
        die "Rust $(rust_version) or newer is needed, this is $have"
}

rust_version() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }

# need_component NAME: a rustup component, such as clippy, when its command is missing.
need_component() {
    cargo "$2" --version >/dev/null 2>&1 && return
    say "installing the Rust component $1"
    rustup component add "$1" >/dev/null 2>&1 || die "cargo $2 is missing, and rustup could not add $1"
}

# need_tool NAME VERSION: a cargo tool, built once outside the tree (quick build: these tools do little work).
need_tool() {
    local name="$1" version="$2"
    [ -x "$TOOLS/bin/$name" ] && [ "$("$TOOLS/bin/$name" --version 2>/dev/null)" != "" ] &&
        [ -e "$TOOLS/.$name-$version" ] && return
    mkdir -p "$TOOLS"
    (
        flock 9
        [ -e "$TOOLS/.$name-$version" ] && exit
        if ! grep -qs "^\"$name $version " "$TOOLS/.crates.toml"; then
            say "building $name $version into $TOOLS (once, some minutes)"
            unset CARGO_TARGET_DIR CARGO_BUILD_JOBS RUSTFLAGS
            CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
                CARGO_PROFILE_RELEASE_DEBUG=0 cargo install --quiet --locked --root "$TOOLS" "$name@$version"
        fi
        touch "$TOOLS/.$name-$version"
    ) 9>"$TOOLS/.lock"
}

# make_venv DIRECTORY: a Python environment there, unless there is one that works.
make_venv() {
    command -v python3 >/dev/null || need_packages python3
    [ -x "$1/bin/pip" ] && "$1/bin/python" -c '' 2>/dev/null && return
    say "creating the Python environment $1"
    python3 -m venv --clear "$1" >/dev/null 2>&1 && return
    need_packages python3-venv
    python3 -m venv --clear "$1"
}
