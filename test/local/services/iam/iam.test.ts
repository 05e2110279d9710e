import { expect } from "chai";
import { createIam, type Iam } from "../../../../local/services/iam/iam.ts";

const account = "111122223333";
const role = `arn:aws:iam::${account}:role/worker`;
const queue = `arn:aws:sqs:us-east-1:${account}:jobs`;
const key = `arn:aws:kms:us-east-1:${account}:key/1`;
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const trust = policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });
const caller = { arn: role };

/** The error's message, or "allowed". */
function outcome(work: () => unknown): string {
  try {
    work();
    return "allowed";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("IAM", () => {
  let iam: Iam;
  const grant = (...statements: object[]) => iam.putRolePolicy(role, "inline", policy(...statements));
  const ask = (action: string, resource: string, context: Record<string, string | string[]> = {}, by = caller) =>
    outcome(() => iam.authorize(by, action, resource, context));
  const denied = (action: string, resource: string, reason: string, by = role) => `${by} is not authorized to perform ${action} on ${resource}: ${reason}.`;

  beforeEach(() => {
    iam = createIam({ accountId: account });
    iam.putRole({ arn: role, trustPolicy: trust });
  });

  describe("decides", () => {
    it("by the role's policies: action, resource, wildcards", () => {
      grant({ Effect: "Allow", Action: ["sqs:Send*", "SQS:getqueueurl"], Resource: `arn:aws:sqs:*:${account}:jo?s` });
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      expect(ask("sqs:GetQueueUrl", queue)).to.equal("allowed");
      expect(ask("sqs:ReceiveMessage", queue)).to.equal(denied("sqs:ReceiveMessage", queue, "no policy of the role or of the resource allows it"));
      expect(ask("sqs:SendMessage", `${queue}-2`)).to.include("not authorized");
      // A wildcard stays within its part of the ARN.
      expect(ask("sqs:SendMessage", `arn:aws:sqs:us-east-1:9:x:${account}:jobs`)).to.include("not authorized");
    });

    it("by a role's boundary too: what it does not allow, nothing else can", () => {
      const boundary = `arn:aws:iam::${account}:policy/boundary`;
      expect(outcome(() => iam.putRole({ arn: role, trustPolicy: trust, permissionsBoundary: boundary }))).to.equal(`No policy ${boundary} was declared.`);
      iam.putManagedPolicy(
        boundary,
        policy({ Effect: "Allow", Action: "sqs:*", Resource: "*" }, { Effect: "Deny", NotAction: ["sqs:SendMessage", "sqs:Get*"], Resource: "*" }),
      );
      iam.putRole({ arn: role, trustPolicy: trust, permissionsBoundary: boundary });
      expect(ask("sqs:SendMessage", queue), "a boundary allows nothing itself").to.include("no policy of the role");
      grant({ Effect: "Allow", Action: ["sqs:*", "s3:GetObject"], Resource: "*" });
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      expect(ask("sqs:GetQueueUrl", queue)).to.equal("allowed");
      expect(ask("sqs:PurgeQueue", queue)).to.equal(denied("sqs:PurgeQueue", queue, "statement 1 of the role's permissions boundary denies it"));
      iam.putManagedPolicy(boundary, policy({ Effect: "Allow", Action: "sqs:*", Resource: "*" }));
      expect(ask("s3:GetObject", "arn:aws:s3:::b/k")).to.equal(denied("s3:GetObject", "arn:aws:s3:::b/k", "the role's permissions boundary does not allow it"));
      iam.putResourcePolicy("arn:aws:s3:::b", policy({ Effect: "Allow", Principal: { AWS: role }, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }));
      expect(ask("s3:GetObject", "arn:aws:s3:::b/k")).to.include("permissions boundary does not allow it");
    });

    it("by the organisation of the caller", () => {
      grant({ Effect: "Allow", Action: "sqs:SendMessage", Resource: queue });
      const perimeter = (organization: string) =>
        policy({
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: queue,
          Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": organization }, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } },
        });
      iam.putResourcePolicy(queue, perimeter("o-local000000"));
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      iam.putResourcePolicy(queue, perimeter("o-another0000"));
      expect(ask("sqs:SendMessage", queue)).to.include("statement 0 of the resource's policy denies it");
      expect(ask("sqs:SendMessage", queue, {}, { arn: "events.amazonaws.com" }), "a service is no member").to.include("no policy of the resource allows it");
    });

    it("never by a statement for people of an identity provider", () => {
      const saml = `arn:aws:iam::${account}:saml-provider/hospital`;
      iam.putResourcePolicy(queue, policy({ Effect: "Allow", Principal: { Federated: saml }, Action: "sqs:SendMessage", Resource: queue }));
      expect(ask("sqs:SendMessage", queue)).to.include("not authorized");
    });

    it("against an explicit deny, whoever allows", () => {
      grant({ Effect: "Allow", Action: "*", Resource: "*" }, { Sid: "NotThis", Effect: "Deny", Action: "sqs:PurgeQueue", Resource: queue });
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
      expect(ask("sqs:PurgeQueue", queue)).to.equal(denied("sqs:PurgeQueue", queue, 'statement NotThis of policy "inline" of the role denies it'));
      iam.putResourcePolicy(queue, policy({ Effect: "Deny", Principal: "*", Action: "sqs:SendMessage", Resource: queue }));
      expect(ask("sqs:SendMessage", queue)).to.equal(denied("sqs:SendMessage", queue, "statement 0 of the resource's policy denies it"));
      const { arn } = iam.administrator.caller;
      expect(ask("sqs:SendMessage", queue, {}, iam.administrator.caller)).to.equal(
        denied("sqs:SendMessage", queue, "statement 0 of the resource's policy denies it", arn),
      );
      expect(ask("sqs:Anything", queue, {}, iam.administrator.caller)).to.equal("allowed");
    });

    it("by the resource's policy: for the role itself, for services, for the objects of a bucket and the versions of a function", () => {
      const service = { arn: "events.amazonaws.com" };
      expect(ask("sqs:SendMessage", queue, {}, service)).to.equal(denied("sqs:SendMessage", queue, "no policy of the resource allows it", service.arn));
      iam.putResourcePolicy(
        queue,
        policy(
          { Effect: "Allow", Principal: { AWS: role }, Action: "sqs:ReceiveMessage", Resource: queue },
          {
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: queue,
            Condition: { ArnLike: { "aws:SourceArn": "arn:aws:events:*:*:rule/uploads" } },
          },
        ),
      );
      expect(ask("sqs:ReceiveMessage", queue)).to.equal("allowed");
      expect(ask("sqs:SendMessage", queue, { "aws:SourceArn": `arn:aws:events:us-east-1:${account}:rule/uploads` }, service)).to.equal("allowed");
      expect(ask("sqs:SendMessage", queue, { "aws:SourceArn": `arn:aws:events:us-east-1:${account}:rule/other` }, service)).to.include("not authorized");
      expect(ask("sqs:SendMessage", queue, { "aws:SourceArn": `arn:aws:events:us-east-1:${account}:rule/uploads` }, { arn: "sns.amazonaws.com" })).to.include(
        "not authorized",
      );
      iam.putResourcePolicy(
        "arn:aws:s3:::lake",
        policy({ Effect: "Allow", Principal: { AWS: role }, Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/a/*" }),
      );
      expect(ask("s3:GetObject", "arn:aws:s3:::lake/a/b:c/d")).to.equal("allowed");
      expect(ask("s3:GetObject", "arn:aws:s3:::lake/b")).to.include("not authorized");
      const lambda = `arn:aws:lambda:us-east-1:${account}:function:f`;
      iam.putResourcePolicy(lambda, policy({ Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction", Resource: [lambda, `${lambda}:*`] }));
      expect(ask("lambda:InvokeFunction", `${lambda}:live`)).to.equal("allowed");
    });

    it("by identity policies of the account only if a key's policy lets them", () => {
      grant({ Effect: "Allow", Action: "kms:Decrypt", Resource: key });
      expect(ask("kms:Decrypt", key)).to.equal("allowed");
      iam.putResourcePolicy(key, policy({ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:role/other` }, Action: "kms:*", Resource: "*" }));
      expect(ask("kms:Decrypt", key)).to.equal(denied("kms:Decrypt", key, "the key's policy neither allows it nor lets identity policies decide"));
      iam.putResourcePolicy(key, policy({ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" }));
      expect(ask("kms:Decrypt", key)).to.equal("allowed");
      expect(ask("kms:Encrypt", key)).to.include("not authorized");
    });

    it("over the loopback as over TLS", () => {
      grant({ Effect: "Allow", Action: "*", Resource: "*" });
      const insecure = { Effect: "Deny", Principal: "*", Action: "*", Resource: "*" };
      iam.putResourcePolicy(
        queue,
        policy(
          { ...insecure, Condition: { Bool: { "aws:SecureTransport": false } } },
          { ...insecure, Condition: { NumericLessThan: { "s3:TlsVersion": 1.2 } } },
        ),
      );
      expect(ask("sqs:SendMessage", queue)).to.equal("allowed");
    });
  });

  describe("condition operators", () => {
    const cases: [string, object, Record<string, string | string[]>, boolean][] = [
      ["StringEquals", { k: ["a", "b"] }, { K: "b" }, true],
      ["StringEquals", { k: "a" }, {}, false],
      ["StringEquals", { k: "a", l: "a" }, { k: "a", l: "b" }, false],
      ["StringEqualsIfExists", { k: "a" }, {}, true],
      ["StringNotEquals", { k: ["a", "b"] }, { k: "b" }, false],
      ["StringNotEquals", { k: "a" }, {}, true],
      ["StringNotEquals", { k: "a" }, { k: ["b", "a"] }, false],
      ["StringEqualsIgnoreCase", { k: "A" }, { k: "a" }, true],
      ["StringLike", { k: "a*c?" }, { k: "abbcd" }, true],
      ["StringNotLike", { k: "a*" }, { k: "abc" }, false],
      ["StringNotLikeIfExists", { k: "a*" }, {}, true],
      ["ForAnyValue:StringEquals", { k: ["a"] }, { k: ["b", "a"] }, true],
      ["ForAnyValue:StringNotEquals", { k: ["a"] }, {}, false],
      ["ForAllValues:StringLike", { k: ["a*", "b"] }, { k: ["ab", "b"] }, true],
      ["ForAllValues:StringEquals", { k: ["a"] }, { k: ["a", "b"] }, false],
      ["ForAllValues:StringEquals", { k: ["a"] }, {}, true],
      ["ArnLike", { k: "arn:aws:s3:::b*" }, { k: "arn:aws:s3:::bucket" }, true],
      ["ArnEquals", { k: "arn:aws:*:::bucket" }, { k: "arn:aws:s3:x::bucket" }, false],
      ["ArnNotLike", { k: "arn:aws:s3:::b*" }, { k: "arn:aws:s3:::bucket" }, false],
      ["Bool", { k: true }, { k: "true" }, true],
      ["BoolIfExists", { k: "false" }, {}, true],
      ["Null", { k: true }, {}, true],
      ["Null", { k: "false" }, { k: "x" }, true],
      ["Null", { k: "true" }, { k: "x" }, false],
      ["NumericLessThan", { k: 10 }, { k: "9.5" }, true],
      ["NumericGreaterThanEquals", { k: "10" }, { k: "9" }, false],
      ["NumericNotEquals", { k: 1 }, { k: "1.0" }, false],
      ["NumericEquals", { k: 1 }, { k: "one" }, false],
    ];
    for (const [operator, wanted, context, holds] of cases) {
      it(`${operator} ${JSON.stringify(wanted)} ${holds ? "holds" : "fails"} for ${JSON.stringify(context)}`, () => {
        grant({ Effect: "Allow", Action: "a:B", Resource: "*", Condition: { [operator]: wanted } });
        expect(ask("a:B", "*", context) === "allowed").to.equal(holds);
      });
    }
  });

  describe("policies", () => {
    it("are refused with every mistake, and whatever is not implemented", () => {
      const wrong = {
        Version: "2008-10-17",
        Statement: [
          { Sid: "A", Effect: "Permit", NotResource: "*", Resource: "bucket", Principal: "*" },
          {
            Sid: "A",
            Effect: "Allow",
            Action: "s3",
            Resource: [`arn:aws:s3:::home/\${aws:username}`],
            Condition: { DateLessThan: { k: "x" }, StringEquals: { k: [] }, NumericEquals: { k: "x" }, NullIfExists: { k: true } },
          },
          { Effect: "Allow", Action: [], Resource: 5 },
        ],
      };
      expect(outcome(() => iam.putRolePolicy(role, "bad", wrong))).to.equal(
        [
          `The policy "bad" of role ${role} is not valid:`,
          'Version is "2008-10-17"; it must be "2012-10-17".',
          "Statement A: NotResource is not implemented by the local cloud; name what is meant instead.",
          "Statement A: Principal is not an element of a statement in this kind of policy (identity).",
          "Statement A: Action is missing.",
          'Statement A: Effect is "Permit"; it must be "Allow" or "Deny".',
          'Statement A: Resource "bucket" must be an ARN of six parts or "*".',
          'Statement A: Action "s3" must be "service:Action" or "*".',
          `Statement A: Resource "arn:aws:s3:::home/\${aws:username}" has a policy variable; the local cloud does not implement policy variables.`,
          'Statement A: Condition operator "DateLessThan" is not implemented by the local cloud.',
          "Statement A: Condition.StringEquals.k is []; it must be a string, number, boolean or a list of those.",
          'Statement A: Condition.NumericEquals.k is "x"; it must be a number.',
          'Statement A: Condition operator "NullIfExists" is not implemented by the local cloud.',
          "Statement 2: Action is []; it must be a string or a list of strings.",
          "Statement 2: Resource is 5; it must be a string or a list of strings.",
          'Two statements have the Sid "A".',
        ].join(" "),
      );
      const both = policy({ Effect: "Allow", Action: "s3:*", NotAction: "sqs:*", Resource: "*" });
      expect(outcome(() => iam.putRolePolicy(role, "bad", both))).to.include("Statement 0: it may have Action or NotAction, not both.");
      expect(outcome(() => iam.putRolePolicy(role, "bad", "text"))).to.include("must be an object with Version and Statement");
      expect(outcome(() => iam.putResourcePolicy(queue, policy({ Effect: "Allow", NotPrincipal: "*", Action: "*", Resource: "*" })))).to.include(
        "NotPrincipal is not implemented",
      );
      expect(
        outcome(() =>
          iam.putResourcePolicy(
            queue,
            policy({ Effect: "Allow", Principal: { AWS: "arn:aws:iam::1:role/*", CanonicalUser: "x" }, Action: "*", Resource: "*" }),
          ),
        ),
      )
        .to.include("Principal.CanonicalUser is not implemented")
        .and.include("without wildcards");
      expect(outcome(() => iam.putRolePolicy("arn:aws:iam::1:role/none", "p", policy()))).to.equal("No role arn:aws:iam::1:role/none was declared.");
    });

    it("replace the one before", () => {
      grant({ Effect: "Allow", Action: "a:B", Resource: "*" });
      grant({ Effect: "Allow", Action: "a:C", Resource: "*" });
      expect(ask("a:B", "*")).to.include("not authorized");
    });
  });

  describe("roles", () => {
    it("are taken only by the services that they trust", () => {
      expect(iam.assume("lambda.amazonaws.com", role)).to.deep.equal({ arn: role });
      expect(outcome(() => iam.assume("states.amazonaws.com", role))).to.equal(
        denied("sts:AssumeRole", role, "its trust policy does not allow it", "states.amazonaws.com"),
      );
      const Condition = { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": "arn:aws:states:*:*:stateMachine:x" } };
      iam.putRole({ arn: role, trustPolicy: policy({ Effect: "Allow", Principal: { Service: "states.amazonaws.com" }, Action: "sts:AssumeRole", Condition }) });
      expect(outcome(() => iam.assume("states.amazonaws.com", role))).to.include("not authorized");
      expect(iam.assume("states.amazonaws.com", role, { "aws:SourceArn": "arn:aws:states:us-east-1:1:stateMachine:x" })).to.deep.equal({ arn: role });
      expect(outcome(() => iam.assume("states.amazonaws.com", `${role}2`))).to.equal(`No role ${role}2 was declared.`);
    });

    it("have credentials that stay the same, and that only the seed gives", () => {
      const again = createIam({ accountId: account });
      again.putRole({ arn: role, trustPolicy: trust });
      const credentials = iam.credentialsOf(role);
      expect(again.credentialsOf(role)).to.deep.equal(credentials);
      expect(credentials.accessKeyId).to.match(/^ASIA[A-Z2-7]{16}$/);
      expect(credentials.secretAccessKey).to.have.length(40);
      expect(iam.resolve(credentials.accessKeyId)).to.deep.equal({ caller: { arn: role }, credentials });
      expect(iam.resolve("ASIAX")).to.equal(undefined);
      const other = createIam({ accountId: account, seed: "other" });
      other.putRole({ arn: role, trustPolicy: trust });
      expect(other.credentialsOf(role)).not.to.deep.equal(credentials);
      expect(outcome(() => iam.credentialsOf(`${role}2`))).to.equal(`No role ${role}2 was declared.`);
    });

    it("have grants that were used, and grants that were not", () => {
      grant(
        { Sid: "Queue", Effect: "Allow", Action: ["sqs:SendMessage", "sqs:Purge*"], Resource: queue },
        { Effect: "Deny", Action: "sqs:DeleteQueue", Resource: "*" },
      );
      ask("sqs:SendMessage", queue);
      ask("sqs:PurgeQueue", `${queue}-2`);
      const common = { role, policy: "inline", statement: "Queue" };
      expect(iam.usage()).to.deep.equal({ used: [{ ...common, action: "sqs:SendMessage" }], unused: [{ ...common, action: "sqs:Purge*" }] });
    });
  });
});
