// Points to paths, and the points on them.

/** An SVG path through the points, left to right, horizontal at each. */
export function pathOf(points: number[]): string {
  let [x, y] = [points[0]!, points[1]!];
  let path = `M${x} ${y}`;
  for (let i = 2; i < points.length; i += 2) {
    const [u, v] = [points[i]!, points[i + 1]!];
    const middle = (x + u) / 2;
    path += v === y ? `H${u}` : `C${middle} ${y} ${middle} ${v} ${u} ${v}`;
    [x, y] = [u, v];
  }
  return path;
}

/** A point on the last stretch, beside the function: t = 0 at its left end, 1 at its right. */
export function pointOn(points: number[], t: number): [number, number] {
  const n = points.length;
  const [x, y, u, v] = points.slice(n - 4) as [number, number, number, number];
  const s = 1 - t;
  const bend = 3 * s * t;
  return [s * s * s * x + bend * ((x + u) / 2) + t * t * t * u, (s * s * s + bend * s) * y + (bend * t + t * t * t) * v];
}

/** How far a chip travels to its place: from the function's end of the edge. */
export function chipStart(points: number[]): [number, number] {
  const n = points.length;
  return [points[n - 2]!, points[n - 1]!];
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function boundsOf(points: number[]): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function union(rects: Rect[]): Rect | null {
  if (!rects.length) return null;
  return boundsOf(rects.flatMap((r) => [r.x, r.y, r.x + r.width, r.y + r.height]));
}
