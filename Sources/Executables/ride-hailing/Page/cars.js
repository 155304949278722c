// Cars on the map. Where they are comes from several sources, and now and then; in between they glide there.

import { byId, shape } from "./groundwork.js";
import { distance, turnBetween } from "./town.js";
import { metersPerPixel, onView } from "./view.js";

/** Who knows best comes first: what one drives oneself, one's ride's driver, who drives for others, who is near. */
const SOURCES = ["own", "ride", "busy", "near"];
const told = Object.fromEntries(SOURCES.map((source) => [source, new Map()]));
const cars = new Map();
const isStill = matchMedia("(prefers-reduced-motion: reduce)");
let isRunning = false;

/** All the cars that a source knows of: from their drivers' names to points. */
export function setCars(source, points) {
    told[source] = points;
    const now = performance.now(), known = new Map();
    for (const source of SOURCES.toReversed()) for (const [name, where] of told[source]) known.set(name, [source, where]);
    for (const [name, car] of cars) if (!known.has(name)) remove(name, car);
    for (const [name, [source, where]] of known) move(name, source, where, now);
    run();
}

function remove(name, { node }) {
    node.remove();
    cars.delete(name);
}

function add(name, where) {
    const node = shape("g", {}), arrow = shape("path", { d: "M0-13L8.5 9 0 4.5-8.5 9Z" }), title = shape("title", {});
    const label = shape("text", { class: "name", y: 24 });
    title.textContent = label.textContent = name.length > 24 ? `${name.slice(0, 24)}…` : name;
    node.append(title, arrow, label);
    byId("cars").append(node);
    const car = { node, arrow, way: [where], at: where, heading: 0, began: 0, lasts: 0, toldAt: 0 };
    cars.set(name, car);
    return car;
}

function move(name, source, where, now) {
    const car = cars.get(name) ?? add(name, where);
    if (car.source !== source) car.node.setAttribute("class", `car ${car.source = source}`);
    if (car.toldAt && distance(car.way.at(-1), where) === 0) return;
    // It takes as long as until the next is to be expected.
    const lasts = isStill.matches || !car.toldAt ? 0 : Math.min(2000, Math.max(100, now - car.toldAt));
    Object.assign(car, { way: [car.at, turnBetween(car.at, where), where].filter(Boolean), began: now, lasts, toldAt: now });
    draw(car, now);
}

/** Where something is that has gone a part of a way, and what it heads for. */
function along(way, part) {
    let left = part * way.slice(1).reduce((sum, next, index) => sum + distance(way[index], next), 0);
    for (let index = 1; index < way.length; index++) {
        const [last, next] = [way[index - 1], way[index]], step = distance(last, next);
        const part = left / step;
        if (part < 1) return [{ x: last.x + (next.x - last.x) * part, y: last.y + (next.y - last.y) * part }, next];
        left -= step;
    }
    return [way.at(-1), null];
}

function draw(car, now) {
    const part = car.lasts ? Math.min(1, Math.max(0, now - car.began) / car.lasts) : 1;
    const [at, next] = along(car.way, part);
    if (next && distance(at, next) > 1) car.heading = Math.atan2(next.x - at.x, at.y - next.y) * 180 / Math.PI;
    car.at = at;
    car.node.setAttribute("transform", `translate(${car.at.x} ${car.at.y}) scale(${metersPerPixel()})`);
    car.arrow.setAttribute("transform", `rotate(${car.heading})`);
    return part < 1;
}

function run() {
    if (isRunning) return;
    isRunning = true;
    requestAnimationFrame(function frame(now) {
        isRunning = [...cars.values()].filter((car) => draw(car, now)).length > 0;
        if (isRunning) requestAnimationFrame(frame);
    });
}
onView(run);
