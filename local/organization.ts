import type { Iam } from "./services/iam/iam.ts";

/** One account of an organisation: its roles, and where its services are reached. */
export interface Member {
  readonly accountId: string;
  readonly endpoint: string;
  readonly iam: Pick<Iam, "resolve" | "takeRole">;
}

/** Local clouds of one process that reach one another, each an account of its own, as accounts of AWS do through its public endpoints. */
export interface Organization {
  /** Makes an account reachable; gives what ends that. */
  join(member: Member): () => void;
  account(accountId: string): Member | undefined;
  /** The account of which an access key is. */
  accountOf(accessKeyId: string): Member | undefined;
}

export function createOrganization(): Organization {
  const members = new Map<string, Member>();
  return {
    join(member) {
      if (members.has(member.accountId)) throw new Error(`There is an account ${member.accountId} already.`);
      members.set(member.accountId, member);
      return () => void members.delete(member.accountId);
    },
    account: (accountId) => members.get(accountId),
    accountOf: (accessKeyId) => [...members.values()].find(({ iam }) => iam.resolve(accessKeyId) !== undefined),
  };
}
