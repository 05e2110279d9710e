/** The type of event that a label of a network for the view makes: `Lens fog` is an event of type `lens-fog`. */
export const eventType = (label: string): string =>
  label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
