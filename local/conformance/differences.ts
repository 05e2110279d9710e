/** Where somebody else's implementation says otherwise, and why ours stays with what AWS's documentation says. By peer and assertion. */
export const differences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  moto: {
    "s3-wrong-checksum": "It keeps the checksum without computing it. AWS computes it and refuses with BadDigest (S3 User Guide, Checking object integrity).",
    "s3-multipart-order":
      "It looks at sizes first, and takes the last part of the list for the last part. The order is an error of its own (CompleteMultipartUpload, errors).",
    "s3-presigned": "It verifies no signatures. A signature is over the key (Signature Version 4, query parameters), so another key is 403.",
    "dynamodb-numbers": "It keeps numbers as they are written. DynamoDB trims zeros that say nothing, and takes at most 38 digits (Developer Guide, Number).",
  },
  ministack: {
    "s3-multipart-small-part": "It takes parts of any size. AWS refuses all but the last under 5 MiB (S3 User Guide, multipart upload limits).",
    "s3-multipart-order": "It sorts the parts and does not compare ETags. Both are errors (CompleteMultipartUpload, errors).",
    "dynamodb-overlapping-paths": "It applies both parts. DynamoDB refuses paths that overlap (UpdateItem, UpdateExpression).",
    "sqs-delete": "It forgets a receipt with its message. SQS succeeds for a message that is gone already (DeleteMessage).",
    "sqs-batch": "It does not check the delay. SQS takes 0 to 900 seconds (SendMessageBatch, DelaySeconds).",
    "events-failed-entries": "It does not read an entry's detail. EventBridge refuses what is no JSON object as MalformedDetail (PutEvents).",
    "states-execution-timeout": "It knows no time limit of an execution. AWS ends it as TIMED_OUT (Amazon States Language, TimeoutSeconds).",
  },
};
