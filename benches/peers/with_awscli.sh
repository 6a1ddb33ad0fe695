#!/bin/sh
# The calls of a plan, made with awscli. CALLS: one call a line, `SERVICE OPERATION REGION PARAMETERS`, as `s3api get-bucket-policy eu-west-1 {…}`.
set -u
while read -r service operation region parameters; do
    said=$(aws "$service" "$operation" --region "$region" --cli-input-json "$parameters" --output json 2>&1 >/dev/null)
    code=$?
    case "$code $said" in
    "0 "*) ;;
    # What is not there is an answer, too.
    *"An error occurred ("*) ;;
    *)
        echo "$service $operation ended with $code: $said" >&2
        exit 1
        ;;
    esac
done <"$1"
