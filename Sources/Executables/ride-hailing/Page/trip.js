// From where to where, and what that costs.

import { byId, element, problem, say, setText } from "./groundwork.js";
import { askAsUser, isSignedIn, userName } from "./identity.js";
import { length, minutes, money } from "./words.js";
import { drawTrip } from "./streets.js";
import { AVENUES, cornerAt, corners, nameOfCorner, STREETS, toPlace } from "./town.js";

const form = byId("trip");
const ENDS = ["from", "to"];
const chosen = { from: null, to: null };
let next = "from", fare = null, turn = 0, isHeld = false, whenWanted = () => {};

export const isPlanning = () => !form.hidden;

/** @param action is given the fare for which a ride is wanted; nothing while nobody is signed in. */
export function onWanted(action) { whenWanted = action; }

for (const end of ENDS) {
    const { avenue, street } = fields(end);
    avenue.append(element("option", { value: "" }, "–"), ...Array.from(AVENUES, (name, index) => new Option(name, index)));
    street.append(element("option", { value: "" }, "–"),
        ...Array.from({ length: STREETS }, (_, index) => new Option(index + 1, index)));
    avenue.onchange = street.onchange = () => {
        if (avenue.value === "" || street.value === "") return;
        const corner = cornerAt(Number(avenue.value), Number(street.value));
        // Some corners lie in the park.
        setText("trip-problem", corner ? "" : "There is no such corner: it lies in the park.");
        if (corner) choose(end, corner);
    };
    byId(`${end}-on-map`).onclick = () => {
        next = end;
        show();
        byId("map").focus();
    };
}

function fields(end) {
    return { avenue: form.elements[`${end}Avenue`], street: form.elements[`${end}Street`] };
}

/** The next end of the trip; what there is to say of it. */
export function chooseNext(corner) {
    const end = next;
    choose(end, corner);
    next = "to";
    show();
    return `${end === "from" ? "Pick-up" : "Destination"}: ${nameOfCorner(corner)}.`;
}

function choose(end, corner) {
    chosen[end] = corner;
    fields(end).avenue.value = corner.avenue;
    fields(end).street.value = corner.street;
    if (end === next) next = "to";
    show();
    quote();
}

byId("any-trip").onclick = () => {
    const far = corners.filter(({ x, y }) => Math.hypot(x, y) < 700), pick = () => far[Math.floor(Math.random() * far.length)];
    const from = pick();
    let to = pick();
    while (Math.hypot(from.x - to.x, from.y - to.y) < 400) to = pick();
    chosen.from = null;
    choose("to", to);
    choose("from", from);
};

/** Asks what it costs. Answers to what was asked before do not count. */
export async function quote() {
    const mine = ++turn;
    fare = null;
    show();
    if (!chosen.from || !chosen.to || !isSignedIn()) return;
    if (chosen.from === chosen.to) return setText("trip-problem", "Pick-up and destination are the same corner.");
    const me = userName(), body = { from: toPlace(chosen.from), to: toPlace(chosen.to) };
    const answer = await askAsUser("/v1/fares", { method: "POST", body });
    if (mine !== turn || me !== userName()) return;
    setText("trip-problem", answer.ok ? "" : problem(answer));
    if (answer.ok) fare = answer.json;
    show();
    if (fare) setText("trip-spoken", `${money(fare.amountCents, fare.currency)} for ${length(fare.distanceMeters)}.`);
}

const left = () => fare ? Date.parse(fare.expiresAt) - Date.now() : 0;

function show() {
    for (const end of ENDS) byId(`${end}-on-map`).ariaPressed = end === next;
    if (!form.hidden) drawTrip("rider", chosen.from, chosen.to);
    byId("fare").hidden = !fare;
    if (fare) {
        setText("price", money(fare.amountCents, fare.currency));
        setText("way-length", length(fare.distanceMeters));
        setText("way-time", `${minutes(fare.durationSeconds * 1000)} min`);
    }
    count();
}

function count() {
    const ms = left(), isOver = Boolean(fare) && ms <= 0;
    say(byId("fare-left"), isOver ? "no more" : minutes(ms));
    const button = form.querySelector(".primary");
    button.disabled = isHeld || (isSignedIn() && !fare);
    say(button, !isSignedIn() ? "Sign in" : isOver ? "Ask for the price again"
        : fare ? `Request for ${money(fare.amountCents, fare.currency)}` : "Request a ride");
}
setInterval(count, 500);

form.onsubmit = (event) => {
    event.preventDefault();
    if (isHeld) return;
    if (fare && left() <= 0) quote();
    else whenWanted(fare);
};

/** While a ride is being asked for nothing else is. */
export function hold(held) {
    isHeld = held;
    count();
}

/** Whether a trip can be planned: not while there is a ride. */
export function setPlanning(isPlanned) {
    if (form.hidden !== isPlanned) return;
    form.hidden = !isPlanned;
    if (isPlanned) {
        [next, fare, chosen.from, chosen.to] = ["from", null, null, null];
        form.reset();
    }
    show();
}
show();
