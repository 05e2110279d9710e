import { InMemoryWebStorage, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { scopeName, scopes } from "../../contracts/access.ts";
import type { PageConfig } from "../../contracts/page-config.ts";
import { Failure } from "./failure.ts";
import type { Session } from "./session.ts";

/** Names of scopes that the page asks for; a person's roles decide which of them the token keeps. */
const wanted = ["openid", ...(Object.keys(scopes) as (keyof typeof scopes)[]).map(scopeName)].join(" ");

/**
 * Signs in with the code flow and PKCE. Tokens live in memory only; the session storage holds the flow's state and, for the way
 * back, the place that was asked for. Resolves once there is a token: until then the browser is on its way to the sign-in pages.
 */
export async function signedIn({ origin, issuer, clientId }: NonNullable<PageConfig["signIn"]>): Promise<Session> {
  const page = `${location.origin}/`;
  const users = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: page,
    response_type: "code",
    scope: wanted,
    // Named here, so that nothing has to be discovered at an address of its own.
    metadata: {
      issuer,
      authorization_endpoint: `${origin}/oauth2/authorize`,
      token_endpoint: `${origin}/oauth2/token`,
      revocation_endpoint: `${origin}/oauth2/revoke`,
    },
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: false,
    loadUserInfo: false,
    monitorSession: false,
    revokeTokensOnSignout: true,
  });
  const never = new Promise<never>(() => undefined);
  const leave = async (): Promise<never> => {
    await users.signinRedirect({ state: location.hash });
    return never;
  };
  let isOver = false;
  const answer = new URLSearchParams(location.search);
  if (!answer.has("code") && !answer.has("error")) return leave();
  const { state, subject, granted } = await users.signinCallback().then(
    (user) => ({ state: user?.state, subject: user?.profile.sub ?? null, granted: scopesIn(user?.access_token) }),
    (error: Error) => {
      throw new Failure(({ failures }) => failures.signIn, error.message);
    },
  );
  history.replaceState(null, "", `/${typeof state === "string" ? state : ""}`);

  return {
    signsIn: true,
    subject,
    may: (scope) => granted.includes(scopeName(scope)),
    async headers() {
      // Whoever was signed out is not signed in again by what the page still asks on its way out.
      if (isOver) return never;
      const user = await users.getUser();
      // A refresh token is used once, so that two requests must not use it at a time.
      const fresh = user && (user.expires_in ?? 0) > 30 ? user : user?.refresh_token ? await renewed(users) : null;
      if (isOver) return never;
      if (!fresh) return leave();
      return { authorization: `Bearer ${fresh.access_token}` };
    },
    async signOut() {
      isOver = true;
      await users.revokeTokens().catch(() => undefined);
      await users.removeUser();
      location.assign(`${origin}/logout?client_id=${encodeURIComponent(clientId)}&logout_uri=${encodeURIComponent(page)}`);
    },
  };
}

let renewal: ReturnType<UserManager["signinSilent"]> | undefined;

/** A new token for the refresh token; null where that has run out. */
function renewed(users: UserManager): ReturnType<UserManager["signinSilent"]> {
  renewal ??= users
    .signinSilent()
    .catch(() => null)
    .finally(() => {
      renewal = undefined;
    });
  return renewal;
}

/**
 * Scopes in an access token. The roles of a person leave out what they do not give (`serve/grant-scopes`), which the sign-in's own answer does not tell.
 * None of a token that is no JWT: the API judges tokens, the page only reads what it may offer.
 */
export function scopesIn(token: string | undefined): readonly string[] {
  try {
    const [, payload = ""] = (token ?? "").split(".");
    const { scope } = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))) as { scope?: unknown };
    return typeof scope === "string" ? scope.split(" ") : [];
  } catch {
    return [];
  }
}
