import type { types } from "@pulumi/aws";
import type { Unwrap } from "@pulumi/pulumi";

type Selectors = {
  readonly advancedEventSelectors?: Unwrap<types.input.cloudtrail.TrailAdvancedEventSelector>[] | undefined;
  readonly eventSelectors?: Unwrap<types.input.cloudtrail.TrailEventSelector>[] | undefined;
};

/** An event, by the fields that selectors choose by (CloudTrail API reference: AdvancedFieldSelector). */
export type Event = Readonly<Record<string, string>>;

/** An event of administration. */
export const management = (readOnly: boolean): Event => ({ eventCategory: "Management", readOnly: String(readOnly), eventSource: "any.amazonaws.com" });

/** The use of a resource of a type, such as `AWS::S3::Object`. */
export const use = (type: string, arn: string, readOnly: boolean): Event => ({
  eventCategory: "Data",
  "resources.type": type,
  "resources.ARN": arn,
  readOnly: String(readOnly),
});

/** What classic selectors call every resource of a type (CloudTrail API reference: DataResource). */
const everything: Readonly<Record<string, string>> = {
  "AWS::DynamoDB::Table": "arn:aws:dynamodb",
  "AWS::Lambda::Function": "arn:aws:lambda",
  "AWS::S3::Object": "arn:aws:s3",
};

/** Whether a trail records an event. Without selectors it records administration, and nothing else. */
export function records(trail: Selectors, event: Event): boolean {
  const { advancedEventSelectors: advanced, eventSelectors: classic } = trail;
  if (advanced !== undefined && advanced.length > 0)
    return advanced.some(
      ({ fieldSelectors }) =>
        isWhole(
          fieldSelectors.map(({ field }) => field),
          event,
        ) && fieldSelectors.every((selector) => chooses(selector, event[selector.field])),
    );
  if (classic === undefined || classic.length === 0) return event["eventCategory"] === "Management";
  return classic.some(({ readWriteType = "All", includeManagementEvents = true, excludeManagementEventSources = [], dataResources = [] }) => {
    if (readWriteType !== "All" && (readWriteType === "ReadOnly") !== (event["readOnly"] === "true")) return false;
    if (event["eventCategory"] === "Management") return includeManagementEvents && excludeManagementEventSources.length === 0;
    const type = event["resources.type"]!;
    return dataResources.some((resource) => resource.type === type && resource.values.some((value) => value.replace(/:+$/, "") === everything[type]));
  });
}

/** Beginnings of ARNs whose use a trail leaves out. */
export const leftOut = ({ advancedEventSelectors = [] }: Selectors): string[] =>
  advancedEventSelectors.flatMap(({ fieldSelectors }) =>
    fieldSelectors.flatMap(({ field, notStartsWiths = [], notEquals = [] }) => (field === "resources.ARN" ? [...notStartsWiths, ...notEquals] : [])),
  );

/** CloudTrail takes no selector that does not say which category, and of data which type, it is about. */
const isWhole = (fields: readonly string[], { eventCategory }: Event): boolean =>
  fields.includes("eventCategory") && (eventCategory === "Management" || fields.includes("resources.type"));

type FieldSelector = Unwrap<types.input.cloudtrail.TrailAdvancedEventSelectorFieldSelector>;

/** A field that an event of ours lacks is one that only narrows: it is taken not to be met. */
function chooses(selector: FieldSelector, value: string | undefined): boolean {
  const { field: _, ...operators } = selector;
  // A field that is compared with nothing is refused by CloudTrail.
  if (value === undefined || Object.values(operators).every((operator) => operator === undefined || operator.length === 0)) return false;
  const { equals, startsWiths, endsWiths, notEquals = [], notStartsWiths = [], notEndsWiths = [] } = operators;
  const starts = (text: string): boolean => value.startsWith(text);
  const ends = (text: string): boolean => value.endsWith(text);
  return (
    (equals?.includes(value) ?? true) &&
    (startsWiths?.some(starts) ?? true) &&
    (endsWiths?.some(ends) ?? true) &&
    !notEquals.includes(value) &&
    !notStartsWiths.some(starts) &&
    !notEndsWiths.some(ends)
  );
}
