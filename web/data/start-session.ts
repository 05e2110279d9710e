import type { PageConfig } from "../../contracts/page-config.ts";
import { Failure } from "./failure.ts";
import type { Session } from "./session.ts";

/** On one's own machine nobody signs in. */
const openSession: Session = { signsIn: false, subject: null, may: () => true, headers: async () => ({}), signOut: async () => undefined };

/** Reads `/config.json` and starts the session that it asks for. The sign-in's code is fetched only where people sign in. */
export async function startSession(): Promise<{ config: PageConfig; session: Session }> {
  const response = await fetch("/config.json", { cache: "no-store" });
  if (!response.ok) throw new Failure(({ failures }) => failures.noConfig(response.status));
  const config = (await response.json()) as PageConfig;
  if (config.signIn === null) return { config, session: openSession };
  const { signedIn } = await import("./sign-in.ts");
  return { config, session: await signedIn(config.signIn) };
}
