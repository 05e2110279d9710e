import type { CaseList, ListedCase } from "../../contracts/api.ts";
import { useApp } from "../ui/app-context.ts";
import { ScreenTitle } from "../ui/parts.tsx";
import { useResource } from "../ui/resource.ts";
import { hashOf, type Route } from "../ui/route.ts";

/** The drawn operation that comes with the platform (`samples/`): of nobody, so that anybody may try everything on it. */
const demoFile = "laparoscopy.mp4";
/** Pages of the list that it is looked for on: who has more cases needs no demo. */
const mostPages = 10;

const steps = ["upload", "run", "review", "correct", "report", "takeOut", "queue"] as const;

/** What one does where, in the order in which a case comes along; and a case to try it on. */
export default function Help() {
  const { api, session, text } = useApp();
  const words = text.help;
  const found = useResource("demo case", async (signal): Promise<ListedCase | null> => {
    if (!session.may("cases.read")) return null;
    // It was analysed before all others: it is on the last page.
    let next: string | null = null;
    for (let page = 0; page < mostPages; page++) {
      const answer: CaseList = await api.cases({ status: "COMPLETE", ...(next !== null && { next }) }, signal);
      const found = answer.cases.find(({ fileName }) => fileName === demoFile);
      if (found) return found;
      next = answer.next;
      if (next === null) break;
    }
    return null;
  });
  const demo = found.value;
  const placeOf = (step: (typeof steps)[number]): Exclude<Route, { screen: "unknown" }> | null => {
    if (step === "upload" || step === "queue") return { screen: step };
    if (!demo) return null;
    const { caseId } = demo;
    return step === "run" || step === "report" ? { screen: step, caseId } : { screen: "case", caseId, frame: null };
  };
  return (
    <>
      <div className="heading">
        <ScreenTitle>{words.title}</ScreenTitle>
      </div>
      <section className="panel" aria-labelledby="demo-title" id="demo">
        <h2 id="demo-title">{words.demo}</h2>
        <p>{words.demoHow(demoFile)}</p>
        {found.isLoading && demo === undefined && <p role="status">{text.loading}</p>}
        {demo && (
          <p>
            <a className="button" href={hashOf({ screen: "case", caseId: demo.caseId, frame: null })}>
              {words.openDemo}
            </a>
          </p>
        )}
        {demo === null && <p className="soft">{words.noDemo(demoFile)}</p>}
      </section>
      <section className="panel" aria-labelledby="steps-title">
        <h2 id="steps-title">{words.steps}</h2>
        <ol className="help" id="help-steps">
          {steps.map((step) => {
            const place = placeOf(step);
            const [title, how] = words.how[step];
            return (
              <li key={step}>
                <strong>{place ? <a href={hashOf(place)}>{title}</a> : title}</strong>
                <p>{how}</p>
              </li>
            );
          })}
        </ol>
        <p>{words.keys}</p>
        <p className="soft">{text.notice}</p>
      </section>
    </>
  );
}
