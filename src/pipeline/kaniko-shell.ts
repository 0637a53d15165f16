const DIGITS = '[0-9]'.repeat(12);

/**
 * An ECR host carries the account's number: the same that `redact` hides elsewhere. By awk, which hands on line for line;
 * busybox's sed keeps them until the end.
 */
const HIDE_HOSTS = `awk '{ gsub(/${DIGITS}\\.dkr[.-]ecr(-fips)?\\.[a-z0-9-]+\\.(amazonaws\\.(com(\\.cn)?|eu)|on\\.(aws|amazonwebservices\\.com\\.cn))/, "<ECR-REGISTRY>"); print; fflush() }'`;

/**
 * What a job of kaniko's image knows: a busybox shell has to do what hephy-builder does elsewhere. kaniko leaves its own
 * directory out of every image and out of its cleaning, so all that is kept between legs is kept there.
 */
export function kanikoShell(redact: boolean): string {
  return SHELL.replace('HIDE', () => (redact ? HIDE_HOSTS : 'cat'));
}

const SHELL = `# The words that this job is written in. What it keeps between two builds is in /kaniko, which no image gets.
run=/kaniko/run
rm -rf "$run"
mkdir -p "$run/built" "$run/digests" "$run/logs" "$run/sources" "$run/tags"
: > "$run/failures"

hide() { HIDE; }

slug() { echo "$1" | tr / -; }

# unpack ARCHIVE: an upstream that prepare has fetched
unpack() {
  mkdir -p "$run/sources/\${1%.tar}"
  tar -x -f ".hephy/run/sources/$1" -C "$run/sources/\${1%.tar}"
}

# given LEG TAG_FILE: a leg of a job before this one was built if its tag is here
given() {
  if [ -f "$2" ]; then
    : > "$run/built/$(slug "$1")"
    rm -f "$2"
  fi
}

# leg LEG COMMAND TAG_FILE TAG NEEDED_LEG...: one build; when it fails, only what needs it is not built
leg() {
  id=$1 command=$2 file=$3 tag=$4 name=$(slug "$1")
  shift 4
  for need in "$@"; do
    if [ ! -f "$run/built/$(slug "$need")" ]; then
      echo "$id was not built, because $need was not" | tee -a "$run/failures"
      return 0
    fi
  done
  began=$(date +%s)
  printf '\\033[0Ksection_start:%s:hephy_%s\\r\\033[0K%s\\n' "$began" "$name" "$id"
  set +e
  { (set -eu; "$command"); echo $? > "$run/status"; } 2>&1 | hide | tee "$run/logs/$name.log"
  set -e
  ended=$(date +%s)
  printf '\\033[0Ksection_end:%s:hephy_%s\\r\\033[0K\\n' "$ended" "$name"
  code=$(cat "$run/status")
  if [ "$code" = 0 ]; then
    : > "$run/built/$name"
    if [ -n "$tag" ]; then echo "$tag" > "$run/tags/$file"; fi
    echo "$id built in $((ended - began))s"
    return 0
  fi
  {
    echo "$id failed after $((ended - began))s: kaniko exited $code"
    { grep -v '^[[:space:]]*$' "$run/logs/$name.log" || true; } | tail -n 10 | sed 's/^/  | /'
    echo "  Full log: .hephy/logs/$name.log, among the artifacts of this job."
  } | tee -a "$run/failures"
}

# finish: hands on what was built, and fails if anything was not
finish() {
  rm -rf .hephy/digests .hephy/logs
  mkdir -p .hephy
  cp -R "$run/digests" "$run/logs" .hephy/
  for file in "$run/tags"/*; do
    if [ -f "$file" ]; then cp "$file" .; fi
  done
  if [ -s "$run/failures" ]; then
    printf '\\nNot all was built:\\n\\n'
    cat "$run/failures"
    exit 1
  fi
}
`;
