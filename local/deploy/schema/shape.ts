/** The type of an input, as far as the declarations tell. */
export type InputType =
  | "any"
  | "string"
  | "number"
  | "boolean"
  | "asset"
  | { readonly list: InputType }
  | { readonly map: InputType }
  /** Name of an interface in the package's `types/input.d.ts`: `s3.BucketCorsRule`. */
  | { readonly object: string }
  | { readonly values: readonly string[] }
  | { readonly oneOf: readonly InputType[] };

export interface InputProperty {
  readonly type: InputType;
  readonly required: boolean;
  /** Values that the documentation lists; it is prose, so another value is only worth a warning. */
  readonly documented?: readonly string[];
  /** Properties that must not be set beside this one. */
  readonly conflictsWith?: readonly string[];
  readonly deprecated?: true;
}

/** Property name -> what it takes. */
export type Shape = Readonly<Record<string, InputProperty>>;

export interface ResourceSchema {
  readonly inputs: Shape;
  /** Outputs that the resource always has once it exists. */
  readonly outputs: readonly string[];
  /** Outputs that may be absent. */
  readonly optionalOutputs: readonly string[];
}
