# Sourced by ./run, ./test and tools/fresh, not run by itself: the one list of Debian packages, and how to get them.
# "a|b" means: either will do, a is installed when neither is there.

packages_build='gcc libc6-dev meson ninja-build pkg-config libmicrohttpd-dev libsqlite3-dev libpq-dev
    libjansson-dev libsodium-dev libexpat1-dev libarchive-dev libxlsxwriter-dev
    libgeos-dev libqrencode-dev libexif-dev libpango1.0-dev libcairo2-dev fonts-noto-cjk libssl-dev libcurl4-openssl-dev brotli ca-certificates python3'
packages_quick='clang-format libcmocka-dev poppler-utils openssl python3-aiosmtpd'
packages_full='clang libclang-rt-dev|libclang-rt-14-dev postgresql'
packages_browser='chromium'

say() {
    printf '%s\n' "$*"
}

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Prints those of the named packages that are not installed.
packages_missing() {
    for wanted in "$@"; do
        found=
        for name in $(printf '%s' "$wanted" | tr '|' ' '); do
            case $(dpkg-query -W -f='${db:Status-Status} ' "$name" 2>/dev/null) in
            *installed*) found=yes ;;
            esac
        done
        [ -n "$found" ] || printf '%s\n' "${wanted%%|*}"
    done
}

# Node may come from anywhere; Debian's own packages are asked for only when there is none of version 18 or later.
packages_node() {
    if command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(parseInt(process.versions.node, 10) >= 18 ? 0 : 1)' >/dev/null 2>&1; then
        return 0
    fi
    say nodejs npm
}

# Installs what is missing of the named packages. Asks nothing of the network when nothing is missing.
packages_ensure() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "This is not a Debian system; going on in the hope that these are installed: $*"
        return 0
    fi
    missing=$(packages_missing "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
        as_root='sudo'
    else
        stop "Some packages are missing, and installing them needs an administrator. Run this once, then try again:

    apt-get update && apt-get install -y --no-install-recommends $missing"
    fi
    say "Installing: $missing"
    log=$(mktemp "${TMPDIR:-/tmp}/anlan-apt.XXXXXX")
    if ! { $as_root apt-get update &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        stop "apt-get could not install the packages; its whole output is in $log"
    fi
    rm -f "$log"
}

# npm_ci FOLDER: the packages of its lock file, fetched only when the lock file is newer than what is there.
npm_ci() {
    if [ -f "$1/node_modules/.package-lock.json" ] &&
        [ -z "$(find "$1/package-lock.json" -newer "$1/node_modules/.package-lock.json")" ]; then
        return 0
    fi
    say "Fetching the packages of $1"
    npm --prefix "$1" ci --no-fund --no-audit --loglevel=error || stop "npm could not fetch the packages of $1"
    touch "$1/node_modules/.package-lock.json"
}

# web_build: web/ and the guide into web/dist, only when something of them is newer than the last build.
web_build() {
    npm_ci web
    if [ -f web/dist/index.html ] && [ -z "$(find web docs/guide.zh-CN.md docs/pictures \
        -name node_modules -prune -o -path web/dist -prune -o -type f -newer web/dist/index.html -print | head -n 1)" ]; then
        return 0
    fi
    say 'Building the pages'
    npm --prefix web run --silent build || stop 'The pages do not build'
}

# web_pack: web/dist into the archive that the program carries.
web_pack() {
    if [ -f build-web/archive ] && [ -z "$(find web/dist/index.html tools/web-archive -newer build-web/archive)" ]; then
        return 0
    fi
    mkdir -p build-web
    tools/web-archive web/dist build-web/archive
}

# c_configure FOLDER OPTION...: sets the build folder up; anew when the options changed (Meson keeps some compiler
# options otherwise), again when a build file is newer.
c_configure() {
    folder=$1
    shift
    wanted="${CC:-} $*"
    if [ ! -f "$folder/build.ninja" ]; then
        again=
    elif [ "$wanted" != "$(cat "$folder.options" 2>/dev/null)" ]; then
        again=--wipe
    elif [ -n "$(find meson.build meson_options.txt src tests fuzz -name 'meson*' -newer "$folder/build.ninja" \
        2>/dev/null | head -n 1)" ]; then
        again=--reconfigure
    else
        return 0
    fi
    log=$folder.setup.log
    if ! meson setup $again "$@" "$folder" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        stop "Meson could not set up $folder; its whole output is in $log"
    fi
    mv "$log" "$folder/setup.log"
    printf '%s\n' "$wanted" >"$folder.options"
}

# c_build FOLDER: quiet unless it fails.
c_build() {
    ninja -C "$1" >"$1/build.log" 2>&1 || { tail -n 60 "$1/build.log" >&2; stop "The C sources do not build in $1"; }
}
