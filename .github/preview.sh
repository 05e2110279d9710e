#!/usr/bin/env bash
# preview.sh BASE COMMENT: previews every stack as it is in the folder BASE and as it is here, and writes to the file COMMENT, as
# Markdown, what changes and what the policies say. Ends with 1 if a stack is refused here.
set -euo pipefail
base=$1 comment=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Of a stack that is new or was wrong before, everything is new.
before() { (cd "$base" && npm run -s preview -- "$1" --json "$work/before.json") >/dev/null || [ -e "$work/before.json" ] || echo '[]' >"$work/before.json"; }

refused=0
: >"$comment"
for file in Pulumi.*.yaml; do
  stack=$(basename "$file" .yaml) stack=${stack#Pulumi.}
  rm -f "$work"/*.json
  before "$stack"
  if npm run -s preview -- "$stack" --json "$work/after.json" >"$work/log" 2>&1; then verdict='No policy objects.'; else verdict='**Refused.**' refused=1; fi
  {
    if [ -e "$work/after.json" ]; then npm run -s changes -- "$work/before.json" "$work/after.json"; else printf '### Stack %s\n' "$stack"; fi
    printf '\n%s\n\n' "$verdict"
    # What is wrong stands at the end of what the preview tells.
    if [ "$verdict" != 'No policy objects.' ]; then printf '```\n' && tail -n 60 "$work/log" && printf '```\n\n'; fi
  } >>"$comment"
  echo "$stack: $verdict"
done
exit "$refused"
