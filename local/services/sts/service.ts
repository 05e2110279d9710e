import { text } from "node:stream/consumers";
import { notImplemented, type RawService, ServiceError, type WireResponse } from "../../wire/service.ts";
import { escapeXml } from "../../wire/xml.ts";
import type { Iam } from "../iam/iam.ts";
import { arnParts } from "../iam/patterns.ts";

/** Accounts whose roles can be taken. Undefined of one that there is not. */
export type Accounts = (accountId: string) => Pick<Iam, "takeRole"> | undefined;

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
const known = ["Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds"];

/**
 * AssumeRole, of roles of this account and of others that are reached. (API reference: AssumeRole) Both sides must agree, the caller's policies
 * and the role's trust policy; within one account AWS is content with a trust policy that names the caller. A session has no policies of its
 * own, and its credentials are the role's: they don't end.
 */
export function createSts({ accounts }: { accounts: Accounts }): { readonly service: RawService } {
  return {
    service: {
      kind: "raw",
      signingName: "sts",
      refuse,
      async handle(request, call) {
        const input = new URLSearchParams(await text(request.body));
        const operation = input.get("Action");
        if (operation !== "AssumeRole") throw notImplemented(`sts:${operation}`);
        const unknown = [...input.keys()].filter((name) => !known.includes(name));
        if (unknown.length > 0) throw notImplemented(`AssumeRole with ${unknown.join(", ")}`);
        const [roleArn, session, seconds] = [input.get("RoleArn") ?? "", input.get("RoleSessionName") ?? "", Number(input.get("DurationSeconds") ?? 3600)];
        const [, , , , account = "", role] = arnParts(roleArn) ?? [];
        if (!role?.startsWith("role/")) throw new ServiceError("ValidationError", `${roleArn} is invalid`);
        // (API reference: "a string of characters consisting of upper- and lower-case alphanumeric characters with no spaces", 2 to 64; 900 seconds to 12 hours)
        if (!/^[\w+=,.@-]{2,64}$/.test(session))
          throw new ServiceError("ValidationError", `RoleSessionName is "${session}"; it must have 2 to 64 of letters, digits and _+=,.@-.`);
        if (!(seconds >= 900 && seconds <= 43_200)) throw new ServiceError("ValidationError", `DurationSeconds is ${seconds}; it must be 900 to 43200.`);
        call.authorize("sts:AssumeRole", roleArn);
        // AWS does not tell which roles there are.
        const { accessKeyId, secretAccessKey, sessionToken } = (accounts(account) ?? nowhere).takeRole(call.caller, roleArn);
        const credentials = {
          ...{ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken },
          Expiration: new Date(Date.now() + seconds * 1000).toISOString(),
        };
        const user = { AssumedRoleId: `AROA:${session}`, Arn: `arn:aws:sts::${account}:assumed-role/${role.split("/").at(-1)}/${session}` };
        return answer(
          200,
          element("AssumeRoleResponse", {
            AssumeRoleResult: { Credentials: credentials, AssumedRoleUser: user },
            ResponseMetadata: { RequestId: call.requestId },
          }),
        );
      },
    },
  };
}

const nowhere: Pick<Iam, "takeRole"> = {
  takeRole(caller, roleArn) {
    throw new ServiceError("AccessDenied", `${caller.arn} is not authorized to perform sts:AssumeRole on ${roleArn}: the account is not reached.`, 403);
  },
};

type Content = string | { readonly [name: string]: Content };
const inner = (content: Content): string =>
  typeof content === "string"
    ? escapeXml(content)
    : Object.entries(content)
        .map(([name, value]) => `<${name}>${inner(value)}</${name}>`)
        .join("");
const element = (name: string, content: Content): string => `<${name} xmlns="${namespace}">${inner(content)}</${name}>`;
const answer = (status: number, body: string): WireResponse => ({ status, headers: { "content-type": "text/xml" }, body });

/** An error of the Query protocol. (API reference: Common Error Types) */
const refuse = (error: ServiceError, requestId: string): WireResponse =>
  answer(
    error.status,
    element("ErrorResponse", {
      Error: {
        Type: error.status < 500 ? "Sender" : "Receiver",
        ...{ Code: error.code === "AccessDeniedException" ? "AccessDenied" : error.code, Message: error.message },
      },
      RequestId: requestId,
    }),
  );
