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

# The other architecture, whose programs the tests run by emulation.
case $(uname -m) in
aarch64 | arm64) foreign=amd64 emulator=qemu-x86_64 ;;
*) foreign=arm64 emulator=qemu-aarch64 ;;
esac

# Programs of the other architecture, as containers run them. Proved by running one: where nothing mounts binfmt_misc, as
# in a machine without systemd, the packages are installed and register nothing.
need_emulation() {
  runs_foreign && return 0
  register_emulator >&2 && runs_foreign && return 0
  say "missing: emulation of $foreign programs. As root: mount -t binfmt_misc binfmt_misc $binfmt;" \
    "apt-get install qemu-user-static binfmt-support; update-binfmts --enable $emulator." \
    "With Docker: docker run --privileged --rm tonistiigi/binfmt --install $foreign"
  missing="$missing emulation"
}

# In a root directory that holds the program alone: an emulator that the kernel looks up by its path is not found there.
runs_foreign() {
  home="$tools_dir/busybox/$foreign"
  if [ "$(id -u)" = 0 ]; then chroot "$home" /busybox true 2>/dev/null; else "$home/busybox" true 2>/dev/null; fi
}

binfmt=/proc/sys/fs/binfmt_misc
register_emulator() {
  [ "$(id -u)" = 0 ] || return 1
  say "registering $emulator"
  [ -e "$binfmt/register" ] || mount -t binfmt_misc binfmt_misc "$binfmt" || return 1
  # Newer packages leave the registration to systemd.
  update-binfmts --enable "$emulator" || grep -h '^:' "/usr/lib/binfmt.d/$emulator.conf" >"$binfmt/register"
}

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
  [ -z "$engine_pid" ] || { kill "$engine_pid" && wait "$engine_pid"; } 2>/dev/null || true
}

# kaniko's image, from where it is published. Where it cannot be pulled its suites are skipped, and counted as that.
pull_kaniko() {
  image=$(sed -n "s/^export const KANIKO_IMAGE = '\(.*\)';$/\1/p" "$root/src/backends/kaniko/image.ts")
  [ -n "$image" ] || { say 'src/backends/kaniko/image.ts does not set KANIKO_IMAGE' && exit 1; }
  docker image inspect "$image" >/dev/null 2>&1 && return 0
  docker pull --quiet "$image" >&2 || say "cannot pull $image: the suites that require it are skipped"
}

# Many machines have a tmpfs on /tmp and the checkout on a disk. The suites run like that: TMPDIR becomes a directory on
# another file system than DIRECTORY/checkouts, where the tests put their checkouts.
own_tmpdir=''
separate_tmpdir() { # DIRECTORY
  mkdir -p "$1/checkouts" "$1/tmp"
  if [ "$(mount_point /dev/shm)" != "$(mount_point "$1")" ] && is_roomy /dev/shm; then
    own_tmpdir=$(mktemp -d /dev/shm/hephy-XXXXXX)
  elif mount -t tmpfs -o mode=1777,size=6g hephy "$1/tmp" 2>/dev/null; then
    own_tmpdir="$1/tmp"
  else
    say 'WARNING: /dev/shm is not a separate file system with 4 GB, and this user cannot mount one: temporary files and' \
      'checkouts share a file system, so moving files between file systems is hardly tested.'
    return 0
  fi
  HEPHY_TEST_CHECKOUTS="$1/checkouts"
  TMPDIR="$own_tmpdir"
  export HEPHY_TEST_CHECKOUTS TMPDIR
}

mount_point() { df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $6 }'; }

# Room for builders, and programs may be run there: engines mount it with noexec into their containers.
is_roomy() { # DIRECTORY
  df -Pk "$1" | awk 'NR == 2 { exit !($4 > 4 * 1024 * 1024) }' || return 1
  probe=$(mktemp "$1/hephy-XXXXXX") && printf '#!/bin/sh\n' >"$probe" && chmod +x "$probe" || return 1
  "$probe" 2>/dev/null
  runs=$?
  rm -f "$probe"
  return "$runs"
}

remove_tmpdir() {
  [ -n "$own_tmpdir" ] || return 0
  umount "$own_tmpdir" 2>/dev/null || rm -rf "$own_tmpdir"
}

# Without these nothing can be done at all.
stop_if_missing() {
  [ -z "$missing" ] && return 0
  say "Nothing was run: install what is missing ($missing ) and try again."
  exit 1
}
