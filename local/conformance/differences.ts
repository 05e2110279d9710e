/** Where somebody else's implementation says otherwise, and why ours stays with what AWS's documentation says. By peer and assertion. */
export const differences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  moto: {
    "s3-wrong-checksum": "It keeps the checksum without computing it. AWS computes it and refuses with BadDigest (S3 User Guide, Checking object integrity).",
    "s3-multipart-order":
      "It looks at sizes first, and takes the last part of the list for the last part. The order is an error of its own (CompleteMultipartUpload, errors).",
    "s3-presigned": "It verifies no signatures. A signature is over the key (Signature Version 4, query parameters), so another key is 403.",
    "sagemaker-training-name-taken": "It takes a second job of one name for the first. The page lists ResourceInUse (CreateTrainingJob, errors).",
    "sagemaker-training-name": "It does not look at names. The page gives their pattern and length (CreateTrainingJob, TrainingJobName).",
    "sagemaker-training-spot-wait": "It does not compare the two. The wait must be equal to or greater than the run (StoppingCondition, MaxWaitTimeInSeconds).",
    "sagemaker-training-hyperparameters": "It does not count. The page bounds their number and length (CreateTrainingJob, HyperParameters).",
    "sagemaker-training-list": "It sorts in one order only, and loses the name on the second page (ListTrainingJobs, SortOrder, NextToken).",
    "sagemaker-training-unknown": "It stops a job that is not there. The page lists ResourceNotFound (StopTrainingJob, errors).",
    "sagemaker-pipeline-unknown": "It has one name for all that is missing. The pages list ResourceNotFound (StartPipelineExecution, errors).",
    "sagemaker-pipeline-names":
      "It does not look at names and tokens. The page gives their patterns and lengths (CreatePipeline, PipelineName, ClientRequestToken).",
    "sagemaker-pipeline-definition": "It keeps a definition unread. A definition is JSON of a published schema (CreatePipeline, PipelineDefinition).",
    "sagemaker-pipeline-start-twice":
      "It does not read the token. An idempotent operation completes no more than once (StartPipelineExecution, ClientRequestToken).",
    "sagemaker-pipeline-fail-step": "It runs nothing and cannot list steps (ListPipelineExecutionSteps).",
    "sagemaker-package-approval-values": "It does not look at the length. At most 1024 characters say why (UpdateModelPackage, ApprovalDescription).",
    "sagemaker-package-metadata": "It does not count. The page bounds their number and length (CreateModelPackage, CustomerMetadataProperties).",
    "sagemaker-package-twice": "It does not read the token. It guarantees that the call is idempotent (CreateModelPackage, ClientToken).",
    "sts-session-name": "It looks at the length and takes blanks. The page gives the characters (AssumeRole, RoleSessionName).",
    "sts-duration": "It does not look at the time. The page gives 900 to 43200 seconds (AssumeRole, DurationSeconds).",
    "sts-unknown-role": "It gives credentials of any role. STS gives those of a role whose trust policy lets the caller (IAM User Guide).",
    "dynamodb-numbers": "It keeps numbers as they are written. DynamoDB trims zeros that say nothing, and takes at most 38 digits (Developer Guide, Number).",
  },
  ministack: {
    "s3-multipart-small-part": "It takes parts of any size. AWS refuses all but the last under 5 MiB (S3 User Guide, multipart upload limits).",
    "s3-multipart-order": "It sorts the parts and does not compare ETags. Both are errors (CompleteMultipartUpload, errors).",
    "dynamodb-overlapping-paths": "It applies both parts. DynamoDB refuses paths that overlap (UpdateItem, UpdateExpression).",
    "sqs-delete": "It forgets a receipt with its message. SQS succeeds for a message that is gone already (DeleteMessage).",
    "sqs-batch": "It does not check the delay. SQS takes 0 to 900 seconds (SendMessageBatch, DelaySeconds).",
    "events-failed-entries": "It does not read an entry's detail. EventBridge refuses what is no JSON object as MalformedDetail (PutEvents).",
    "sts-session-name": "It looks at neither length nor characters. The page gives both (AssumeRole, RoleSessionName).",
    "sts-duration": "It does not look at the time. The page gives 900 to 43200 seconds (AssumeRole, DurationSeconds).",
    "sts-unknown-role": "It gives credentials of any role. STS gives those of a role whose trust policy lets the caller (IAM User Guide).",
    "states-execution-timeout": "It knows no time limit of an execution. AWS ends it as TIMED_OUT (Amazon States Language, TimeoutSeconds).",
  },
};
