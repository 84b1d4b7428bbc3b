/** Places and drawings as numbers: points with longitude first, as GeoJSON has them. */

/** @typedef {{geometry: {type: "Point" | "LineString" | "Polygon", coordinates: any}, word: string}} Mark */

/** @param {Mark} mark @returns {[number, number][]} */
export function pointsOf({ geometry: { type, coordinates } }) {
  return type === "Point" ? [coordinates] : type === "LineString" ? coordinates : coordinates[0];
}

/** The middle of what a mark spans. @param {Mark} mark @returns {[number, number]} */
export function middle(mark) {
  const points = pointsOf(mark);
  const between = (/** @type {0 | 1} */ axis) => (Math.min(...points.map((each) => each[axis])) + Math.max(...points.map((each) => each[axis]))) / 2;
  return [between(0), between(1)];
}
