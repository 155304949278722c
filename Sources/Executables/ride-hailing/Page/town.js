// One small area: a plain grid of streets around a real place, turned as Manhattan's are, with a park in it.
// Everything is in meters, x to the east and y to the south of that place, so distances on the map are true to scale.

const PLACE = { lat: 40.75, lon: -73.98 };
// On the sphere that the service reckons with.
const METERS_PER_DEGREE = 111_226;
const WIDTH_OF_DEGREE = METERS_PER_DEGREE * Math.cos(PLACE.lat * Math.PI / 180);
export const TURN = 29;
const COS = Math.cos(TURN * Math.PI / 180), SIN = Math.sin(TURN * Math.PI / 180);
export const AVENUES = "ABCDEFGH", STREETS = 21;
const BETWEEN_AVENUES = 240, BETWEEN_STREETS = 80;
/** By avenue and street, both from 0; what lies within is grass. */
export const PARK = { avenues: [2, 4], streets: [12, 17] };

/** A point of the grid, which need not be a corner. */
export function point(avenue, street) {
    const along = (avenue - (AVENUES.length - 1) / 2) * BETWEEN_AVENUES;
    const up = (street - (STREETS - 1) / 2) * BETWEEN_STREETS;
    return { x: along * COS + up * SIN, y: along * SIN - up * COS };
}

const isWithin = (value, [first, last]) => value > first && value < last;
const isGrass = (avenue, street) => isWithin(avenue, PARK.avenues) && isWithin(street, PARK.streets);

const grid = Array.from(AVENUES, (_, avenue) => Array.from({ length: STREETS }, (_, street) =>
    isGrass(avenue, street) ? null : { avenue, street, ...point(avenue, street) }));
export const corners = grid.flat().filter(Boolean);
export const cornerAt = (avenue, street) => grid[avenue]?.[street] ?? null;

/** The corners that a car reaches from one without passing another. */
export function neighbours({ avenue, street }) {
    return [[1, 0], [-1, 0], [0, 1], [0, -1]]
        .filter(([east, north]) => !isGrass(avenue + east / 2, street + north / 2))
        .map(([east, north]) => cornerAt(avenue + east, street + north)).filter(Boolean);
}

export const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
export const nearestCorner = (to) => corners.reduce((best, corner) => distance(corner, to) < distance(best, to) ? corner : best);
export const randomCorner = () => corners[Math.floor(Math.random() * corners.length)];

export const toMeters = ({ lat, lon }) =>
    ({ x: (lon - PLACE.lon) * WIDTH_OF_DEGREE, y: (PLACE.lat - lat) * METERS_PER_DEGREE });
export const toPlace = ({ x, y }) => ({
    lat: Number((PLACE.lat - y / METERS_PER_DEGREE).toFixed(6)), lon: Number((PLACE.lon + x / WIDTH_OF_DEGREE).toFixed(6)),
});

/** The corner at which one turned on the way between two points that lie close together; null: one did not. */
export function turnBetween(a, b) {
    const right = b.x - a.x, down = b.y - a.y, along = right * COS + down * SIN;
    return [{ x: a.x + along * COS, y: a.y + along * SIN }, { x: b.x - along * COS, y: b.y - along * SIN }]
        .map((bend) => [nearestCorner(bend), bend]).find(([corner, bend]) => distance(corner, bend) < 3)?.[0] ?? null;
}

/** How a place is called; one that is no corner by its coordinates. */
export function nameOf(place) {
    const meters = toMeters(place), corner = nearestCorner(meters);
    return distance(meters, corner) < 40 ? nameOfCorner(corner) : `${place.lat.toFixed(4)}, ${place.lon.toFixed(4)}`;
}

export const nameOfCorner = ({ avenue, street }) => `Avenue ${AVENUES[avenue]}, Street ${street + 1}`;

/** The shortest way along the streets: points to pass, from the nearest corner to the place itself. */
export function way(from, to) {
    const start = nearestCorner(from), goal = nearestCorner(to);
    const before = new Map([[start, null]]), length = new Map([[start, 0]]), open = new Set([start]);
    while (open.size) {
        const here = [...open].reduce((best, corner) => length.get(corner) < length.get(best) ? corner : best);
        if (here === goal) break;
        open.delete(here);
        for (const next of neighbours(here)) {
            const reached = length.get(here) + distance(here, next);
            if (reached >= (length.get(next) ?? Infinity)) continue;
            length.set(next, reached);
            before.set(next, here);
            open.add(next);
        }
    }
    const points = [];
    for (let corner = goal; corner; corner = before.get(corner)) points.unshift(corner);
    return distance(goal, to) < 1 ? points : [...points, to];
}
