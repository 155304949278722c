// Draws the town, and what stands in it: pick-up, destination, the way between them, the corner that keys have chosen.

import { byId, setText, shape } from "./groundwork.js";
import { AVENUES, cornerAt, corners, nameOfCorner, nearestCorner, neighbours, PARK, point, STREETS, TURN, way } from "./town.js";
import { center, metersPerPixel, onClick, onView, reveal } from "./view.js";

const path = (points) => points.map(({ x, y }, index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
const area = ([west, east], [south, north], margin = 0) => `${path([
    point(west - margin, south - margin * 3), point(east + margin, south - margin * 3),
    point(east + margin, north + margin * 3), point(west - margin, north + margin * 3)])}Z`;
const last = AVENUES.length - 1;

byId("ground").append(
    shape("path", { class: "land", d: area([0, last], [0, STREETS - 1], 0.45) }),
    shape("path", {
        class: "street", d: corners.flatMap((corner) => neighbours(corner)
            .filter(({ avenue, street }) => avenue > corner.avenue || street > corner.street)
            .map((other) => path([corner, other]))).join(""),
    }),
    shape("path", { class: "park", d: area(PARK.avenues, PARK.streets, -0.06) }));

// Names keep their size, and go where there is no room for them.
const names = [];
function write(text, where, turn) {
    const node = shape("text", { class: "name" });
    node.textContent = text;
    names.push({ node, where, turn });
    byId("ground").append(node);
}
for (let street = 0; street < STREETS; street += 2) {
    for (const avenue of [0, 2, 4, 6]) {
        const isStreet = neighbours(cornerAt(avenue, street)).includes(cornerAt(avenue + 1, street));
        if (isStreet) write(`Street ${street + 1}`, point(avenue + 0.5, street), TURN);
    }
}
for (let avenue = 0; avenue <= last; avenue++) for (const street of [2.5, 10.5, 18.5]) {
    write(`Avenue ${AVENUES[avenue]}`, point(avenue, street), TURN - 90);
}
write("Park", point(3, 14.5), 0);

// MARK: Pins

const pins = new Map();

function pin(id, where) {
    byId(id).classList.toggle("away", !where);
    if (where) pins.set(byId(id), where);
    else pins.delete(byId(id));
    place();
}

const trips = { rider: {}, driver: {} };
let shown = "rider";

/** Draws where one goes from and to, and on which way, as rider or as driver; what is not known is left out. */
export function drawTrip(who, from = null, to = null) {
    trips[who] = { from, to };
    if (who === shown) showTrip(who);
}

/** Shows the one or the other. */
export function showTrip(who) {
    const { from, to } = trips[shown = who];
    pin("from-pin", from);
    pin("to-pin", to);
    byId("way").setAttribute("d", from && to ? path(way(from, to)) : "");
}

function place() {
    const scale = metersPerPixel();
    for (const { node, where, turn } of names) {
        node.classList.toggle("away", scale > 3.2);
        node.setAttribute("transform", `translate(${where.x} ${where.y}) scale(${scale}) rotate(${turn})`);
    }
    for (const [node, { x, y }] of pins) node.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
}
onView(place);

// MARK: Choosing a corner

let cursor = null, whenChosen = () => {};

/** What is to happen when a corner is clicked, or chosen with the keys. */
export function onChoice(action) { whenChosen = action; }
onClick((where) => whenChosen(nearestCorner(where)));

const STEPS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

/** The next corner in a direction; over the park, if need be. */
function next({ avenue, street }, [east, north]) {
    for (let steps = 1; steps < STREETS; steps++) {
        const corner = cornerAt(avenue + east * steps, street + north * steps);
        if (corner) return corner;
    }
    return null;
}

byId("map").addEventListener("keydown", (event) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key], isChoice = event.key === "Enter" || event.key === " ";
    if (!step && !isChoice) return;
    event.preventDefault();
    const start = cursor ?? nearestCorner(center());
    cursor = step && cursor ? next(start, step) ?? start : start;
    pin("cursor", cursor);
    reveal(cursor);
    if (isChoice) whenChosen(cursor);
    else setText("map-spoken", nameOfCorner(cursor));
});
