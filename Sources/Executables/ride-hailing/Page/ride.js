// One's ride: as the service tells it by a WebSocket, and read anew whenever something may have been missed.

import { byId, isRefused, problem, repeat, segment, setText } from "./groundwork.js";
import { askAsUser, identityQuery, userName } from "./identity.js";
import { setCars } from "./cars.js";
import { isOver } from "./driver.js";
import { LiveSocket } from "./socket.js";
import { drawTrip } from "./streets.js";
import { drawTimeline } from "./timeline.js";
import { distance, nameOf, toMeters } from "./town.js";
import { note, onTrail, sawVersion, trailOf } from "./trail.js";
import { setPlanning } from "./trip.js";
import { showAll } from "./view.js";
import { length, money } from "./words.js";

let id = "", ride = null, socket = null, car = null, fitted = "", isGone = false;

/** Shows a ride from now on, or none. */
export function showRide(shown) {
    socket?.close();
    [id, ride, socket, car, fitted, isGone] = [shown, null, null, null, "", false];
    setCars("ride", new Map());
    if (id) sessionStorage[kept()] = id;
    else delete sessionStorage[kept()];
    setText("ride-problem", "");
    drawTimeline("rider", null);
    byId("ride").hidden = !id;
    setPlanning(!id);
    if (id) open();
    show();
}

const kept = () => `ride of ${userName()}`;
/** The ride that was shown to this user before. */
export const rideBefore = () => sessionStorage[kept()] ?? "";

function open() {
    socket = new LiveSocket(`/v1/rides/${segment(id)}/ws?${identityQuery()}`, { opened: show, frame: hear, lost });
}

function hear(frame) {
    if (frame.type === "ride") take(frame.ride);
    if (frame.type !== "driverLocation" || !ride?.driver || isOver(ride)) return;
    car = toMeters(frame);
    // Once for each of both ways the map shows all of it.
    if (fitted !== ride.status) showAll([car, toMeters(ride.from), toMeters(ride.to)]);
    fitted = ride.status;
    setCars("ride", new Map([[ride.driver, car]]));
    show();
}

function lost(wasOpen) {
    show();
    // A browser does not tell why it was not let in.
    if (!wasOpen) read();
}

async function read() {
    const asked = id, answer = await askAsUser(`/v1/rides/${segment(id)}`);
    if (asked !== id) return;
    if (answer.ok) return take(answer.json);
    setText("ride-problem", problem(answer));
    if (answer.status !== 404 && !isRefused(answer)) return;
    isGone = true;
    socket?.close();
    show();
}

// Half of a connection looks like a whole one until something is asked.
repeat(10_000, async () => {
    if (!id || !ride || isOver(ride) || isGone) return;
    const { version } = ride;
    await read();
    if (ride?.version > version) socket?.renew();
});

function take(now) {
    if (now.id !== id || (ride && now.version < ride.version)) return;
    const isNew = now.version !== ride?.version;
    ride = now;
    sawVersion(id, ride.version);
    if (!isNew) return;
    setText("ride-problem", "");
    drawTrip("rider", toMeters(ride.from), toMeters(ride.to));
    if (ride.version === 1) showAll([toMeters(ride.from), toMeters(ride.to)]);
    if (ride.status === "requested") car = null;
    if (isOver(ride)) {
        socket?.close();
        socket = null;
        setCars("ride", new Map());
    }
    show();
    setText("ride-spoken", `Version ${ride.version}: ${headline()}.`);
}

// MARK: Drawing

const rounds = () => ride.history.filter(({ status }) => status === "offered").length;
const ended = () => ride.history.at(-1)?.by ?? "";

/** Who has the offer of this round, as far as this page speaks for him. */
function offeredTo() {
    const names = trailOf(id).filter(({ isOffer, version }) => isOffer && version === ride.version).map(({ who }) => who);
    return names.length > 2 ? `${names.length} drivers or more` : names.join(" and ") || "a driver near you";
}

function headline() {
    return {
        requested: rounds() ? "Looking for another driver" : "Looking for a driver",
        offered: `Offered to ${offeredTo()}, round ${rounds()}`,
        accepted: `${ride.driver} is coming`, started: `On the way with ${ride.driver}`, completed: "You have arrived",
        cancelled: ended() === ride.rider ? "You have cancelled it" : `${ended()} has cancelled it`,
        unmatched: `Not matched: ${ride.reason}`,
    }[ride.status] ?? ride.status;
}

function howFar() {
    if (!car || !ride.driver || isOver(ride)) return "";
    const meters = distance(car, toMeters(ride.status === "started" ? ride.to : ride.from));
    return `, ${length(meters)} ${ride.status === "started" ? "to go" : "away"}`;
}

function show() {
    const isLive = Boolean(socket?.isOpen), isEnded = Boolean(ride) && isOver(ride);
    byId("live").hidden = !id || isEnded || isGone;
    byId("live").className = `badge ${isLive ? "good" : "hint"}`;
    setText("live", isLive ? "● live" : "◌ connecting…");
    if (!id) return;
    setText("ride-status", ride ? headline() : isGone ? "There is no ride to be shown" : "Reading the ride…");
    setText("ride-text", ride
        ? `${nameOf(ride.from)} → ${nameOf(ride.to)} · ${money(ride.amountCents, ride.currency)}${howFar()}` : "");
    byId("cancel").hidden = !ride || isEnded || isGone || ride.status === "started";
    byId("another").hidden = !isEnded && !isGone;
    byId("stale").hidden = !ride || isEnded || isGone || ride.version < 2;
    if (!ride) return;
    setText("stale", `Cancel as of version ${ride.version - 1}`);
    drawTimeline("rider", ride);
    if (document.activeElement.closest("[hidden]")) byId("ride-title").focus({ preventScroll: true });
}
onTrail((changed) => { if (changed === id) show(); });

// MARK: Acting

async function cancel(version) {
    const asked = id, answer = await askAsUser(`/v1/rides/${segment(id)}/cancel`, { method: "POST", body: { version } });
    if (asked !== id) return;
    const now = answer.ok ? answer.json : answer.json?.ride;
    if (now) {
        const { detail } = answer.json;
        note(id, { who: userName(), text: "cancels", version, isRefused: !answer.ok, detail }, now.version);
        take(now);
    }
    setText("ride-problem", answer.ok || now ? "" : problem(answer));
    return answer;
}

byId("cancel").onclick = async ({ target }) => {
    target.disabled = true;
    // Between what one sees and what one says the ride may have got one version on.
    for (let tries = 0; tries < 3; tries++) {
        const answer = await cancel(ride.version);
        if (answer?.status !== 409 || !["requested", "offered", "accepted"].includes(ride.status)) break;
    }
    target.disabled = false;
    if (isOver(ride)) byId("another").focus();
};
byId("stale").onclick = () => cancel(ride.version - 1);
byId("another").onclick = () => {
    showRide("");
    byId("trip").elements.fromAvenue.focus();
};
