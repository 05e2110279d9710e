import { type RefObject, useEffect, useState } from "react";
import type { Raster } from "../../corrections/shapes.ts";

type Area = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Where the picture lies in a canvas of this size, in CSS pixels. */
export function areaIn({ clientWidth, clientHeight }: Pick<Element, "clientWidth" | "clientHeight">, raster: Raster): Area {
  const scale = Math.min(clientWidth / raster.width, clientHeight / raster.height);
  const [width, height] = [raster.width * scale, raster.height * scale];
  return { left: (clientWidth - width) / 2, top: (clientHeight - height) / 2, width, height };
}

/** Where the picture lies over its canvas, in CSS pixels: as large as the canvas lets it be, in its own proportions. */
export function usePictureArea(canvas: RefObject<HTMLCanvasElement | null>, raster: Raster) {
  const [area, setArea] = useState<Area>({ left: 0, top: 0, width: 0, height: 0 });
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setArea(areaIn(element, raster)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [canvas, raster]);
  return area;
}
