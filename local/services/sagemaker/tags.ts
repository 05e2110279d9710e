import type { AddTagsInput, AddTagsOutput, ListTagsInput, ListTagsOutput, Tag } from "@aws-sdk/client-sagemaker";
import type { Call, Operation } from "../../wire/service.ts";
import type { Registry } from "./registry.ts";

export interface Tags {
  add(arn: string, tags: readonly Tag[]): Tag[];
  /** Whether a caller may give what it makes the tags that it asks for; without any there is nothing to ask. */
  authorizeGiven(call: Call, arn: string, tags: readonly Tag[] | undefined): void;
  readonly operations: Readonly<Record<string, Operation>>;
}

const keysOf = (tags: readonly Tag[]) => ({ "aws:TagKeys": tags.map((tag) => tag.Key as string) });

/** Tags by the ARN of what they are on. A tag of the same key is replaced. */
export function createTags(registry: Registry): Tags {
  const of = (arn: string): Tag[] => registry.get<Tag[]>("tags", arn) ?? [];
  const add = (arn: string, tags: readonly Tag[]): Tag[] => {
    const merged = [...of(arn).filter((old) => !tags.some((tag) => tag.Key === old.Key)), ...tags];
    registry.put("tags", arn, merged);
    return merged;
  };
  return {
    add,
    authorizeGiven(call, arn, tags) {
      if (tags?.length) call.authorize("sagemaker:AddTags", arn, keysOf(tags));
    },
    operations: {
      async AddTags(input: AddTagsInput, call): Promise<AddTagsOutput> {
        const arn = input.ResourceArn as string;
        call.authorize("sagemaker:AddTags", arn, keysOf(input.Tags ?? []));
        return { Tags: add(arn, input.Tags ?? []) };
      },
      async ListTags(input: ListTagsInput, call): Promise<ListTagsOutput> {
        call.authorize("sagemaker:ListTags", input.ResourceArn as string);
        return { Tags: of(input.ResourceArn as string) };
      },
    },
  };
}
