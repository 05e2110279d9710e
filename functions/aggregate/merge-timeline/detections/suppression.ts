/** A box of one producer, of a class that all producers of a subject share by name. */
export interface Candidate {
  /** Index of its producer. Producers are in the order of their identifiers. */
  producer: number;
  /** Index of its class among the class names of all producers. */
  category: number;
  /** Index of its label among its producer's. */
  label: number;
  score: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * From this overlap on (intersection over union) two boxes of a class show the same thing: the limit of the PASCAL VOC
 * challenge (Everingham et al., Int J Comput Vis 88, 2010, section 4.2), by which detections have been judged since.
 */
export const sameThingIou = 0.5;

/**
 * Non-maximum suppression across producers, class by class: of boxes that show the same thing the surest stays, whoever
 * made it: a sure one, whose score reaches its producer's threshold, before an unsure one, since one network's scores are not another's. Boxes of one producer don't suppress each other: it has done that itself, by its own limit. Equal scores go to the
 * producer whose identifier comes first, so that the order in which branches end changes nothing.
 */
export function suppress(boxes: readonly Candidate[], isSure: (box: Candidate) => boolean): Candidate[] {
  if (boxes.every(({ producer }) => producer === boxes[0]?.producer)) return [...boxes];
  const kept: Candidate[] = [];
  const surestFirst = [...boxes].sort((a, b) => Number(isSure(b)) - Number(isSure(a)) || b.score - a.score || a.producer - b.producer);
  for (const box of surestFirst) {
    const isShown = kept.some((other) => other.category === box.category && other.producer !== box.producer && iou(other, box) >= sameThingIou);
    if (!isShown) kept.push(box);
  }
  // In each producer's own order.
  return boxes.filter((box) => kept.includes(box));
}

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Intersection over union. */
export function iou(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}

/** IoU less the squared distance of the middles in diagonals of the box around both (Zheng et al., AAAI 2020, "Distance-IoU loss"): tells how far apart boxes are that don't touch. */
export function distanceIou(a: Rectangle, b: Rectangle): number {
  const dx = a.x + a.width / 2 - (b.x + b.width / 2);
  const dy = a.y + a.height / 2 - (b.y + b.height / 2);
  const width = Math.max(a.x + a.width, b.x + b.width) - Math.min(a.x, b.x);
  const height = Math.max(a.y + a.height, b.y + b.height) - Math.min(a.y, b.y);
  return iou(a, b) - (dx * dx + dy * dy) / (width * width + height * height);
}
