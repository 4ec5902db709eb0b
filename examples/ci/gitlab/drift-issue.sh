#!/bin/sh
# Keeps one issue about drift. Arguments: the exit code of `accord drift`, and its report. Needs curl, jq and ACCORD_GITLAB_TOKEN.
set -eu
code=$1
file=$2
label=access-drift
issues="$CI_API_V4_URL/projects/$CI_PROJECT_ID/issues"

api() {
    printf 'header = "PRIVATE-TOKEN: %s"\n' "$ACCORD_GITLAB_TOKEN" | curl --silent --show-error --fail --config - "$@"
}

open=$(api "$issues?labels=$label&state=opened&per_page=1" | jq -r '.[0].iid // empty')
case $code in
    0)
        if [ -n "$open" ]; then api -X PUT --data 'state_event=close' "$issues/$open" >/dev/null; fi
        ;;
    2)
        if [ -n "$open" ]; then
            api -X PUT --data-urlencode "description@$file" "$issues/$open" >/dev/null
        else
            api -X POST --data-urlencode 'title=Access moved without the files' --data "labels=$label" \
                --data-urlencode "description@$file" "$issues" >/dev/null
        fi
        ;;
    *)
        echo "accord drift ended with $code: the issue stays as it is" >&2
        exit 1
        ;;
esac
