#!/bin/bash
# Analyse one object and power off. This is the instance's user data, the same bytes for every
# instance: what differs comes from the instance's tags, as data. IMDSv2 serves them.
#
#   patternbook:intake, results   names of the two buckets
#   patternbook:key-1 .. key-N    the object's key in base64url; patternbook:key-parts is N
#   patternbook:version           the object's version (null in a bucket without versions)
#   patternbook:max-minutes       how long the instance may live
#
# Reads the object from intake, runs /opt/analysis/run INPUT OUTPUT_DIR if the image has it (else
# counts and hashes), and writes the output directory as the one object KEY/VERSION.tar.gz to results.
# Needs bash, curl, tar and the AWS CLI v2, as on Amazon Linux 2023, and reaches nothing but S3.
# cloud-init copies stderr to the console, where a failure can be read after the instance has gone.
set -Eeuo pipefail
umask 077
# A key is UTF-8 whatever the locale of the image.
export LC_ALL=C.UTF-8

say() { printf 'patternbook: %s\n' "$*" >&2; }

# The launch template turns power-off into termination. An instance that stays is paid for and holds data.
finish() {
  local status=$?
  trap - EXIT ERR
  if ((status == 0)); then say 'finished'; else say "FAILED with status $status"; fi
  shutdown -h now || poweroff -f
  exit "$status"
}
trap finish EXIT
trap 'exit 143' HUP INT TERM
# BASH_COMMAND is the command as written here, before expansion: the console shows the step, not the data.
trap 'say "line $LINENO failed: $BASH_COMMAND"' ERR

imds=http://169.254.169.254/latest
fetch() { curl -fsS --noproxy '*' --max-time 5 --retry 5 --retry-all-errors "$@"; }
token=$(fetch -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 600' "$imds/api/token")
metadata() { fetch -H "X-aws-ec2-metadata-token: $token" "$imds/meta-data/$1"; }
tag() { metadata "tags/instance/patternbook:$1"; }

minutes=$(tag max-minutes)
[[ $minutes =~ ^[1-9][0-9]{0,3}$ ]]
shutdown -h "+$minutes"

AWS_DEFAULT_REGION=$(metadata placement/region)
export AWS_DEFAULT_REGION
intake=$(tag intake)
results=$(tag results)
version=$(tag version)
parts=$(tag key-parts)
# Checked before bash takes it for arithmetic, which would run $(...) inside an index.
[[ $parts =~ ^[1-9]$ ]]
coded=
for ((part = 1; part <= parts; part++)); do
  coded+=$(tag "key-$part")
done

# The dot keeps $(...) from stripping newlines that belong to the key.
key=$(tr -- '-_' '+/' <<<"$coded" | base64 -d && printf .)
key=${key%.}
# The CLI would replace such a value by the contents of that file. The launch refuses it too.
[[ $key != file://* && $key != fileb://* ]]

# On disk: /tmp is memory on Amazon Linux 2023.
work=$(mktemp -d "${TMPDIR:-/var/tmp}/patternbook.XXXXXX")
mkdir "$work/output"
say 'downloading'
# `=` because a key may start with a dash. Not `s3 cp`: it knows no versions and reads a final / as a folder.
aws s3api get-object --bucket="$intake" --key="$key" --version-id="$version" "$work/input" >/dev/null

say 'analysing'
# The variable is for the tests; an image puts its analysis at the fixed path.
analysis=${PATTERNBOOK_ANALYSIS:-/opt/analysis/run}
if [[ -x $analysis ]]; then
  "$analysis" "$work/input" "$work/output" </dev/null >&2
else
  lines=$(wc -l <"$work/input")
  bytes=$(wc -c <"$work/input")
  sha256=$(sha256sum <"$work/input")
  printf '{"lines": %d, "bytes": %d, "sha256": "%s"}\n' "$lines" "$bytes" "${sha256%% *}" >"$work/output/summary.json"
fi

say 'uploading'
tar -C "$work/output" -czf "$work/result.tar.gz" .
# The last step, and a whole object or none: its event means that the analysis is complete.
aws s3 cp --only-show-errors "$work/result.tar.gz" "s3://$results/$key/$version.tar.gz"
