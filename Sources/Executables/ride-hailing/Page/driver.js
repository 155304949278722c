// A driver, as oneself or as one of the demonstration: says each second where he is, follows streets, answers offers.

import { ask, problem, segment } from "./groundwork.js";
import { LiveSocket } from "./socket.js";
import { toMeters, toPlace } from "./town.js";
import { note, sawVersion } from "./trail.js";
import { Traveller } from "./traveller.js";

const WITHDRAWN = {
    taken: "loses the offer: another was faster", cancelled: "loses the offer: the ride was cancelled",
    expired: "lets the offer pass", rejected: "rejects",
};
export const isOver = ({ status }) => ["completed", "cancelled", "unmatched"].includes(status);

export class Driver extends Traveller {
    isOnline = false;
    problem = "";
    ride = null;
    /** The ride that he has or had, or that was refused to him, as he saw it last. */
    last = null;
    /** By the ride: those that are open, and those that are not any more and why. */
    offers = new Map();
    gone = new Map();
    #socket = null;
    #asked = new Map();

    /**
     * @param who his `name`, and the `headers` and the `query` that say so to the service.
     * @param where he is, in meters.
     * @param changed is told that something has, and in words what somebody should hear of.
     */
    constructor(who, where, changed = () => {}) {
        super(where);
        Object.assign(this, { ...who, changed });
    }

    get isConnected() { return Boolean(this.#socket?.isOpen); }

    // MARK: Work

    async goOnline() {
        this.isOnline = true;
        this.#socket ??= new LiveSocket(`/v1/drivers/ws?${this.query}`, {
            opened: () => this.#opened(), frame: (frame) => this.#hear(frame), lost: (wasOpen) => this.#lost(wasOpen),
        });
        return this.#say("available");
    }

    async goOffline() {
        const answer = await this.#say("offline");
        if (answer.ok) this.leave();
        return answer;
    }

    /** Says nothing any more: who is not seen is not found. */
    leave() {
        this.isOnline = false;
        this.#socket?.close();
        this.#socket = null;
        this.offers.clear();
        this.changed();
    }

    async #say(status) {
        const answer = await this.#ask(`/v1/drivers/${segment(this.name)}/status`, "PUT", { status });
        // Who has a ride is free when it has ended.
        this.problem = answer.ok || (answer.status === 409 && status === "available") ? "" : problem(answer);
        this.changed();
        return answer;
    }

    #ask(path, method, body) { return ask(path, { method, body, headers: this.headers }); }

    // MARK: On the road

    /** So many meters on, and says where he is then. */
    advance(meters) {
        this.go(meters);
        this.#socket?.send({ type: "location", ...toPlace(this.where) });
    }

    // MARK: What he hears

    async #opened() {
        // Offers that are still open come again. Of his ride one asks: it may have ended meanwhile.
        this.offers.clear();
        this.#asked.clear();
        this.advance(0);
        const { ride } = this;
        if (!ride) return this.#say("available");
        this.changed();
        const answer = await this.#ask(`/v1/rides/${segment(ride.id)}`);
        if (answer.ok) this.#take(answer.json);
        else if (answer.status === 404) this.#forget("The service does not know the ride any more.");
    }

    #lost(wasOpen) {
        this.changed();
        // A browser does not tell why it was not let in.
        if (!wasOpen) this.#say("available");
    }

    #hear(frame) {
        if (frame.type === "offer") {
            const isNew = !this.offers.has(frame.ride);
            this.offers.set(frame.ride, frame);
            this.gone.delete(frame.ride);
            if (isNew) note(frame.ride, { who: this.name, text: "is offered it", isOffer: true, version: frame.version });
            this.changed(isNew ? "A ride is offered to you." : "");
        } else if (frame.type === "offerWithdrawn") this.#withdrawn(frame.ride, frame.reason);
        else if (frame.type === "ride") this.#take(frame.ride);
        else if (frame.type === "error") this.#refused(frame);
    }

    #withdrawn(ride, reason) {
        const offer = this.offers.get(ride);
        if (!offer) return;
        if (reason === "rejected") this.#asked.delete(ride);
        this.#lose(offer, reason);
        note(ride, { who: this.name, text: WITHDRAWN[reason] ?? `loses the offer: ${reason}`, version: offer.version });
        this.changed(`An offer is gone: ${reason}.`);
    }

    #lose(offer, reason) {
        this.offers.delete(offer.ride);
        if (reason === "rejected") return;
        this.gone.delete(offer.ride);
        this.gone.set(offer.ride, { ...offer, reason });
        if (this.gone.size > 3) this.gone.delete(this.gone.keys().next().value);
    }

    async #refused({ ride, code, detail }) {
        const asked = this.#asked.get(ride), offer = this.offers.get(ride) ?? this.gone.get(ride);
        this.#asked.delete(ride);
        this.problem = code === "conflict" ? `Too late, ${code}: ${detail}` : detail;
        if (code === "unavailable" && this.offers.has(ride)) this.offers.set(ride, { ...offer });
        else if (offer) this.#lose(offer, code);
        if (asked) note(ride, { who: this.name, text: `${asked.act}s`, version: asked.version, isRefused: true, detail });
        this.changed(this.problem);
        if (!asked) return;
        const answer = await this.#ask(`/v1/rides/${segment(ride)}`);
        if (!answer.ok) return;
        this.last = answer.json;
        this.changed();
    }

    #take(ride) {
        sawVersion(ride.id, ride.version);
        if (this.ride?.id === ride.id && ride.version < this.ride.version) return;
        this.last = ride;
        this.offers.delete(ride.id);
        this.gone.delete(ride.id);
        const asked = this.#asked.get(ride.id), before = this.ride;
        this.#asked.delete(ride.id);
        if (asked?.act === "accept" && ride.driver === this.name) {
            note(ride.id, { who: this.name, text: "accepts", version: asked.version }, ride.version);
        }
        if (ride.driver !== this.name || isOver(ride)) return this.#forget(`The ride is ${ride.status}.`, ride);
        this.ride = ride;
        this.problem = "";
        if (before?.id !== ride.id || before.status !== ride.status) {
            this.driveTo(toMeters(ride.status === "accepted" ? ride.from : ride.to));
            this.changed(`The ride is ${ride.status}. It is yours.`);
        }
    }

    #forget(text, ride = this.ride) {
        if (this.ride?.id !== ride?.id) return;
        this.ride = null;
        this.stop();
        this.changed(text);
    }

    // MARK: What he says

    /** Accepts or rejects, with the version that he was offered; whether that could be sent. */
    answer(act, { ride, version }) {
        const isSent = Boolean(this.#socket?.send({ type: act, ride, version }));
        this.problem = isSent ? "" : "Not connected: nothing was sent.";
        if (isSent) this.#asked.set(ride, { act, version });
        this.changed();
        return isSent;
    }

    /** Starts, completes or cancels his ride, with the version that he saw last. */
    async perform(act) {
        const { id, version } = this.ride;
        const answer = await this.#ask(`/v1/rides/${segment(id)}/${act}`, "POST", { version });
        const now = answer.ok ? answer.json : answer.json?.ride;
        if (now) {
            const { detail } = answer.json;
            note(id, { who: this.name, text: `${act}s`, version, isRefused: !answer.ok, detail }, now.version);
            this.#take(now);
        }
        this.problem = answer.ok ? "" : problem(answer);
        this.changed(this.problem);
        return answer;
    }
}
