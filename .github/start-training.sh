#!/usr/bin/env bash
# start-training.sh: starts the SageMaker pipeline that trains one network, in the account that the credentials are of. The variables: STACK, NETWORK, DATASET
# (name@version), and RUN, which names the start: the same RUN starts nothing a second time. Says every fault at once.
set -euo pipefail
faults=()
wants() { [[ ${!1:-} =~ $2 ]] || faults+=("$1 is \"${!1:-}\"; it must be $3."); }
wants STACK '^[a-z][a-z0-9-]{0,30}$' 'the name of a stack'
wants NETWORK '^[a-z][a-z0-9-]{0,62}$' 'the id of a network'
wants DATASET '^[a-z][a-z0-9-]*@[0-9]+\.[0-9]+\.[0-9]+$' 'a dataset and its version, such as instruments@1.2.0'
wants RUN '^[0-9]+-[0-9]+$' 'the number of a run, and of its attempt'
if [ ${#faults[@]} -gt 0 ]; then
  printf '%s\n' "${faults[@]}" >&2
  exit 2
fi

# SageMaker takes 32 characters or more, and starts once for each (API reference, StartPipelineExecution).
token=$(printf '%s' "$STACK $NETWORK $DATASET $RUN" | sha256sum | cut -d ' ' -f 1)
arn=$(
  aws sagemaker start-pipeline-execution \
    --pipeline-name "svp-$STACK-train-$NETWORK" \
    --pipeline-execution-display-name "github-$RUN" \
    --client-request-token "$token" \
    --pipeline-parameters "Name=Dataset,Value=${DATASET%@*}" "Name=DatasetVersion,Value=${DATASET#*@}" 'Name=Reason,Value=github' \
    --query PipelineExecutionArn --output text
)
echo "Started ${arn##*:}. What it registers waits for approval."
