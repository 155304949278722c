// Somebody who follows streets.

import { distance, way } from "./town.js";

export class Traveller {
    #path = [];

    /** @param where he begins, in meters. */
    constructor(where) { this.where = where; }

    /** Whether he has come to where he wanted to go. */
    get isThere() { return this.#path.length === 0; }

    driveTo(point) { this.#path = way(this.where, point); }
    stop() { this.#path = []; }

    /** Goes on by so many meters, or to the end of the way. */
    go(meters) {
        while (this.#path.length) {
            const { x, y } = this.where, [next] = this.#path, left = distance(this.where, next);
            if (left > meters + 1) {
                this.where = { x: x + (next.x - x) * meters / left, y: y + (next.y - y) * meters / left };
                return;
            }
            this.where = this.#path.shift();
            meters = Math.max(0, meters - left);
        }
    }
}
