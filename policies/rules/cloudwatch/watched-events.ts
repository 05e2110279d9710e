/** What somebody must hear of at once, with events as CloudTrail records them. CIS AWS Foundations Benchmark v3.0, section 4, "Monitoring". */
export const watchedEvents: Readonly<Record<string, readonly object[]>> = {
  "a refused call": [
    { eventSource: "s3.amazonaws.com", eventName: "GetObject", errorCode: "AccessDenied" },
    { eventSource: "ec2.amazonaws.com", eventName: "RunInstances", errorCode: "Client.UnauthorizedOperation" },
  ],
  "signing in without a second factor": [
    { ...signIn(), userIdentity: { type: "IAMUser" }, additionalEventData: { MFAUsed: "No" }, responseElements: { ConsoleLogin: "Success" } },
  ],
  "signing in that failed": [{ ...signIn(), errorMessage: "Failed authentication" }],
  "use of an account's root": [{ eventSource: "iam.amazonaws.com", eventName: "GetUser", eventType: "AwsApiCall", userIdentity: { type: "Root" } }],
  "a change of IAM policies": calls("iam", "AttachRolePolicy", "CreatePolicyVersion", "DeleteRolePolicy", "DetachRolePolicy", "PutRolePolicy"),
  "a change of a trail": calls("cloudtrail", "DeleteTrail", "StopLogging", "UpdateTrail"),
  "a key that is disabled or to be deleted": calls("kms", "DisableKey", "ScheduleKeyDeletion"),
  "a change of who may reach a bucket": calls("s3", "DeleteBucketPolicy", "PutBucketAcl", "PutBucketPolicy"),
  "a change of what Config records": calls("config", "DeleteDeliveryChannel", "PutConfigurationRecorder", "StopConfigurationRecorder"),
  "a change of a security group": calls("ec2", "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"),
  "a change of a network ACL": calls("ec2", "CreateNetworkAclEntry", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry"),
  "a change of a way to the internet": calls("ec2", "AttachInternetGateway", "CreateInternetGateway"),
  "a change of a route": calls("ec2", "CreateRoute", "DeleteRoute", "ReplaceRoute"),
  "a change of a network": calls("ec2", "CreateVpc", "CreateVpcPeeringConnection", "DeleteVpc", "ModifyVpcAttribute"),
  "a change of the organisation": calls("organizations", "DetachPolicy", "InviteAccountToOrganization", "LeaveOrganization", "UpdatePolicy"),
};

function signIn() {
  return { eventSource: "signin.amazonaws.com", eventName: "ConsoleLogin" };
}

function calls(service: string, ...names: readonly string[]) {
  return names.map((eventName) => ({ eventSource: `${service}.amazonaws.com`, eventName, eventType: "AwsApiCall", userIdentity: { type: "AssumedRole" } }));
}
