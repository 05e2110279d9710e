import { type FormEvent, useState } from "react";
import type { CaseAnswer } from "../../../contracts/question.ts";
import { writerName } from "../../../contracts/writer-name.ts";
import { useApp } from "../../ui/app-context.ts";
import { Problem } from "../../ui/parts.tsx";
import { Cites } from "../cites.tsx";
import { Refused } from "../refused.tsx";

/** Asks a language model about the case. Question and answer are gone with the panel: neither is kept anywhere. */
export function QuestionPanel({ caseId, frame, startOf }: { caseId: string; frame: number; startOf: ReadonlyMap<string, number> }) {
  const { api, text, language } = useApp();
  const [question, setQuestion] = useState("");
  const [isShown, show] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [answer, setAnswer] = useState<CaseAnswer | undefined>();
  const [error, setError] = useState<Error | undefined>();

  const ask = (event: FormEvent): void => {
    event.preventDefault();
    setAsking(true);
    setError(undefined);
    setAnswer(undefined);
    api
      .ask(caseId, { question, language, frames: isShown ? [frame] : [] })
      .then(setAnswer, setError)
      .finally(() => setAsking(false));
  };
  return (
    <form onSubmit={ask}>
      <label>
        {text.questions.question}
        <textarea
          value={question}
          onChange={({ target }) => setQuestion(target.value)}
          maxLength={500}
          rows={3}
          required
          id="question"
          aria-describedby="question-hint"
        />
      </label>
      <p className="soft" id="question-hint">
        {text.questions.hint}
      </p>
      <label className="inline">
        <input type="checkbox" checked={isShown} onChange={({ target }) => show(target.checked)} />
        {text.questions.picture}
      </label>
      <p>
        <button type="submit" className="primary" disabled={isAsking || question.trim() === ""}>
          {text.questions.ask}
        </button>
      </p>
      {error && <Problem error={error} />}
      <div role="status" id="answer">
        {isAsking && <p>{text.questions.asking}</p>}
        {answer?.sentences.map((sentence) => (
          <p key={sentence.id}>
            {sentence.text} <Cites caseId={caseId} cites={sentence.cites} starts={startOf} />
          </p>
        ))}
        {answer && (
          <p className="soft">
            {text.questions.outcomes[answer.outcome]} {writerName(answer.writer)}
          </p>
        )}
      </div>
      {answer && <Refused refused={answer.refused} />}
    </form>
  );
}
