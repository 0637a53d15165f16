const DIGITS = '[0-9]'.repeat(12);

/**
 * Hides ECR hosts, as `redact` does elsewhere, because they contain the account number. Uses awk, which prints each line
 * at once; busybox's sed prints them at the end.
 */
const HIDE_HOSTS = `awk '{ gsub(/${DIGITS}\\.dkr[.-]ecr(-fips)?\\.[a-z0-9-]+\\.(amazonaws\\.(com(\\.cn)?|eu)|on\\.(aws|amazonwebservices\\.com\\.cn))/, "<ECR-REGISTRY>"); print; fflush() }'`;

/**
 * The shell functions of a job in kaniko's image, which has a busybox shell and no Node for hephy-builder. kaniko excludes
 * its own directory from every image and never cleans it, so files that must survive a leg are kept there.
 */
export function kanikoShell(redact: boolean): string {
  return SHELL.replace('HIDE', () => (redact ? HIDE_HOSTS : 'cat'));
}

const SHELL = `# The functions that this job uses. It keeps files between two builds in /kaniko, which is left out of every image. Its
# variables have names that no config uses: \${name} in a build argument is a variable of the job's environment.
hephy_run=/kaniko/run
rm -rf "$hephy_run"
mkdir -p "$hephy_run/built" "$hephy_run/digests" "$hephy_run/logs" "$hephy_run/sources" "$hephy_run/tags"
: > "$hephy_run/failures"

hide() { HIDE; }

slug() { echo "$1" | tr / -; }

# unpack ARCHIVE: unpacks an upstream that prepare fetched
unpack() {
  mkdir -p "$hephy_run/sources/\${1%.tar}"
  tar -x -f ".hephy/run/sources/$1" -C "$hephy_run/sources/\${1%.tar}"
}

# given LEG TAG_FILE: records a leg of an earlier job as built if its tag file exists
given() {
  if [ -f "$2" ]; then
    : > "$hephy_run/built/$(slug "$1")"
    rm -f "$2"
  fi
}

# require CONFIG VARIABLE...: fails if a variable in the build arguments of a config is not set in this job
require() {
  hephy_config=$1
  shift
  for hephy_variable in "$@"; do
    if ! eval "test \\"\\\${$hephy_variable+set}\\""; then
      echo "the variable $hephy_variable, which build_args in $hephy_config uses, is not set in this job" | tee "$hephy_run/reason"
      return 1
    fi
  done
}

# leg LEG COMMAND TAG_FILE TAG NEEDED_LEG...: runs one build; if it fails, only the legs that need it are not built
leg() {
  hephy_id=$1 hephy_command=$2 hephy_file=$3 hephy_tag=$4 hephy_name=$(slug "$1")
  shift 4
  for hephy_need in "$@"; do
    if [ ! -f "$hephy_run/built/$(slug "$hephy_need")" ]; then
      echo "$hephy_id was not built, because $hephy_need was not built" | tee -a "$hephy_run/failures"
      return 0
    fi
  done
  rm -f "$hephy_run/reason"
  hephy_began=$(date +%s)
  printf '\\033[0Ksection_start:%s:hephy_%s\\r\\033[0K%s\\n' "$hephy_began" "$hephy_name" "$hephy_id"
  set +e
  { (set -eu; "$hephy_command"); echo $? > "$hephy_run/status"; } 2>&1 | hide | tee "$hephy_run/logs/$hephy_name.log"
  set -e
  hephy_ended=$(date +%s)
  printf '\\033[0Ksection_end:%s:hephy_%s\\r\\033[0K\\n' "$hephy_ended" "$hephy_name"
  hephy_code=$(cat "$hephy_run/status")
  if [ "$hephy_code" = 0 ]; then
    : > "$hephy_run/built/$hephy_name"
    if [ -n "$hephy_tag" ]; then echo "$hephy_tag" > "$hephy_run/tags/$hephy_file"; fi
    echo "$hephy_id built in $((hephy_ended - hephy_began))s"
    return 0
  fi
  if [ -f "$hephy_run/reason" ]; then
    echo "$hephy_id was not built: $(cat "$hephy_run/reason")" | tee -a "$hephy_run/failures"
    return 0
  fi
  {
    case $hephy_code in
    126 | 127) echo "$hephy_id was not built: kaniko could not be started (exit status $hephy_code)" ;;
    *) echo "$hephy_id failed after $((hephy_ended - hephy_began))s: kaniko exited $hephy_code" ;;
    esac
    { grep -v '^[[:space:]]*$' "$hephy_run/logs/$hephy_name.log" || true; } | tail -n 10 | sed 's/^/  | /'
    echo "  Full log: .hephy/logs/$hephy_name.log, in the artifacts of this job."
  } | tee -a "$hephy_run/failures"
}

# finish: copies the results into the artifacts, and fails if a leg was not built
finish() {
  rm -rf .hephy/digests .hephy/logs
  mkdir -p .hephy
  cp -R "$hephy_run/digests" "$hephy_run/logs" .hephy/
  for hephy_file in "$hephy_run/tags"/*; do
    if [ -f "$hephy_file" ]; then cp "$hephy_file" .; fi
  done
  if [ -s "$hephy_run/failures" ]; then
    printf '\\nSome legs were not built:\\n\\n'
    cat "$hephy_run/failures"
    exit 1
  fi
}
`;
