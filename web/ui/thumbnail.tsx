import type { Thumbnail } from "../../contracts/thumbnails.ts";
import type { Sprites } from "../data/api.ts";

/** One picture of a sheet, scaled to a width in CSS pixels. Without a label it is decoration. */
export function ThumbnailView({ thumbnail, sprites, width, label }: { thumbnail: Thumbnail; sprites: Sprites; width: number; label?: string }) {
  const scale = width / thumbnail.width;
  return (
    <span
      className="sprite"
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
      style={{
        display: "block",
        width,
        height: thumbnail.height * scale,
        backgroundImage: `url("${thumbnail.sheet}")`,
        backgroundPosition: `${-thumbnail.x * scale}px ${-thumbnail.y * scale}px`,
        backgroundSize: `${sprites.columns * thumbnail.width * scale}px auto`,
      }}
    />
  );
}
