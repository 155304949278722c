// One message, or one that is on its way.

import { element, say } from "./groundwork.js";
import { again, discard } from "./outbox.js";
import { me } from "./connection.js";

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
export const dayOf = (time) => new Date(time).toLocaleDateString("en", DAY);

/** A line between the messages. */
export const line = (text, className) => element("li", { className }, element("span", {}, text));

/**
 * @param message as the protocol has it, or an entry of the outbox.
 * @param choose what its time, as a button, does.
 */
export function drawMessage(message, choose) {
    const isMine = message.from === undefined || message.from === me;
    const name = element("p", { className: "author" }, element("bdi", {}, isMine ? "You" : message.from));
    const words = element("p", { className: "words", dir: "auto" }, message.text);
    const time = element("time", { dateTime: new Date(message.at).toISOString() },
        new Date(message.at).toLocaleTimeString("en", CLOCK));
    const state = element("span", { className: "state" });
    const stamp = element("button", { type: "button", className: "stamp" }, time, " ", state);
    stamp.setAttribute("aria-controls", "way");
    const doings = element("p", { className: "doings", hidden: true },
        element("button", { type: "button", className: "small", onclick: () => again(entry.message) }, "Try again"),
        element("button", { type: "button", className: "small", onclick: () => discard(entry.message) }, "Delete"));
    const node = element("li", { className: isMine ? "message mine" : "message" }, name, words, stamp, doings);
    const entry = { message, node, update };
    stamp.onclick = () => choose(entry.message);

    /** @param words of what has become of it; "": nothing to say. */
    function update(now, words, { isNamed = false, isChosen = false } = {}) {
        entry.message = now;
        // Its sender is told where another one begins to speak; to those who do not see it, always.
        name.className = isNamed ? "author" : "author unseen";
        say(state, words);
        state.className = now.failure ? "state bad" : "state";
        doings.hidden = !now.failure;
        node.ariaCurrent = isChosen ? "true" : null;
        stamp.ariaPressed = String(isChosen);
        stamp.title = "The way of this message";
    }
    return entry;
}
