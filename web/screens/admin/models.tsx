import { type FormEvent, useState } from "react";
import type { MetricEstimate, ModelQuality } from "../../../contracts/model-quality.ts";
import type { ListedVersion, ModelDecision, ModelList } from "../../../contracts/model-registry.ts";
import { Refusal } from "../../data/api.ts";
import { compareQuality, decisionsOn, isSettling } from "../../models/compared.ts";
import { wordFor } from "../../text/text.ts";
import { useApp } from "../../ui/app-context.ts";
import { Dialog, Problem, ScrollArea } from "../../ui/parts.tsx";
import { useResource } from "../../ui/resource.ts";

/** How often the list is read again while a decision comes into force, in milliseconds. */
const settlingPause = 4000;

type Network = ModelList["models"][number];
interface Asked {
  readonly model: string;
  readonly version: ListedVersion;
  readonly approval: ModelDecision["approval"];
}
type Outcome = { readonly kind: "decided"; readonly asked: Asked } | { readonly kind: "changed" } | { readonly kind: "failed"; readonly error: Error };

/** Versions of networks beside the ones in use, and whether each is approved. */
export function Models() {
  const { api, text } = useApp();
  const found = useResource(
    "models",
    (signal) => api.models(signal),
    (value) => (value && isSettling(value, Date.now()) ? settlingPause : null),
  );
  const [asked, ask] = useState<Asked | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const words = text.admin.models;

  const decide = async ({ model, version, approval }: Asked, reason: string): Promise<void> => {
    ask(null);
    setOutcome(null);
    try {
      await api.decideModel(model, version.version, { approval, from: version.approval, reason });
      setOutcome({ kind: "decided", asked: { model, version, approval } });
    } catch (error) {
      // Somebody else was first: what was decided about is not what is there now.
      setOutcome(error instanceof Refusal && error.status === 412 ? { kind: "changed" } : { kind: "failed", error: error as Error });
    }
    found.reload();
  };
  return (
    <>
      <p className="soft">{words.help}</p>
      <div role="status" id="decision">
        {outcome?.kind === "decided" && words.decided[outcome.asked.approval](outcome.asked.model, outcome.asked.version.version)}
      </div>
      {outcome?.kind === "changed" && (
        <p className="problem" role="alert">
          {words.changed}
        </p>
      )}
      {outcome?.kind === "failed" && <Problem error={outcome.error} />}
      {found.error && <Problem error={found.error} retry={found.reload} />}
      {!found.value && !found.error && <p role="status">{text.loading}</p>}
      {found.value?.models.map((network) => (
        <NetworkVersions key={network.model} network={network} ask={ask} />
      ))}
      <Dialog isOpen={asked !== null} onClose={() => ask(null)} title={asked ? words.ask[asked.approval](asked.model, asked.version.version) : ""}>
        {asked && <DecisionForm asked={asked} decide={(reason) => void decide(asked, reason)} cancel={() => ask(null)} />}
      </Dialog>
    </>
  );
}

function NetworkVersions({ network: { model, inUse, versions }, ask }: { network: Network; ask: (asked: Asked) => void }) {
  const { text } = useApp();
  const words = text.admin.models;
  const used = versions.find(({ isInUse }) => isInUse);
  return (
    <section className="panel" aria-labelledby={`model-${model}`} id={model}>
      <h2 id={`model-${model}`}>{model}</h2>
      <p>
        {words.inUse(inUse.version)} {!used && versions.length > 0 && <span className="soft">{words.elsewhere}</span>}
      </p>
      {versions.length === 0 && <p className="soft">{words.none}</p>}
      <ol className="versions">
        {versions.map((version) => (
          <li key={version.version}>
            <Version model={model} version={version} used={used?.quality ?? null} ask={ask} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What the registry's own words are for a state: waiting ones are what somebody must look at. */
const badges = { PendingManualApproval: "", Approved: "good", Rejected: "bad" } as const;
/** Told in words of their own. */
const told: readonly string[] = ["version", "decidedBy", "decidedAt"];

function Version({ model, version, used, ask }: { model: string; version: ListedVersion; used: ModelQuality | null; ask: (asked: Asked) => void }) {
  const { session, text } = useApp();
  const words = text.admin.models;
  const { approval, createdAt, description, facts, reason, isInUse, quality } = version;
  const { decidedBy, decidedAt } = facts;
  const name = words.version(version.version, facts["version"]);
  return (
    <>
      <h3>
        {name} <span className={`badge ${badges[approval]}`}>{words.approvals[approval]}</span> {isInUse && <span className="badge good">{words.used}</span>}
      </h3>
      <dl>
        <dt>{words.registered}</dt>
        <dd>{text.when(createdAt)}</dd>
        {decidedAt && (
          <>
            <dt>{words.decidedAt}</dt>
            <dd>{words.by(text.when(decidedAt), decidedBy === session.subject ? text.signOff.you : (decidedBy ?? "–"))}</dd>
          </>
        )}
        {reason !== null && (
          <>
            <dt>{words.why}</dt>
            <dd>{reason}</dd>
          </>
        )}
        {description !== null && (
          <>
            <dt>{words.description}</dt>
            <dd>{description}</dd>
          </>
        )}
        {Object.entries(facts)
          .filter(([key]) => !told.includes(key))
          .map(([key, value]) => (
            <Fact key={key} name={wordFor(words.facts, key)} value={value} />
          ))}
      </dl>
      {quality === null && <p className="soft">{words.unmeasured}</p>}
      {quality && (
        <details open={approval === "PendingManualApproval"}>
          <summary>{words.measuresOf(name)}</summary>
          <Measures quality={quality} used={isInUse ? undefined : used} name={name} />
        </details>
      )}
      {session.may("models.approve") && (
        <p className="row">
          {decisionsOn(version).map((decision) => (
            <button
              key={decision}
              type="button"
              aria-label={words.ask[decision](model, version.version)}
              onClick={() => ask({ model, version, approval: decision })}
            >
              {words.decide[decision]}
            </button>
          ))}
        </p>
      )}
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </>
  );
}

/** What was measured of a version. `used`: of the one in use, null if nothing was; absent if it is this one. */
function Measures({ quality, used, name }: { quality: ModelQuality; used: ModelQuality | null | undefined; name: string }) {
  const { text, language } = useApp();
  const words = text.admin.models;
  const { dataset, golden } = quality;
  const { metrics, uncompared } = compareQuality(quality, used ?? null);
  const isCompared = used !== undefined && uncompared === null;
  const number = (value: number): string => value.toLocaleString(language, { maximumFractionDigits: 3 });
  const estimate = ({ value, low, high }: MetricEstimate): string =>
    low === null || high === null ? number(value) : words.interval(number(value), number(low), number(high));
  const difference = (better: number | null): string => {
    if (better === null) return "–";
    const by = number(Math.abs(better));
    return by === number(0) ? words.same : better > 0 ? words.better(by) : words.worse(by);
  };
  return (
    <>
      <p>
        {words.measuredOn(`${dataset.name} ${dataset.version}`, dataset.operations, dataset.frames)} {dataset.syntheticOnly && words.synthetic}{" "}
        {golden && words.golden(golden.agreeing, golden.frames)}
      </p>
      {used !== undefined && uncompared && <p>{words.uncompared[uncompared]}</p>}
      <ScrollArea label={words.measuresOf(name)}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.metric}</th>
              <th scope="col">{words.here}</th>
              {isCompared && <th scope="col">{words.used}</th>}
              {isCompared && <th scope="col">{words.difference}</th>}
            </tr>
          </thead>
          <tbody>
            {metrics.map(({ label, metric, isHeadline, own, inUse, better }) => (
              <tr key={`${label} ${metric}`}>
                <th scope="row">
                  {label === null ? metric : words.metricOf(label, metric)} {isHeadline && <span className="soft">{words.headline}</span>}
                </th>
                <td>{estimate(own)}</td>
                {isCompared && <td>{inUse ? estimate(inUse) : "–"}</td>}
                {isCompared && <td>{difference(better)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </>
  );
}

/** What follows from a decision, and why it is made: nobody decides by a slip of the hand. */
function DecisionForm({ asked: { version, approval }, decide, cancel }: { asked: Asked; decide: (reason: string) => void; cancel: () => void }) {
  const { text } = useApp();
  const words = text.admin.models;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    decide(String(new FormData(event.currentTarget).get("reason")).trim());
  };
  return (
    <form onSubmit={submit}>
      <p>{approval === "Approved" ? words.follows.approved : version.isInUse ? words.follows.putBack : words.follows.rejected}</p>
      <label>
        {words.reason}
        <textarea
          name="reason"
          required
          maxLength={1000}
          rows={4}
          // Spaces alone are no reason.
          onInput={({ currentTarget }) => currentTarget.setCustomValidity(currentTarget.value !== "" && currentTarget.value.trim() === "" ? words.reason : "")}
        />
      </label>
      <div className="row">
        <button type="submit" className="primary">
          {words.decide[approval]}
        </button>
        <button type="button" onClick={cancel}>
          {text.signOff.cancel}
        </button>
      </div>
    </form>
  );
}
