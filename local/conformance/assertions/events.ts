import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { type Assertion, errorOf, eventsOf, type Subject, type ToldEvent } from "../assertion.ts";

const source = "svp.conformance";
const detail = { kind: "video", size: 5, key: "raw/case-1.mp4", tags: ["a", "b"], nested: { deep: null } };

/** Whether a rule with this pattern sends an event with `detail` to its queue: first the event, then one that another rule takes, so that "no" need not wait. */
async function takes(subject: Subject, pattern: object): Promise<boolean> {
  const url = await subject.rulesTo([{ source: [source], ...pattern }, { source: [`${source}.end`] }]);
  for (const Source of [source, `${source}.end`])
    await subject.events.send(new PutEventsCommand({ Entries: [{ Source, DetailType: "Tried", Detail: JSON.stringify(detail) }] }));
  const hasEnd = (events: readonly ToldEvent[]): boolean => events.some(({ source: one }) => one === `${source}.end`);
  const events = await eventsOf(subject.sqs, url, hasEnd);
  if (!hasEnd(events)) throw new Error("No event reached the queue.");
  return events.some(({ source: one }) => one === source);
}

/** A pattern with an `$or` of so many patterns for each of the sizes. */
const alternatives = (...sizes: readonly number[]): object => ({
  source: [source],
  detail: Object.fromEntries(sizes.map((size, i) => [`field${i}`, { $or: Array.from({ length: size }, (_, j) => ({ a: [j] })) }])),
});

const pattern = (id: string, says: string, wanted: object, expected: boolean): Omit<Assertion, "service"> => ({
  id: `events-${id}`,
  says,
  source: "EventBridge User Guide, Event patterns; Comparison operators",
  expected,
  observe: (subject) => takes(subject, { detail: wanted }),
});

const assertions: Omit<Assertion, "service">[] = [
  pattern("exact", "A value matches if it is one of those listed.", { kind: ["audio", "video"] }, true),
  pattern("exact-other", "A value that is not listed does not match.", { kind: ["audio"] }, false),
  pattern("all-fields", "All fields of a pattern must match.", { kind: ["video"], size: [6] }, false),
  pattern("array", "A list in the event matches if any of its values does.", { tags: ["b", "c"] }, true),
  pattern("prefix", "A prefix matches the beginning of a text.", { key: [{ prefix: "raw/" }] }, true),
  pattern("prefix-other", "A prefix that the text does not begin with does not match.", { key: [{ prefix: "images/" }] }, false),
  pattern("suffix", "A suffix matches the end of a text.", { key: [{ suffix: ".mp4" }] }, true),
  pattern("anything-but", "Anything-but matches what is not listed.", { kind: [{ "anything-but": ["audio"] }] }, true),
  pattern("anything-but-listed", "Anything-but does not match what is listed.", { kind: [{ "anything-but": ["video"] }] }, false),
  pattern("anything-but-prefix", "Anything-but takes a prefix.", { key: [{ "anything-but": { prefix: "raw/" } }] }, false),
  pattern("exists", "Exists matches a field that is there, whatever its value.", { size: [{ exists: true }] }, true),
  pattern("not-exists", "Not-exists matches where the field is not there.", { none: [{ exists: false }] }, true),
  pattern("null", "Null matches null and nothing else.", { nested: { deep: [null] } }, true),
  pattern("numeric", "Numbers match by comparison, two at once.", { size: [{ numeric: [">", 4, "<=", 5] }] }, true),
  pattern("numeric-text", "A text is no number.", { kind: [{ numeric: ["=", 0] }] }, false),
  pattern("wildcard", "A wildcard matches any number of characters.", { key: [{ wildcard: "raw/*.mp4" }] }, true),
  pattern("or", "Or matches if one of its patterns does, of whatever fields.", { $or: [{ kind: ["audio"] }, { size: [{ numeric: [">", 4] }] }] }, true),
  pattern("or-none", "Or does not match if none of its patterns does.", { $or: [{ kind: ["audio"] }, { size: [6] }] }, false),
  pattern("or-and", "What stands beside an or must match as well.", { tags: ["c"], $or: [{ kind: ["video"] }, { size: [5] }] }, false),
  pattern(
    "or-fields",
    "A pattern of an or matches if all of its fields do.",
    {
      $or: [
        { kind: ["video"], size: [6] },
        { kind: ["audio"], size: [5] },
      ],
    },
    false,
  ),
  pattern("or-nested", "An or may stand within a field.", { nested: { $or: [{ deep: ["a"] }, { deep: [null] }] } }, true),
  {
    id: "events-or-combinations",
    says: "The patterns of all or of a pattern, their numbers multiplied, make 1000 combinations at most; a rule with more is refused.",
    source: "EventBridge User Guide, Event patterns, $or (InvalidEventPatternException over 1000 rule combinations)",
    expected: [false, true],
    async observe(subject) {
      const isRefused = async (made: object) => (await errorOf(subject.rulesTo([made]))) !== "no error";
      return [await isRefused(alternatives(10, 10, 10)), await isRefused(alternatives(7, 11, 13))];
    },
  },
  {
    id: "events-failed-entries",
    says: "An entry that is wrong fails alone, with its place and reason in the answer.",
    source: "EventBridge API Reference, PutEvents",
    expected: [1, [false, true]],
    async observe({ events }) {
      const entry = (Detail: string) => ({ Source: source, DetailType: "Tried", Detail });
      const { FailedEntryCount, Entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry("{}"), entry("no JSON")] }));
      return [FailedEntryCount, Entries.map(({ ErrorCode }) => ErrorCode !== undefined)];
    },
  },
];

export const eventsAssertions: readonly Assertion[] = assertions.map((one) => ({ service: "EventBridge", ...one }));
