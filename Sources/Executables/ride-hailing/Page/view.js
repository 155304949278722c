// The part of the map that one sees: moved and zoomed by pointer, wheel, fingers, keys and buttons.

import { byId, number } from "./groundwork.js";

const svg = byId("map");
const FINEST = 0.5, COARSEST = 8, EDGE = 1500;
const HOME = { x: 0, y: 0, metersPerPixel: 2.4 };
const view = { ...HOME };
const listeners = [];

export const metersPerPixel = () => view.metersPerPixel;
export const center = () => ({ x: view.x, y: view.y });
/** From the middle to a corner of what one sees, in meters. */
export const reach = () => Math.hypot(svg.clientWidth, svg.clientHeight) / 2 * view.metersPerPixel;
/** Told whenever the view has changed. */
export function onView(listener) { listeners.push(listener); }

const within = (value, least, most) => Math.min(most, Math.max(least, value));
let isDrawing = false;

function change({ x = view.x, y = view.y, metersPerPixel = view.metersPerPixel }) {
    view.x = within(x, -EDGE, EDGE);
    view.y = within(y, -EDGE, EDGE);
    view.metersPerPixel = within(metersPerPixel, FINEST, COARSEST);
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(draw);
}

function draw() {
    isDrawing = false;
    const width = svg.clientWidth * view.metersPerPixel, height = svg.clientHeight * view.metersPerPixel;
    if (!width) return;
    svg.setAttribute("viewBox", [view.x - width / 2, view.y - height / 2, width, height].join(" "));
    drawScale();
    for (const listener of listeners) listener();
}

/** A bar of a round length, at most 120 pixels. */
function drawScale() {
    const meters = [2000, 1000, 500, 200, 100, 50, 20].find((length) => length / view.metersPerPixel <= 120);
    byId("scale-bar").setAttribute("width", meters / view.metersPerPixel);
    byId("scale").lastElementChild.textContent = meters < 1000 ? `${meters} m` : `${number(meters / 1000)} km`;
}

/** Where on the map something on the screen is, in meters. */
export function metersAt({ clientX, clientY }) {
    const { left, top, width, height } = svg.getBoundingClientRect();
    return {
        x: view.x + (clientX - left - width / 2) * view.metersPerPixel,
        y: view.y + (clientY - top - height / 2) * view.metersPerPixel,
    };
}

/** What is there stays where it is. */
function zoom(factor, at = view) {
    const metersPerPixel = within(view.metersPerPixel * factor, FINEST, COARSEST), ratio = metersPerPixel / view.metersPerPixel;
    change({ x: at.x + (view.x - at.x) * ratio, y: at.y + (view.y - at.y) * ratio, metersPerPixel });
}

const pan = (right, down) => change({ x: view.x + right * view.metersPerPixel, y: view.y + down * view.metersPerPixel });

/** Moves no farther than needed to see a point. */
export function reveal(point) {
    const width = (svg.clientWidth / 2 - 48) * view.metersPerPixel, height = (svg.clientHeight / 2 - 48) * view.metersPerPixel;
    change({ x: within(view.x, point.x - width, point.x + width), y: within(view.y, point.y - height, point.y + height) });
}

/** Sees all of these. */
export function showAll(points) {
    const xs = points.map(({ x }) => x), ys = points.map(({ y }) => y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const needed = Math.max((right - left) / (svg.clientWidth - 96), (bottom - top) / (svg.clientHeight - 96));
    change({ x: (left + right) / 2, y: (top + bottom) / 2, metersPerPixel: Math.max(needed, HOME.metersPerPixel / 2) });
}

byId("zoom-in").onclick = () => zoom(1 / 1.5);
byId("zoom-out").onclick = () => zoom(1.5);
byId("zoom-home").onclick = () => change(HOME);

svg.addEventListener("keydown", (event) => {
    const action = {
        "+": () => zoom(1 / 1.5), "=": () => zoom(1 / 1.5), "-": () => zoom(1.5), Home: () => change(HOME),
        ...(event.shiftKey && {
            ArrowLeft: () => pan(-60, 0), ArrowRight: () => pan(60, 0), ArrowUp: () => pan(0, -60), ArrowDown: () => pan(0, 60),
        }),
    }[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
});

svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(1.0015 ** within(event.deltaY * (event.deltaMode ? 20 : 1), -300, 300), metersAt(event));
}, { passive: false });

// Pointers: one moves the map, two zoom it; one that hardly moved was a click.
const pointers = new Map();
let moved = 0, whenClicked = () => {};

/** What is to happen when a place is clicked. */
export function onClick(action) { whenClicked = action; }

const spread = () => {
    const [a, b] = [...pointers.values()];
    return { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2,
        length: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) };
};

svg.onpointerdown = (event) => {
    if (event.button) return;
    svg.setPointerCapture(event.pointerId);
    if (!pointers.size) moved = 0;
    pointers.set(event.pointerId, event);
};
svg.onpointermove = (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = pointers.size === 2 && spread();
    pointers.set(event.pointerId, event);
    const right = last.clientX - event.clientX, down = last.clientY - event.clientY;
    moved += Math.abs(right) + Math.abs(down) + (before ? 10 : 0);
    if (before) zoom(before.length / Math.max(1, spread().length), metersAt(before));
    if (moved > 6) pan(right / pointers.size, down / pointers.size);
};
svg.onpointerup = (event) => {
    if (pointers.delete(event.pointerId) && !pointers.size && moved <= 6) whenClicked(metersAt(event));
};
svg.onpointercancel = ({ pointerId }) => pointers.delete(pointerId);
new ResizeObserver(() => change({})).observe(svg);
