import type { Report } from "./report.ts";

/** What people read of who wrote: its name, and of a model of the organisation's own the version's folder behind it, as in `language-models/NAME/VERSION/`. */
export const writerName = ({ id, modelVersion }: Pick<Report["writer"], "id" | "modelVersion">): string =>
  modelVersion === undefined ? id : `${id}/${modelVersion}`;
