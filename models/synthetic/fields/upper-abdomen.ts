import { classOf } from "../classes.ts";
import { between, clamp, mixNumbers, random, smoothstep } from "../random.ts";
import { type Surface, surface } from "../surface.ts";
import { blendTo, type Colour, cover, coverWithBowel, coverWithFat, dome, fill, finish, inTube, shade, type Tube, tissue, vessels } from "./tissue.ts";

/**
 * The field of a laparoscopic cholecystectomy as a relief: peritoneum, liver above, fat below, bowel at the right,
 * the gallbladder hanging from the liver's edge, the cystic duct and artery leaving its neck at about (0.3, 0.15).
 * Anatomy and colours vary with the seed.
 */
export function upperAbdomen(seed: number, scale: number): Surface {
  const next = random(seed, "tissue");
  const { tint, grain, groove } = tissue(next);
  const colour = {
    peritoneum: tint(206, 108, 92),
    liver: tint(142, 56, 44),
    liverDark: tint(104, 34, 30),
    gallbladder: tint(172, 170, 138),
    fundus: tint(128, 150, 134),
    fat: tint(228, 178, 92),
    bowel: tint(226, 146, 128),
    duct: tint(214, 178, 128),
    artery: tint(172, 66, 56),
    vessel: tint(150, 26, 30),
  };
  const gallbladder: Tube = {
    ax: -0.42 + between(next, -0.08, 0.08),
    ay: -0.26 + between(next, -0.06, 0.06),
    bx: 0.18,
    by: 0.1,
    ra: between(next, 0.21, 0.27),
    rb: 0.085,
  };
  const duct: Tube = { ax: 0.14, ay: 0.09, bx: 0.78, by: 0.5 + between(next, -0.06, 0.06), ra: 0.05, rb: 0.034 };
  const artery: Tube = { ax: 0.12, ay: 0.02, bx: 0.95, by: 0.2 + between(next, -0.06, 0.06), ra: 0.017, rb: 0.024 };
  const bowel: Tube = { ax: 0.75, ay: 0.62, bx: 1.7, by: 0.3, ra: 0.3, rb: 0.36 };
  const liverEdge = between(next, -0.16, -0.04);
  const veins = vessels(next, 26);

  const kind = {
    liver: classOf("Liver"),
    connective: classOf("ConnectiveTissue"),
    duct: classOf("CysticDuct"),
    gallbladder: classOf("Gallbladder"),
  };

  return surface(scale, (x, y, point) => {
    const here = grain(x, y);
    const { n1, n2, n3, bump } = here;
    const wx = x + (n1 - 0.5) * 0.16;
    const wy = y + (n2 - 0.5) * 0.12;
    const mottled = 0.82 + 0.36 * n2 - 0.12 * n3;

    // Peritoneum and connective tissue below everything.
    point.height = bump * 1.5 + (n1 - 0.5) * 0.25;
    point.gloss = 0.55;
    point.kind = kind.connective;
    fill(point, colour.peritoneum, mottled);
    blendTo(point, colour.fat, 0.35 * smoothstep(0.45, 0.75, n1), 1);

    const cystic = inTube(duct, wx, wy);
    if (cystic > 0) {
      blendTo(point, colour.duct, smoothstep(0, 0.25, cystic), 0.95 + 0.2 * (n3 - 0.5));
      point.height += 0.05 * dome(cystic);
      point.kind = kind.duct;
    }
    const supply = inTube(artery, wx, wy);
    if (supply > 0) {
      blendTo(point, colour.artery, smoothstep(0, 0.3, supply), 1);
      point.height += 0.022 * dome(supply);
      point.kind = kind.connective;
    }

    const fat = smoothstep(0.05, 0.2, wy - 0.3 + 0.22 * wx + (n1 - 0.5) * 0.5);
    if (fat > 0) {
      const lobule = groove(wx, wy);
      coverWithFat(point, fat, colour.fat, lobule, here);
      blendTo(point, colour.peritoneum, fat * 0.45 * smoothstep(0.55, 1, lobule), 0.9);
      point.gloss = mixNumbers(point.gloss, 0.7, fat);
    }

    const loop = inTube(bowel, wx, wy);
    if (loop > 0) coverWithBowel(point, loop, colour.bowel, wx, here);

    // The liver: smooth, dark, wet, rounded at its lower edge.
    const depth = liverEdge + 0.2 * Math.sin(wx * 1.7 + 0.8) - 0.12 * wx - wy;
    if (depth > 0) {
      const share = smoothstep(0, 0.03, depth);
      const height = 0.15 * dome(clamp(depth / 0.3, 0, 1)) + 0.05 + (n2 - 0.5) * 0.05 + (n3 - 0.5) * 0.009;
      cover(point, share, { colour: colour.liver, factor: 0.9 + 0.3 * (n3 - 0.5) + 0.2 * n2, height, gloss: 1, kind: kind.liver });
      blendTo(point, colour.liverDark, share * 0.6 * smoothstep(0.42, 0.75, n1), 1);
    } else {
      shade(point, 1 - 0.45 * smoothstep(-0.14, 0, depth));
    }

    const bladder = inTube(gallbladder, x + (n1 - 0.5) * 0.07, y + (n2 - 0.5) * 0.05);
    if (bladder > 0) {
      const share = smoothstep(0, 0.05, bladder);
      const along = smoothstep(-0.5, 0.2, x);
      const wall: Colour = [0, 1, 2].map((i) => mixNumbers(colour.fundus[i]!, colour.gallbladder[i]!, along)) as unknown as Colour;
      const factor = 0.9 + 0.3 * (n2 - 0.5) + 0.1 * (n3 - 0.5);
      cover(point, share, { colour: wall, factor, height: 0.2 * dome(bladder) + 0.03 + bump * 0.5, gloss: 1, kind: kind.gallbladder });
      blendTo(point, colour.fat, share * 0.5 * smoothstep(0.62, 0.8, n1), 1);
    } else {
      shade(point, 1 - 0.4 * smoothstep(-0.5, 0, bladder));
    }

    finish(point, colour.vessel, (depth > 0 ? 0.15 : 0.55) * veins(x + (n3 - 0.5) * 0.012, y + (n2 - 0.5) * 0.02), here);
  });
}
