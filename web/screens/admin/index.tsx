import { useApp } from "../../ui/app-context.ts";
import { ScreenTitle } from "../../ui/parts.tsx";
import { type AdminTab, adminScopes, adminTabs, hashOf } from "../../ui/route.ts";
import { Datasets } from "./datasets.tsx";
import { Models } from "./models.tsx";
import { Retention } from "./retention.tsx";
import { Views } from "./views.tsx";

/** What administrators look after. Each part is there for whoever has its scope. */
export default function Admin({ tab, caseId }: { tab: AdminTab; caseId: string | null }) {
  const { session, text } = useApp();
  return (
    <>
      <div className="heading">
        <ScreenTitle>{text.admin.tabs[tab]}</ScreenTitle>
        <nav aria-label={text.admin.title}>
          {adminTabs
            .filter((name) => session.may(adminScopes[name]))
            .map((name) => (
              <a key={name} href={hashOf({ screen: "admin", tab: name, caseId: null })} aria-current={name === tab ? "page" : undefined}>
                {text.admin.tabs[name]}
              </a>
            ))}
        </nav>
      </div>
      {!session.may(adminScopes[tab]) && <p role="status">{text.admin.mayNot}</p>}
      {session.may(adminScopes[tab]) && (
        <>
          {tab === "views" && <Views caseId={caseId} />}
          {tab === "retention" && <Retention />}
          {tab === "datasets" && <Datasets />}
          {tab === "models" && <Models />}
        </>
      )}
    </>
  );
}
