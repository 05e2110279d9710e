import { lazy, Suspense, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { Api } from "./data/api.ts";
import type { Session } from "./data/session.ts";
import { CaseReview } from "./screens/case-review.tsx";
import { Cases } from "./screens/cases.tsx";
import { Report } from "./screens/report.tsx";
import { ReviewQueue } from "./screens/review-queue.tsx";
import { Run } from "./screens/run.tsx";
import { Upload } from "./screens/upload.tsx";
import { type Language, preferredLanguage, texts } from "./text/text.ts";
import { appContext, useApp } from "./ui/app-context.ts";
import { IdleGuard } from "./ui/idle-guard.tsx";
import { ScreenTitle } from "./ui/parts.tsx";
import { adminScopes, adminTabs, hashOf, type Route, routeOf } from "./ui/route.ts";

const subscribeToHash = (listener: () => void): (() => void) => {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
};

/** Screens that few come to are fetched when somebody does. */
const Admin = lazy(() => import("./screens/admin/index.tsx"));
const Cohort = lazy(() => import("./screens/cohort.tsx"));
const Compare = lazy(() => import("./screens/compare.tsx"));
const Help = lazy(() => import("./screens/help.tsx"));

const themes = ["auto", "dark", "light"] as const;
type Theme = (typeof themes)[number];
const storedTheme = (): Theme => themes.find((theme) => theme === localStorage.getItem("theme")) ?? "dark";

export function App({ apiBase, session }: { apiBase: string; session: Session }) {
  const hash = useSyncExternalStore(subscribeToHash, () => location.hash);
  const route = useMemo(() => routeOf(hash), [hash]);
  const [language, setLanguage] = useState<Language>(() => preferredLanguage(localStorage.getItem("language"), navigator.language));
  const [theme, setTheme] = useState<Theme>(storedTheme);
  const api = useMemo(() => new Api(apiBase, session), [apiBase, session]);
  const text = texts[language];
  const context = useMemo(() => ({ api, session, language, text }), [api, session, language, text]);

  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem("language", language);
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  const firstAdminTab = adminTabs.find((tab) => session.may(adminScopes[tab]));
  const changeLanguage = useCallback(() => setLanguage((now) => (now === "en" ? "zh-TW" : "en")), []);

  return (
    <appContext.Provider value={context}>
      <button type="button" className="skip" onClick={() => document.querySelector<HTMLElement>("h1")?.focus()}>
        {text.skip}
      </button>
      <header>
        <div className="top">
          <span className="brand">{text.title}</span>
          <nav aria-label={text.navigation}>
            <a href="#/cases" aria-current={route.screen === "cases" ? "page" : undefined}>
              {text.cases.title}
            </a>
            <a href="#/review" aria-current={route.screen === "queue" ? "page" : undefined}>
              {text.queue.title}
            </a>
            <a href="#/upload" aria-current={route.screen === "upload" ? "page" : undefined}>
              {text.upload.title}
            </a>
            {firstAdminTab && (
              <a href={hashOf({ screen: "admin", tab: firstAdminTab, caseId: null })} aria-current={route.screen === "admin" ? "page" : undefined}>
                {text.admin.title}
              </a>
            )}
          </nav>
          <div className="settings">
            <a href="#/help" aria-current={route.screen === "help" ? "page" : undefined}>
              {text.help.title}
            </a>
            <label className="inline">
              {text.theme.label}
              <select value={theme} onChange={({ target }) => setTheme(target.value as Theme)}>
                {themes.map((each) => (
                  <option key={each} value={each}>
                    {text.theme[each]}
                  </option>
                ))}
              </select>
            </label>
            <button type="button" id="language" lang={language === "en" ? "zh-TW" : "en"} onClick={changeLanguage}>
              {text.otherLanguage}
            </button>
            {session.signsIn && (
              <button type="button" onClick={() => void session.signOut()}>
                {text.idle.signOut}
              </button>
            )}
          </div>
        </div>
        <p className="notice">{text.notice}</p>
      </header>
      <main id="content">
        <Suspense fallback={<p role="status">{text.loading}</p>}>
          <Screen route={route} />
        </Suspense>
      </main>
      {session.signsIn && <IdleGuard />}
    </appContext.Provider>
  );
}

function Screen({ route }: { route: Route }) {
  const { text } = useApp();
  switch (route.screen) {
    case "cases":
      return <Cases search={route.search} />;
    case "case":
      return <CaseReview key={route.caseId} caseId={route.caseId} frame={route.frame} />;
    case "report":
      return <Report key={route.caseId} caseId={route.caseId} />;
    case "run":
      return <Run key={route.caseId} caseId={route.caseId} />;
    case "cohort":
      return <Cohort key={route.caseId} caseId={route.caseId} />;
    case "compare":
      return <Compare first={route.first} second={route.second} />;
    case "admin":
      return <Admin key={`${route.tab} ${route.caseId}`} tab={route.tab} caseId={route.caseId} />;
    case "queue":
      return <ReviewQueue />;
    case "upload":
      return <Upload />;
    case "help":
      return <Help />;
    default:
      return (
        <>
          <ScreenTitle>{text.unknownPlace}</ScreenTitle>
          <a href="#/cases">{text.toCases}</a>
        </>
      );
  }
}
