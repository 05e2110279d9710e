/** `/config.json`: what the page must know before anybody signed in. Nothing in it is secret. */
export interface PageConfig {
  /** Where the HTTP API is on the page's own origin. */
  readonly api: string;
  /** Who signs people in. Null where nobody must: on one's own machine. */
  readonly signIn: { readonly origin: string; readonly issuer: string; readonly clientId: string } | null;
}
