"""Ten thousand moving units: one for each cell is drawn; times are printed, and judged only against another in the same run."""

FLEET = """async (count) => {
    const { Fleet, UnitLayer } = await import("/static/js/units.js");
    const place = document.createElement("div");
    place.className = "many";
    document.body.replaceChildren(place);
    Object.assign(place.style, { position: "fixed", inset: "0", width: "1920px", height: "1080px" });
    const map = L.map(place, { zoomAnimation: false }).setView([39.9, 116.4], 11);
    map.createPane("units");
    const fleet = new Fleet();
    const shapes = { 0: "hollow", 3: "half", 5: "solid" };
    const rows = Array.from({ length: count }, (_, id) => ({
        id, code: `U${id}`, title: "", state: [0, 3, 5][id % 3], label: "",
        lon: 116.0 + (id * 7919 % count) / count * 0.8, lat: 39.6 + (id * 104729 % count) / count * 0.6, heading: id % 360, at: 1,
    }));
    for (const row of rows) fleet.put(row, shapes);
    const layer = new UnitLayer(fleet, {}).addTo(map);
    const frame = new DataView(new ArrayBuffer(4 + 16 * count));
    const times = [], takes = [], plains = [];
    const plain = ({ context }, { x, y, size }) => {
        for (let at = 0; at < size; at++) {
            context.beginPath();
            context.arc((x[at] * 1e6) % 1920, (y[at] * 1e6) % 1080, 5, 0, 7);
            context.fill();
            context.stroke();
        }
    };
    for (let turn = 0; turn < 60; turn++) {
        for (let at = 0; at < count; at++) {
            frame.setUint32(4 + at * 16, at, true);
            frame.setInt32(8 + at * 16, (rows[at].lon + turn / 5000) * 1e7, true);
            frame.setInt32(12 + at * 16, rows[at].lat * 1e7, true);
            frame.setUint16(16 + at * 16, turn, true);
            frame.setUint16(18 + at * 16, rows[at].state, true);
        }
        const began = performance.now();
        const unknown = fleet.take(frame, 4, shapes);
        takes.push(performance.now() - began);
        if (unknown) throw new Error(`${unknown} unknown`);
        map.panBy([7, 3], { animate: false });
        layer.draw();
        times.push(layer.lastDrawMs);
        const naive = performance.now();
        plain(layer, fleet);
        plains.push(performance.now() - naive);
        await new Promise(requestAnimationFrame);
    }
    const p95 = (list) => list.sort((a, b) => a - b)[Math.floor(list.length * 0.95)];
    const drawn = layer.cells.length;
    const more = layer.cells.reduce((sum, cell) => sum + cell.more + 1, 0);
    const { px, py } = layer.cells[0];
    const hit = layer.at({ x: px, y: py });
    const before = layer.drawnCorner;
    map.panBy([40, 10], { animate: false });
    const dragged = layer.drawnCorner === before && layer.at({ x: px - 40, y: py - 10 })?.row === hit?.row;
    const median = times.sort((a, b) => a - b)[30];
    return { median, draw: p95(times), take: p95(takes), plain: p95(plains), drawn, more, hit: Boolean(hit), dragged };
}"""


def test_ten_thousand_units_are_thinned_and_taken_in_faster_than_they_could_be_drawn_one_by_one(sit, city):
    page = sit("dispatcher")

    result = page.evaluate(FLEET, 10_000)

    print(result)
    assert result["drawn"] < 5_000 < result["more"] <= 10_000
    assert result["hit"] and result["dragged"], "a unit is where it is seen, also while the picture is moved with the map"
    assert result["take"] <= result["plain"]
