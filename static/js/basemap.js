/** The map under everything: our own vector tiles painted in the tokens' quiet colours, or a city's own tiles by address. */

import {
  CenteredTextSymbolizer,
  LineLabelSymbolizer,
  LineSymbolizer,
  PolygonSymbolizer,
  exp,
  leafletLayer,
} from "../vendor/protomaps-leaflet.js";

/** @type {Map<string, string>} */
const tokens = new Map();
document.addEventListener("theme:change", () => tokens.clear(), true);

/** The value of a token in the theme of the moment. @param {string} name */
export function token(name) {
  let value = tokens.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    tokens.set(name, value);
  }
  return value;
}

/** @param {...string} kinds */
const is = (...kinds) => (/** @type {number} */ _zoom, /** @type {{props: {kind: string}}} */ feature) => kinds.includes(feature.props.kind);

/** @param {string} dataLayer @param {string} colour @param {...string} kinds */
function area(dataLayer, colour, ...kinds) {
  return { dataLayer, symbolizer: new PolygonSymbolizer({ fill: token(colour) }), filter: kinds.length ? is(...kinds) : undefined };
}

/** @param {string} kind @param {string} colour @param {number[][]} widths @param {number} minzoom */
function road(kind, colour, widths, minzoom) {
  const line = new LineSymbolizer({ color: token(colour), width: exp(1.6, widths), lineCap: "round", lineJoin: "round" });
  return { dataLayer: "roads", symbolizer: line, filter: is(kind), minzoom };
}

/** @param {number[][]} widths */
const wider = (widths) => widths.map(([zoom, width]) => [zoom, width + 1.6]);

const ROADS = [
  { kind: "lane", colour: "map-road", minzoom: 13, widths: [[13, 0.6], [15, 2], [18, 10]] },
  { kind: "street", colour: "map-road", minzoom: 12, widths: [[12, 0.8], [15, 3.5], [18, 16]] },
  { kind: "main", colour: "map-road", minzoom: 10, widths: [[10, 0.7], [13, 2.5], [16, 8], [18, 22]] },
  { kind: "expressway", colour: "map-road-major", minzoom: 6, widths: [[7, 0.7], [11, 2], [14, 5.5], [18, 26]] },
  { kind: "ring", colour: "map-road-major", minzoom: 6, widths: [[7, 0.8], [11, 2.4], [14, 6], [18, 28]] },
];

/** @param {string} kind @param {number} width @param {number} minzoom */
function border(kind, width, minzoom) {
  const colour = token("map-border");
  const line = new LineSymbolizer({ color: colour, width, dash: [6, 4], dashColor: colour, dashWidth: width });
  return { dataLayer: "boundaries", symbolizer: line, filter: is(kind), minzoom };
}

function paintRules() {
  return [
    area("land", "map-land", "city"),
    area("land", "map-built", "urban"),
    area("land", "map-green", "hills"),
    area("parks", "map-green"),
    area("water", "map-water"),
    ...ROADS.filter((each) => each.minzoom < 13).map((each) => road(each.kind, "map-casing", wider(each.widths), Math.max(each.minzoom, 13))),
    ...ROADS.map((each) => road(each.kind, each.colour, each.widths, each.minzoom)),
    border("city", 1.4, 6),
    border("district", 1.1, 8),
    border("subdistrict", 0.7, 13),
  ];
}

/** @param {string[]} names @param {string[]} kinds @param {number} size @param {number} minzoom @param {number} [maxzoom] */
function place(names, kinds, size, minzoom, maxzoom) {
  const weight = kinds.includes("district") || kinds.includes("city") ? "600 " : "";
  const text = new CenteredTextSymbolizer({
    labelProps: names,
    font: `${weight}${size}px ${token("sans")}`,
    fill: token("map-label"),
    stroke: token("map-halo"),
    width: 2,
  });
  return { dataLayer: "places", symbolizer: text, filter: is(...kinds), minzoom, maxzoom, sort: byRank };
}

/** @param {{rank?: number}} a @param {{rank?: number}} b */
const byRank = (a, b) => (a.rank ?? 9) - (b.rank ?? 9);

/** @param {string[]} names */
function labelRules(names) {
  const street = new LineLabelSymbolizer({
    labelProps: names,
    font: `12px ${token("sans")}`,
    fill: token("map-label"),
    stroke: token("map-halo"),
    width: 2,
    repeatDistance: 320,
  });
  const number = new CenteredTextSymbolizer({ labelProps: ["number"], font: `11px ${token("sans")}`, fill: token("map-label") });
  return [
    place(names, ["city"], 15, 6, 9),
    place(names, ["district"], 13, 9, 14),
    place(names, ["subdistrict"], 12, 12),
    { dataLayer: "roads", symbolizer: street, filter: is("expressway", "ring", "main"), minzoom: 13, sort: byRank },
    { dataLayer: "roads", symbolizer: street, filter: is("street"), minzoom: 15, sort: byRank },
    place(names, ["water", "park"], 12, 13),
    place(names, ["hospital", "school", "station", "metro", "market", "office", "hotel", "mall", "factory", "community", "square"], 12, 15),
    { dataLayer: "addresses", symbolizer: number, minzoom: 17 },
  ];
}

/**
 * Lay the basemap under a map; it is painted again when the theme changes.
 * @param {any} map
 * @param {{kind: string, url: string, max_zoom?: number, bounds?: number[], attribution?: string}} source
 * @param {string} language
 */
export function addBasemap(map, source, language) {
  if (source.kind === "xyz") {
    L.tileLayer(source.url, { maxNativeZoom: source.max_zoom ?? 18, maxZoom: 19, attribution: source.attribution ?? "" }).addTo(map);
    return;
  }
  if (source.kind !== "pmtiles") return;
  const names = language === "en" ? ["name:en", "name"] : ["name"];
  const paint = () => ({ paintRules: paintRules(), labelRules: labelRules(names), backgroundColor: token("bg0") });
  const layer = leafletLayer({
    url: source.url,
    maxDataZoom: source.max_zoom ?? 15,
    attribution: source.attribution ?? "",
    lang: language,
    ...paint(),
  });
  layer.addTo(map);
  const repaint = () => {
    Object.assign(layer, paint());
    layer.clearLayout();
    layer.rerenderTiles();
  };
  document.addEventListener("theme:change", repaint);
  map.on("unload", () => document.removeEventListener("theme:change", repaint));
}
