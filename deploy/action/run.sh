#!/usr/bin/env bash
# One run of postroom: its report in the summary of the job, on a pull request in one comment that is kept up to date, and the outputs.
set -euo pipefail

words=()
while IFS= read -r word; do
    if [ -n "$word" ]; then words+=("$word"); fi
done <<<"$ARGS"

case "$COMMAND" in
plan) flags=(--format markdown --detailed-exitcode) ;;
drift) flags=(--format markdown) ;;
apply) flags=(--yes) ;;
check | validate) flags=() ;;
*)
    echo "::error::command: expected validate, plan, apply, drift or check, found \`$COMMAND\`"
    exit 1
    ;;
esac

report=$(mktemp "$RUNNER_TEMP/postroom-XXXXXX")
errors=$(mktemp "$RUNNER_TEMP/postroom-XXXXXX")
code=0
postroom "$COMMAND" "$PLAN" "${flags[@]+"${flags[@]}"}" "${words[@]+"${words[@]}"}" >"$report" 2>"$errors" || code=$?
cat "$report"
cat "$errors" >&2

# What is not Markdown, and what was said beside a run that failed, stands in the report as it is. A fence longer than any in the text holds it.
fence=''
quote() { printf '\n~~~~~~~~text\n' && cat "$1" && printf '\n~~~~~~~~\n'; }
if [ "$COMMAND" != plan ] && [ "$COMMAND" != drift ]; then
    raw=$(mktemp "$RUNNER_TEMP/postroom-XXXXXX")
    cp "$report" "$raw"
    { printf '## postroom %s\n' "$COMMAND" && quote "$raw"; } >"$report"
    fence=~~~~~~~~
fi
case $code in
0 | 2) ;;
*)
    { printf '\n**exit code %s**\n' "$code" && quote "$errors"; } >>"$report"
    fence=~~~~~~~~
    ;;
esac

# GitHub takes comments of 65536 characters.
if [ "$(wc -c <"$report")" -gt 60000 ]; then
    short=$(mktemp "$RUNNER_TEMP/postroom-XXXXXX")
    # A character that was cut in two is left out; iconv calls that a failure.
    { head -c 60000 "$report" | { iconv -c -f UTF-8 -t UTF-8 || true; } && printf '\n%s\n\nThe rest is in the log of the run.\n' "$fence"; } >"$short"
    report=$short
fi

cat "$report" >>"$GITHUB_STEP_SUMMARY"
{
    echo "exit-code=$code"
    echo "changes=$([ "$code" = 2 ] && echo true || echo false)"
    echo "report=$report"
} >>"$GITHUB_OUTPUT"

comment() {
    number=$(jq -r '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
    [ -n "$number" ] || return 0
    marker="<!-- postroom $COMMAND $PLAN $COMMENT_KEY -->"
    body=$(mktemp "$RUNNER_TEMP/postroom-XXXXXX")
    { printf '%s\n' "$marker" && cat "$report" && printf '\n[The run](%s/%s/actions/runs/%s)\n' "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID"; } >"$body"
    # The first that carries the marker, written by an app or by whose token this is: others may quote it further down, and not begin with it.
    comments=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments")
    known=$(jq -r --arg marker "$marker" '.[] | select(.body | startswith($marker)) | .id' <<<"$comments" | head -n 1)
    if [ -n "$known" ]; then
        gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" --field "body=@$body"
    else
        gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" --field "body=@$body"
    fi
}
if [ "$COMMENT" = true ] && [ "$COMMAND" != apply ]; then
    # A pull request from a fork has a token that may not write: the plan is still good, and stands in the summary.
    comment || echo "::warning::the comment could not be written; the report is in the summary"
fi

# A plan with changes is what a pull request is for. Drift and a problem are not.
if [ "$COMMAND" = plan ] && [ "$code" = 2 ]; then code=0; fi
exit "$code"
