# What script/try and script/test share. Sourced by POSIX sh; every function says what it does on standard error.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tools_dir="${RUNNER_TOOL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}/hephy-builder/tools"
missing=''
# Where Debian puts what only an administrator starts: not every root has it in the path.
PATH="$PATH:/usr/sbin:/sbin"
export PATH

say() { printf '%s\n' "$*" >&2; }

has() { command -v "$1" >/dev/null 2>&1; }

# Debian and Ubuntu as root: what is missing is installed. Elsewhere it is named, with the command that gets it.
need_package() { # PROGRAM PACKAGE
  has "$1" && return 0
  install_package "$2" && has "$1" && return 0
  say "missing: $1. Debian and Ubuntu: apt-get install $2. macOS: brew install $2"
  missing="$missing $1"
}

install_package() { # PACKAGE
  { [ "$(id -u)" = 0 ] && has apt-get; } || return 1
  say "installing $1"
  [ -n "${apt_fresh:-}" ] || apt-get -qq update >&2
  apt_fresh=1
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$1" >/dev/null
}

# Node and Go are too old in most distributions, so they are named and never installed behind the user's back.
need_node() {
  if has node && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; then return 0; fi
  say 'missing: Node.js 20 or newer. https://nodejs.org/en/download'
  missing="$missing node"
}

need_go() {
  # Where Go's own installer puts it, though many shells do not look there.
  has go || { [ -x /usr/local/go/bin/go ] && PATH="$PATH:/usr/local/go/bin" && export PATH; }
  has go && return 0
  say 'missing: Go 1.24 or newer. https://go.dev/dl'
  missing="$missing go"
}

# Python with what makes virtual environments: Debian ships that apart.
need_venv() {
  has_venv && return 0
  install_package python3-venv && has_venv && return 0
  say 'missing: python3 -m venv. Debian and Ubuntu: apt-get install python3-venv'
  missing="$missing python3-venv"
}

has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }

# A container engine that answers: the one that runs, else one that is started here and ended by stop_engine.
engine_pid=''
start_engine() {
  docker version >/dev/null 2>&1 && return 0
  if [ "$(id -u)" = 0 ] && has dockerd; then
    say 'starting dockerd'
    dockerd >"${TMPDIR:-/tmp}/hephy-dockerd.log" 2>&1 &
    engine_pid=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
      docker version >/dev/null 2>&1 && return 0
      sleep 1
    done
    tail -n 5 "${TMPDIR:-/tmp}/hephy-dockerd.log" >&2
  fi
  say 'missing: a container engine that answers. https://docs.docker.com/engine/install'
  missing="$missing engine"
}

stop_engine() {
  [ -z "$engine_pid" ] || kill "$engine_pid" 2>/dev/null || true
}

# Without these nothing can be done at all.
stop_if_missing() {
  [ -z "$missing" ] && return 0
  say "Nothing was run: install what is missing ($missing ) and try again."
  exit 1
}
