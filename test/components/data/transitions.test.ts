import { expect } from "chai";
import fc from "fast-check";
import { flawOfTransitions, type Transition } from "../../../components/data/transitions.ts";

const classes = ["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"] as const;
/** Days that an object must have stayed before it may go on. */
const stay = { STANDARD_IA: 30, INTELLIGENT_TIERING: 1, GLACIER_IR: 90, GLACIER: 90, DEEP_ARCHIVE: 180 };

/** Moves that S3 takes: colder and colder, each after a stay of at least the class's days. */
const orderly = fc.tuple(fc.subarray([...classes]), fc.array(fc.nat(400), { minLength: 5, maxLength: 5 })).map(([wanted, waits]) => {
  const made: Transition[] = [];
  for (const storageClass of wanted) {
    const last = made.at(-1);
    const least = last === undefined ? (storageClass === "STANDARD_IA" ? 30 : 0) : last.days + stay[last.storageClass];
    made.push({ storageClass, days: least + (waits[made.length] ?? 0) });
  }
  return made;
});

describe("flawOfTransitions", () => {
  it("finds none in moves to colder and colder classes, after a stay in each", () => {
    fc.assert(fc.property(orderly, (transitions) => void expect(flawOfTransitions(transitions)).to.equal(undefined)));
  });

  it("finds one in every other order of these moves, and in every move that is made twice", () => {
    const atLeastTwo = orderly.filter(({ length }) => length >= 2);
    fc.assert(fc.property(atLeastTwo, (transitions) => void expect(flawOfTransitions(transitions.toReversed())).to.be.a("string")));
    fc.assert(
      fc.property(orderly, fc.nat(400), (transitions, later) => {
        const last = transitions.at(-1);
        if (last) expect(flawOfTransitions([...transitions, { ...last, days: last.days + later }])).to.be.a("string");
      }),
    );
  });

  it("finds one where objects are deleted before their last stay is over, and none after", () => {
    fc.assert(
      fc.property(
        orderly.filter(({ length }) => length >= 1),
        fc.nat(1000),
        (transitions, expireDays) => {
          const last = transitions.at(-1) as Transition;
          expect(flawOfTransitions(transitions, expireDays) === undefined).to.equal(expireDays >= last.days + stay[last.storageClass]);
        },
      ),
    );
  });

  const refused: [string, Transition[], number | undefined, string][] = [
    [
      "infrequent access before 30 days",
      [{ days: 29, storageClass: "STANDARD_IA" }],
      undefined,
      "must move objects to STANDARD_IA after 30 days or more, not 29.",
    ],
    [
      "a stay that is too short",
      [
        { days: 60, storageClass: "STANDARD_IA" },
        { days: 80, storageClass: "GLACIER" },
      ],
      undefined,
      "must move objects to GLACIER after 90 days or more, not 80.",
    ],
    [
      "two moves on one day",
      [
        { days: 5, storageClass: "INTELLIGENT_TIERING" },
        { days: 5, storageClass: "GLACIER_IR" },
      ],
      undefined,
      "must move objects to GLACIER_IR after 6 days or more, not 5.",
    ],
    [
      "a way back up",
      [
        { days: 0, storageClass: "INTELLIGENT_TIERING" },
        { days: 60, storageClass: "STANDARD_IA" },
      ],
      undefined,
      "must move objects to colder classes only, not from INTELLIGENT_TIERING to STANDARD_IA.",
    ],
    ["half a day", [{ days: 0.5, storageClass: "GLACIER" }], undefined, "must move objects to GLACIER after 0 days or more, not 0.5."],
    ["an early end", [{ days: 30, storageClass: "GLACIER" }], 100, "must leave objects in GLACIER until day 120, not delete them on day 100."],
  ];
  for (const [what, transitions, expireDays, flaw] of refused) it(`names ${what}`, () => expect(flawOfTransitions(transitions, expireDays)).to.equal(flaw));
});
