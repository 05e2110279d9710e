import type { Sighting } from "./scene.ts";

/** Several rising lists of frames as one; what several saw in a frame comes together, in the order of the lists. */
export async function* merged<Item>(lists: readonly AsyncIterable<Sighting<Item>>[]): AsyncGenerator<Sighting<Item>> {
  const iterators = lists.map((list) => list[Symbol.asyncIterator]());
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
  for (;;) {
    const frame = heads.reduce((least, head) => (head.done ? least : Math.min(least, head.value.frame)), Number.POSITIVE_INFINITY);
    if (frame === Number.POSITIVE_INFINITY) return;
    const items: Item[] = [];
    const by: number[] = [];
    for (const [i, head] of heads.entries()) {
      if (head.done || head.value.frame !== frame) continue;
      items.push(...head.value.items);
      by.push(...head.value.by);
      heads[i] = await (iterators[i] as AsyncIterator<Sighting<Item>>).next();
    }
    yield { frame, by, items };
  }
}
