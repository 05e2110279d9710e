import { createContext, useContext } from "react";
import type { Api } from "../data/api.ts";
import type { Session } from "../data/session.ts";
import type { Language, Text } from "../text/text.ts";

export interface AppContext {
  readonly api: Api;
  readonly session: Session;
  readonly language: Language;
  readonly text: Text;
}
export const appContext = createContext<AppContext | undefined>(undefined);

export function useApp(): AppContext {
  const found = useContext(appContext);
  if (!found) throw new Error("There is no application around this part of the page.");
  return found;
}
