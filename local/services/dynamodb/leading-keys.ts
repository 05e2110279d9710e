type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string; readonly B?: string } | undefined>>;

/** The parts of a request that name items. */
export interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
  readonly RequestItems?: Readonly<Record<string, RequestItems>>;
}
type RequestItems =
  | { readonly Keys?: readonly Attributes[] }
  | readonly { readonly PutRequest?: { readonly Item?: Attributes }; readonly DeleteRequest?: { readonly Key?: Attributes } }[];

/**
 * Values of the condition key `dynamodb:LeadingKeys`: the partition keys that a request names, of the index where it asks one (DynamoDB Developer
 * Guide, "Using IAM policy conditions for fine-grained access control"). Empty where it names none, as a Scan does.
 */
export function leadingKeysOf(operation: string, input: Input, table: string, hashKey: string): string[] {
  const of = (attributes: Attributes | undefined): string[] => {
    const value = attributes?.[hashKey];
    return [value?.S ?? value?.N ?? value?.B].filter((key) => key !== undefined);
  };
  if (operation === "Query") return queried(input, hashKey);
  const items = input.RequestItems?.[table];
  if (items === undefined) return of(input.Item ?? input.Key);
  if ("Keys" in items) return (items.Keys ?? []).flatMap(of);
  return (items as Extract<RequestItems, readonly unknown[]>).flatMap(({ PutRequest, DeleteRequest }) => of(PutRequest?.Item ?? DeleteRequest?.Key));
}

/** A query names its partition key by an equality, in a name or a placeholder: `#list = :cases AND ...`. */
function queried({ KeyConditionExpression = "", ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Input, hashKey: string): string[] {
  for (const [, name = "", placeholder = ""] of KeyConditionExpression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    if ((ExpressionAttributeNames[name] ?? name) !== hashKey) continue;
    const value = ExpressionAttributeValues[placeholder];
    const key = value?.S ?? value?.N ?? value?.B;
    if (key !== undefined) return [key];
  }
  return [];
}
