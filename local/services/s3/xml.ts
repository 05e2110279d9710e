import { XMLParser } from "fast-xml-parser";
import { ServiceError, type WireResponse } from "../../wire/service.ts";
import { escapeXml } from "../../wire/xml.ts";

/** The content of an element: text, child elements, or one of the two for each of several elements of the same name. */
export type Content = string | number | boolean | undefined | { readonly [name: string]: Content } | readonly Content[];

function element(name: string, content: Content): string {
  if (content === undefined) return "";
  if (Array.isArray(content)) return content.map((entry) => element(name, entry)).join("");
  if (typeof content !== "object") return `<${name}>${escapeXml(String(content))}</${name}>`;
  return `<${name}>${children(content as Record<string, Content>)}</${name}>`;
}

const children = (content: Readonly<Record<string, Content>>): string =>
  Object.entries(content)
    .map(([name, entry]) => element(name, entry))
    .join("");

/** An answer whose body is one XML document of S3. */
export const xmlAnswer = (root: string, content: Readonly<Record<string, Content>>, headers: Readonly<Record<string, string>> = {}): WireResponse => ({
  status: 200,
  headers: { "content-type": "application/xml", ...headers },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${children(content)}</${root}>`,
});

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => ["Object", "Part", "Tag"].includes(name),
});

/** The content of a document's root element. @throws ServiceError `MalformedXML` if it is no XML or has another root. */
export function parseXml(text: string, root: string): Record<string, unknown> {
  try {
    const content: unknown = (parser.parse(text, true) as Record<string, unknown>)[root];
    if (content !== undefined) return typeof content === "object" && content !== null ? (content as Record<string, unknown>) : {};
  } catch (error) {
    throw new ServiceError("MalformedXML", `The body is not well-formed XML: ${(error as Error).message}`);
  }
  throw new ServiceError("MalformedXML", `The body must be an XML document with the root ${root}.`);
}

/** The child elements of this name; empty if there are none. Only for names that the parser reads as lists. */
export function childList(parent: unknown, name: "Object" | "Part" | "Tag"): Record<string, unknown>[] {
  const list = typeof parent === "object" && parent !== null ? (parent as Record<string, unknown>)[name] : undefined;
  return Array.isArray(list) ? (list as Record<string, unknown>[]) : [];
}
