// One driver of the demonstration, and what he is like.

import { element, say } from "./groundwork.js";
import { Driver } from "./driver.js";
import { randomCorner } from "./town.js";

const CHARACTERS = {
    quick: "accepts after a second", picky: "rejects what he is offered first",
    sleepy: "lets an offer pass, and accepts it too late",
};

// Two tabs play different drivers.
sessionStorage.demonstration ??= Math.random().toString(36).slice(2, 5);

export const playedName = (name) => `demo-${name}-${sessionStorage.demonstration}`;

export class Played {
    rejected = 0;
    #due = new WeakMap();

    constructor(name, character) {
        const user = playedName(name);
        const who = { name: user, headers: { "X-User-ID": user }, query: new URLSearchParams({ user }) };
        this.character = character;
        this.driver = new Driver(who, randomCorner(), () => this.draw());
        this.state = element("td");
        const what = element("small", {}, CHARACTERS[character]);
        this.row = element("tr", {}, element("th", { scope: "row" }, user, element("br"), what), this.state);
    }

    draw() {
        const { ride, offers, isConnected, isThere } = this.driver;
        const text = !isConnected ? "connecting…"
            : ride ? `${isThere ? "is there for" : ride.status === "started" ? "drives" : "drives to"} ${ride.rider}`
            : offers.size ? "is offered a ride" : "free";
        say(this.state, text);
    }

    /** Does something with an offer once, a while after it was seen first. One that comes again is another. */
    after(ms, offer, action) {
        const now = performance.now();
        if (!this.#due.has(offer)) this.#due.set(offer, now + ms);
        if (now < this.#due.get(offer)) return;
        this.#due.set(offer, Infinity);
        action();
    }

    async act(meters) {
        const { driver } = this, { ride } = driver;
        driver.advance(meters);
        for (const offer of driver.offers.values()) this.answer(offer);
        for (const offer of driver.gone.values()) {
            const isLate = this.character === "sleepy" && offer.reason !== "conflict";
            if (isLate) this.after(1500, offer, () => driver.answer("accept", offer));
        }
        if (!ride && driver.isThere) driver.driveTo(randomCorner());
        if (!ride || !driver.isThere || this.isAsking) return;
        this.isAsking = true;
        await driver.perform(ride.status === "accepted" ? "start" : "complete");
        this.isAsking = false;
    }

    answer(offer) {
        if (this.character === "sleepy") return;
        const isRejected = this.character === "picky" && this.rejected === 0;
        this.after(1000, offer, () => {
            if (this.driver.answer(isRejected ? "reject" : "accept", offer) && isRejected) this.rejected++;
        });
    }
}
