import type { Box, Mask, Sighting } from "./scene.ts";

/** A box or a mask, where both come in one list. */
export type Thing = { readonly kind: "box"; readonly item: Box } | { readonly kind: "mask"; readonly item: Mask };

/** A list of boxes, or of masks, as one of things. */
export async function* tagged<Item extends Box | Mask>(list: AsyncIterable<Sighting<Item>>, kind: Thing["kind"]): AsyncGenerator<Sighting<Thing>> {
  for await (const { frame, by, items } of list) yield { frame, by, items: items.map((item) => ({ kind, item }) as Thing) };
}
