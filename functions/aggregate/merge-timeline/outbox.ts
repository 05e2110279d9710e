/** Things written at a time. S3 answers in tens of milliseconds, and an operation has hundreds of chunks. */
const atOnce = 4;

/** Writes while more is made, a few things at a time, so that neither waits for the other and memory stays bounded. */
export function outbox() {
  const underWay = new Set<Promise<void>>();
  let failed: { error: unknown } | undefined;
  const complain = () => {
    if (failed) throw failed.error;
  };
  return {
    /** Begins to write as soon as there is room. Throws what an earlier write failed with. */
    async add(write: () => Promise<void>): Promise<void> {
      while (underWay.size >= atOnce) await Promise.race(underWay);
      complain();
      const written: Promise<void> = write()
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .finally(() => underWay.delete(written));
      underWay.add(written);
    },
    /** Waits until everything is written. */
    async finish(): Promise<void> {
      await Promise.all(underWay);
      complain();
    },
  };
}
