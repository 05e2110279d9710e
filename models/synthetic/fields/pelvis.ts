import { classOf } from "../classes.ts";
import { between, random, smoothstep } from "../random.ts";
import { type Surface, surface } from "../surface.ts";
import { blendTo, cover, coverWithBowel, coverWithFat, dome, fill, finish, inTube, shade, type Tube, tissue, vessels } from "./tissue.ts";

/**
 * The field of a laparoscopic hysterectomy as a relief: the uterus in the middle, its neck below, round ligaments and tubes to
 * both sides, an ovary beside each, fat over the bladder below, loops of bowel above. Anatomy and colours vary with the seed.
 */
export function pelvis(seed: number, scale: number): Surface {
  const next = random(seed, "tissue");
  const { tint, grain, groove } = tissue(next);
  const colour = {
    peritoneum: tint(214, 122, 108),
    uterus: tint(212, 126, 118),
    uterusDark: tint(172, 78, 76),
    ligament: tint(226, 168, 146),
    tube: tint(198, 88, 84),
    ovary: tint(226, 208, 192),
    fat: tint(230, 184, 100),
    bowel: tint(226, 146, 128),
    vessel: tint(150, 26, 30),
  };
  const lean = between(next, -0.06, 0.06);
  const body = { x: lean, y: between(next, -0.12, -0.02), across: between(next, 0.3, 0.4), along: between(next, 0.22, 0.3) };
  const neck: Tube = { ax: body.x, ay: body.y + 0.1, bx: -lean, by: 0.46, ra: 0.19, rb: 0.13 };
  const sides = [-1, 1].map((side) => {
    const corner = { x: body.x + side * body.across * 0.8, y: body.y - body.along * 0.35 };
    const ovary = { x: corner.x + side * between(next, 0.34, 0.46), y: corner.y + between(next, 0.06, 0.16), radius: between(next, 0.09, 0.13) };
    const to = (x: number, y: number, ra: number, rb: number): Tube => ({ ax: corner.x, ay: corner.y, bx: corner.x + side * x, by: corner.y + y, ra, rb });
    return { ovary, round: to(1, between(next, 0.2, 0.4), 0.06, 0.045), tube: to(0.62, between(next, -0.2, -0.06), 0.042, 0.032) };
  });
  const loops: Tube[] = [
    { ax: -1.7, ay: -0.7 + between(next, -0.08, 0.08), bx: 0.1, by: -0.86, ra: 0.3, rb: 0.26 },
    { ax: 0.2, ay: -0.9, bx: 1.7, by: -0.62 + between(next, -0.08, 0.08), ra: 0.28, rb: 0.34 },
  ];
  const veins = vessels(next, 30);

  const kind = {
    uterus: classOf("Uterus"),
    connective: classOf("ConnectiveTissue"),
  };

  return surface(scale, (x, y, point) => {
    const here = grain(x, y);
    const { n1, n2, n3, bump } = here;
    const wx = x + (n1 - 0.5) * 0.14;
    const wy = y + (n2 - 0.5) * 0.1;

    // Peritoneum and connective tissue below everything.
    point.height = bump * 1.3 + (n1 - 0.5) * 0.2;
    point.gloss = 0.65;
    point.kind = kind.connective;
    fill(point, colour.peritoneum, 0.82 + 0.36 * n2 - 0.12 * n3);
    blendTo(point, colour.fat, 0.25 * smoothstep(0.5, 0.8, n1), 1);

    // Fat over the bladder.
    const fat = smoothstep(0.05, 0.2, wy - 0.42 - 0.1 * wx * wx + (n1 - 0.5) * 0.4);
    if (fat > 0) coverWithFat(point, fat, colour.fat, groove(wx, wy), here);

    for (const loop of loops) {
      const depth = inTube(loop, wx, wy);
      if (depth > 0) coverWithBowel(point, depth, colour.bowel, wx, here);
    }

    for (const { round, tube, ovary } of sides) {
      for (const [band, of, rise] of [
        [round, colour.ligament, 0.06],
        [tube, colour.tube, 0.045],
      ] as const) {
        const depth = inTube(band, wx, wy);
        if (depth <= 0) continue;
        blendTo(point, of, smoothstep(0, 0.25, depth), 0.92 + 0.2 * n2);
        point.height += rise * dome(depth);
        point.kind = kind.connective;
      }
      const depth = 1 - Math.hypot((wx - ovary.x) / 1.5, wy - ovary.y) / ovary.radius;
      if (depth > 0)
        // Of no kind: no dataset that is followed here names it.
        cover(point, smoothstep(0, 0.12, depth), { colour: colour.ovary, factor: 0.88 + 0.2 * n3, height: 0.1 * dome(depth) + bump, gloss: 0.9, kind: 0 });
    }

    // The uterus: its body over its neck, firm, pale where the light falls.
    const above = 1 - Math.hypot((x - body.x + (n1 - 0.5) * 0.06) / body.across, (y - body.y + (n2 - 0.5) * 0.05) / body.along);
    const depth = Math.max(above, inTube(neck, wx, wy));
    if (depth > 0) {
      const share = smoothstep(0, 0.06, depth);
      const factor = 0.9 + 0.24 * (n2 - 0.5) + 0.12 * (n3 - 0.5);
      cover(point, share, { colour: colour.uterus, factor, height: 0.24 * dome(depth) + 0.03 + bump * 0.4, gloss: 0.9, kind: kind.uterus });
      blendTo(point, colour.uterusDark, share * 0.5 * smoothstep(0.5, 0.8, n1), 1);
    } else {
      shade(point, 1 - 0.35 * smoothstep(-0.4, 0, depth));
    }

    finish(point, colour.vessel, 0.5 * veins(x + (n3 - 0.5) * 0.012, y + (n2 - 0.5) * 0.02), here);
  });
}
