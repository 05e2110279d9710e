#!/usr/bin/env bash
# stack.sh: `pulumi preview` or `pulumi up` of one stack, with the policy pack. The variables: ACTION (preview or up), STACK, STATE_BUCKET,
# PULUMI_VERSION and PULUMI_SHA256, the digest of the CLI's archive for this machine. Says every fault at once.
set -euo pipefail
faults=()
wants() { [[ ${!1:-} =~ $2 ]] || faults+=("$1 is \"${!1:-}\"; it must be $3."); }
wants ACTION '^(preview|up)$' 'preview or up'
wants STACK '^[a-z][a-z0-9-]{0,30}$' 'the name of a stack'
wants STATE_BUCKET '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' 'a bucket'
wants PULUMI_VERSION '^[0-9]+\.[0-9]+\.[0-9]+$' 'a version'
wants PULUMI_SHA256 '^[0-9a-f]{64}$' 'a SHA-256'
if [ ${#faults[@]} -gt 0 ]; then
  printf '%s\n' "${faults[@]}" >&2
  exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl --fail --silent --show-error --location --proto '=https' --output "$work/pulumi.tar.gz" \
  "https://get.pulumi.com/releases/sdk/pulumi-v$PULUMI_VERSION-linux-arm64.tar.gz"
echo "$PULUMI_SHA256  $work/pulumi.tar.gz" | sha256sum --check --quiet
tar -xzf "$work/pulumi.tar.gz" -C "$work"
export PATH="$work/pulumi:$PATH"

npm ci
npm run build
pulumi login "s3://$STATE_BUCKET?region=$AWS_REGION"
packs=(--policy-pack policies --policy-pack-config "policies/config/$STACK.json")
if [ "$ACTION" = preview ]; then
  pulumi preview --stack "$STACK" "${packs[@]}"
else
  pulumi up --yes --skip-preview --stack "$STACK" "${packs[@]}"
fi
