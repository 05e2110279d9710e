/** More is asked for than this container takes: the caller should come again. */
export class Busy extends Error {}

export interface Admission {
  /** Resolves when there is a place, with what gives it back. Rejects with {@link Busy} where too many wait for one already. */
  enter(): Promise<() => void>;
}

/** Lets `atOnce` in and `waiting` more wait in line. Without a limit to them a queue would grow in memory until the container dies with all of it. */
export function admission(atOnce: number, waiting: number): Admission {
  let inside = 0;
  const line: (() => void)[] = [];
  const leave = (): void => {
    const next = line.shift();
    if (next) next();
    else inside--;
  };
  return {
    enter: async () => {
      if (inside < atOnce) inside++;
      else if (line.length < waiting) await new Promise<void>((resolve) => line.push(resolve));
      else throw new Busy(`${inside} requests are under way and ${line.length} wait.`);
      let left = false;
      return () => {
        if (!left) leave();
        left = true;
      };
    },
  };
}
