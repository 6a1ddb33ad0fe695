#!/bin/sh
# The calls of a plan, made with awscli. CALLS: one call a line, `SERVICE OPERATION REGION PARAMETERS`, as `s3api get-bucket-policy eu-west-1 {…}`.
set -u
while read -r service operation region parameters; do
    # What is not there is an answer, too: 254.
    aws "$service" "$operation" --region "$region" --cli-input-json "$parameters" --output json >/dev/null 2>&1
    code=$?
    if [ "$code" -ne 0 ] && [ "$code" -ne 254 ]; then
        echo "$service $operation ended with $code" >&2
        exit 1
    fi
done <"$1"
