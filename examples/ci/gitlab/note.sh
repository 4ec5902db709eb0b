#!/bin/sh
# Writes a file into one note of the merge request: a new one the first time, the same one later. Needs curl, jq and ACCORD_GITLAB_TOKEN.
set -eu
file=$1
mark='<!-- accord: access review -->'
notes="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"

# The token goes by a file descriptor, so that no process list shows it.
api() {
    printf 'header = "PRIVATE-TOKEN: %s"\n' "$ACCORD_GITLAB_TOKEN" | curl --silent --show-error --fail --config - "$@"
}

# A leading slash would be a command of GitLab, an @ would notify people.
body=$(head -c 60000 "$file" | iconv -c -f utf-8 -t utf-8 | sed -e 's|^/|\&#47;|' -e 's/@\([A-Za-z0-9]\)/@\&#8203;\1/g')
jq -n --arg body "$mark
$body" '{body: $body}' >note.json

old=$(api "$notes?per_page=100&sort=asc" | jq -r --arg mark "$mark" '[.[] | select(.body | startswith($mark))][0].id // empty')
if [ -n "$old" ]; then
    api -X PUT -H 'Content-Type: application/json' --data @note.json "$notes/$old" >/dev/null
else
    api -X POST -H 'Content-Type: application/json' --data @note.json "$notes" >/dev/null
fi
