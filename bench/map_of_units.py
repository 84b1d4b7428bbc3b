"""Ten thousand units that move once a second, on a map dragged by a real mouse: our layer against Leaflet's own canvas markers."""

import random
import time
from contextlib import ExitStack

from playwright.sync_api import Page

from bench import browsers, call_to_screens, harness
from bench.fanout import relay, subject_of
from bench.harness import Row

NUMBER = 10_000
DRAG_SECONDS = 8
ROUNDS = 2
# Each kind makes a map in a place of its own and moves every unit once a second; the milliseconds of each drawing, with the moving before it,
# and those of long tasks are kept.
STAND = """async ({count, kind}) => {
  const { Fleet, UnitLayer } = await import("/static/js/units.js");
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  Object.assign(place.style, { position: "fixed", inset: "0", width: "1920px", height: "1080px" });
  const map = L.map(place, { zoomAnimation: false, preferCanvas: true, inertia: false }).setView([39.9, 116.4], 11);
  const draws = window.draws = [];
  window.long = 0;
  window.watch?.disconnect();
  window.watch = new PerformanceObserver((list) => list.getEntries().forEach((each) => { window.long += each.duration - 50; }));
  window.watch.observe({ type: "longtask" });
  clearInterval(window.beat);
  const rows = Array.from({ length: count }, (_, id) => ({
    id, code: `U${id}`, title: "", state: [0, 3, 5][id % 3], label: "", at: 1, heading: id % 360,
    lon: 116.0 + (id * 7919 % count) / count * 0.8, lat: 39.6 + (id * 104729 % count) / count * 0.6,
  }));
  let turn = 0, moved = 0;
  const pixels = (context) => context.getImageData(0, 0, 1, 1); // commands are only noted until somebody looks
  if (kind === "ours") {
    map.createPane("units");
    const fleet = new Fleet(), shapes = { 0: "hollow", 3: "half", 5: "solid" };
    for (const row of rows) fleet.put(row, shapes);
    const layer = new UnitLayer(fleet, {}).addTo(map);
    const draw = layer.draw;
    layer.draw = function () {
      const began = performance.now();
      draw.call(this);
      pixels(this.context);
      draws.push(moved + performance.now() - began);
      moved = 0;
    };
    const frame = new DataView(new ArrayBuffer(4 + 16 * count));
    window.beat = setInterval(() => {
      turn++;
      for (let at = 0; at < count; at++) {
        frame.setUint32(4 + at * 16, at, true);
        frame.setInt32(8 + at * 16, (rows[at].lon + turn / 5000) * 1e7, true);
        frame.setInt32(12 + at * 16, rows[at].lat * 1e7, true);
        frame.setUint16(16 + at * 16, turn % 360, true);
        frame.setUint16(18 + at * 16, rows[at].state, true);
      }
      const began = performance.now();
      fleet.take(frame, 4, shapes);
      moved = performance.now() - began;
      layer.draw();
    }, 1000);
  } else {
    const redraw = L.Canvas.prototype._redraw.plain ?? L.Canvas.prototype._redraw;
    L.Canvas.prototype._redraw = function () {
      const began = performance.now();
      redraw.call(this);
      pixels(this._ctx);
      draws.push(moved + performance.now() - began);
      moved = 0;
    };
    L.Canvas.prototype._redraw.plain = redraw;
    const dots = rows.map((row) => L.circleMarker([row.lat, row.lon], { radius: 5, weight: 1.5 }).addTo(map));
    window.beat = setInterval(() => {
      turn++;
      const began = performance.now();
      dots.forEach((dot, at) => dot.setLatLng([rows[at].lat, rows[at].lon + turn / 5000]));
      moved += performance.now() - began;
    }, 1000);
  }
  await new Promise((go) => setTimeout(go, 1500));
  draws.length = 0;
  window.long = 0;
  let last = performance.now();
  window.frames = [];
  const tick = (now) => { window.frames.push(now - last); last = now; window.ticking = requestAnimationFrame(tick); };
  cancelAnimationFrame(window.ticking);
  window.ticking = requestAnimationFrame(tick);
}"""


def measure() -> list[Row]:
    """Draw p95 and long-task time while dragging, ours over theirs; frames in the note, because machines differ too much in them for a gate."""
    browsers.gather_static_files()
    _type, _secret, cookies = call_to_screens.people()
    with ExitStack() as stack:
        stack.enter_context(relay())
        subject = stack.enter_context(subject_of("product", 1, cookies[1:]))
        page = stack.enter_context(browsers.desk(subject.port, cookies[0]))
        page.wait_for_selector("#map[data-ready=true]")
        taken: dict[str, list[tuple[float, float, float]]] = {"ours": [], "theirs": []}
        for kind in ("ours", "theirs", "ours") * ROUNDS:
            taken[kind].append(_drag(page, kind))
    draw = {kind: harness.median([one[0] for one in runs]) for kind, runs in taken.items()}
    long = {kind: harness.median([one[1] for one in runs]) for kind, runs in taken.items()}
    rate = {kind: harness.median([one[2] for one in runs]) for kind, runs in taken.items()}
    note = f"frames a second {rate['ours']:.0f} against {rate['theirs']:.0f}"
    base = "Leaflet's circleMarker on canvas"
    return [
        Row(
            f"{NUMBER:,} units dragged, drawing p95",
            "ms",
            draw["ours"],
            draw["theirs"],
            "<= 0.15",
            draw["ours"] <= 0.15 * draw["theirs"],
            base,
            note=note,
        ),
        Row("the same, long tasks over 50 ms", "ms", long["ours"], long["theirs"], "<= 0.25", long["ours"] <= 0.25 * long["theirs"], base),
    ]


def _drag(page: Page, kind: str) -> tuple[float, float, float]:
    """Eight seconds of a hand on the mouse, some eighty moves a second: drawing p95, long-task excess, frames a second."""
    page.evaluate(STAND, {"count": NUMBER, "kind": kind})
    lot = random.Random(5)
    page.mouse.move(960, 540)
    page.mouse.down()
    until = time.monotonic() + DRAG_SECONDS
    x, y = 960.0, 540.0
    while time.monotonic() < until:
        x, y = min(1800, max(120, x + lot.uniform(-14, 14))), min(980, max(100, y + lot.uniform(-9, 9)))
        page.mouse.move(x, y)
        time.sleep(0.0125)
    page.mouse.up()
    seen = page.evaluate("({ draws: window.draws, long: window.long, frames: window.frames })")
    frames = [each for each in seen["frames"] if each > 0]
    return harness.percentile(seen["draws"], 0.95), seen["long"], 1000 * len(frames) / sum(frames)
