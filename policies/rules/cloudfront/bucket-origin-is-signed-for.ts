import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven, judgeEach, knownText } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { behaviorsOf, distributions, isBucket, type Origin, originsOf } from "./distributions.ts";

const reading = ["GET", "HEAD", "OPTIONS"];

/**
 * CloudFront signs what it asks of a bucket, so that the bucket can let in nobody else, and only reads. Identities of the older kind can't
 * read what is encrypted with a customer key (CloudFront Developer Guide, "Restrict access to an Amazon S3 origin").
 */
export const bucketOriginIsSignedFor: StackValidationPolicy = {
  name: "cloudfront-bucket-origin-is-signed-for",
  description: "CloudFront distributions must sign what they ask of buckets, and only read.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(d)", "164.312(c)(1)"),
  tags: ["cloudfront", "access"],
  remediationSteps: "Use ReviewSite, or give the origin an OriginAccessControl that always signs, and its behaviors the methods GET and HEAD.",
  validateStack: (args, report) =>
    judgeAll(args, report, distributions, (distribution, say) => {
      const { props } = distribution;
      judgeEach(originsOf(props), (origin) => {
        if (!isBucket(origin)) {
          if (origin.domainName.includes(".s3-website")) say(`asks the website of a bucket, "${origin.originId}", which is open to everybody.`);
          return;
        }
        if (isGiven(origin.s3OriginConfig, "originAccessIdentity"))
          say(`asks "${origin.originId}" by an identity of the older kind; it must set originAccessControlId.`);
        else if (!isGiven(origin, "originAccessControlId")) say(`asks "${origin.originId}" without signing; it must set originAccessControlId.`);
        for (const control of controlsOf(distribution, origin)) for (const wrong of weaknessesOf(control)) say(wrong);
        for (const { pathPattern, targetOriginId, allowedMethods } of behaviorsOf(props)) {
          const others = targetOriginId === origin.originId ? allowedMethods.filter((method) => !reading.includes(method)) : [];
          if (others.length > 0) say(`lets browsers ${others.join(", ")} at ${pathPattern}; allowedMethods of a bucket must be among ${reading.join(", ")}.`);
        }
      });
    }),
};

function controlsOf({ propertyDependencies }: PolicyResource, origin: Origin): PolicyResource[] {
  const all = (propertyDependencies["origins"] ?? []).filter(({ type }) => type === "aws:cloudfront/originAccessControl:OriginAccessControl");
  const id = knownText(origin, "originAccessControlId");
  return all.filter(({ props }) => id === undefined || [undefined, id].includes(knownText(props, "id")));
}

function weaknessesOf({ name, props }: PolicyResource): string[] {
  const wanted = { signingBehavior: "always", signingProtocol: "sigv4", originAccessControlOriginType: "s3" };
  return Object.entries(wanted).flatMap(([key, value]) =>
    props[key] === value ? [] : [`signs by "${name}" with ${key} ${String(props[key])}; it must be ${value}.`],
  );
}
