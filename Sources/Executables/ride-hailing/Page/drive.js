// Being a driver oneself: on and off work, offers with the time that they have left, one's ride.

import { byId, element, say, setText, sleep } from "./groundwork.js";
import { identity, identityQuery, isSignedIn, userName } from "./identity.js";
import { setCars } from "./cars.js";
import { pace } from "./demonstration.js";
import { Driver } from "./driver.js";
import { money, seconds } from "./words.js";
import { drawTrip } from "./streets.js";
import { drawTimeline } from "./timeline.js";
import { distance, nameOf, nameOfCorner, randomCorner, toMeters } from "./town.js";

let driver = null;

const LOST = {
    taken: "Another was faster", cancelled: "The ride was cancelled", expired: "Its time was over", conflict: "Refused: a conflict",
    rejected: "You have rejected it",
};

/** A driver for whoever is signed in now. */
export function becomeDriver() {
    driver?.leave();
    driver = null;
    const name = userName();
    if (isSignedIn()) {
        const [user, x, y] = JSON.parse(sessionStorage.driver ?? "[]");
        const where = user === name ? { x, y } : randomCorner();
        driver = new Driver({ name, headers: identity(), query: identityQuery() }, where, show);
        if (sessionStorage.isDriving === name) driver.goOnline();
    }
    show();
}

/** Where the map was clicked: he drives there. */
export function driveTo(corner) {
    if (!driver) return "Sign in first.";
    if (driver.ride) return "You have a ride: the car follows it.";
    if (driver.isOnline) {
        driver.driveTo(corner);
        return `You drive to ${nameOfCorner(corner)}.`;
    }
    driver.where = { x: corner.x, y: corner.y };
    everySecond();
    return `You begin at ${nameOfCorner(corner)}.`;
}

function everySecond() {
    if (!driver) return setCars("own", new Map());
    if (driver.isOnline) driver.advance(pace());
    const { name, where } = driver;
    sessionStorage.driver = JSON.stringify([name, where.x, where.y]);
    setCars("own", driver.isOnline || location.hash === "#/drive" ? new Map([[name, where]]) : new Map());
    drawRide();
}
setInterval(everySecond, 1000);

// MARK: Drawing

function show(spoken) {
    const { isOnline, isConnected, problem, offers, gone } = driver ?? { offers: new Map(), gone: new Map() };
    byId("online").disabled = !driver;
    setText("online", isOnline ? "Go offline" : "Go online");
    byId("online").className = isOnline ? "" : "primary";
    byId("driver-live").hidden = !isOnline;
    byId("driver-live").className = `badge ${isConnected ? "good" : "hint"}`;
    setText("driver-live", isConnected ? "● online" : "◌ connecting…");
    setText("driver-problem", problem ?? "");
    if (spoken) setText("driver-spoken", spoken);
    replace(byId("offers"), [...offers.values()], openOffer);
    replace(byId("gone"), [...gone.values()].reverse(), goneOffer);
    byId("gone-title").hidden = gone.size === 0;
    byId("no-offers").hidden = offers.size > 0 || Boolean(driver?.ride);
    setText("no-offers", !driver ? "Sign in to drive. Where the service runs for development, any name will do."
        : isOnline ? "No offer yet. Riders near you make some: in another tab, or in another browser."
        : "Click into the map where you are, and go online.");
    drawTimeline("driver", driver?.last ?? null);
    const shown = driver?.ride ?? [...offers.values()].at(-1);
    drawTrip("driver", shown && toMeters(shown.from), shown && toMeters(shown.to));
    drawRide();
}

/** Rows that are there stay, and the focus with them. */
function replace(list, offers, draw) {
    const key = ({ ride, version, reason = "" }) => `${list.id} ${ride} ${version} ${reason}`;
    const there = new Map([...list.children].map((row) => [row.dataset.key, row]));
    const rows = offers.map((offer) => there.get(key(offer)) ?? Object.assign(draw(offer), { offer }));
    rows.forEach((row, index) => { row.dataset.key = key(offers[index]); });
    const hadFocus = list.contains(document.activeElement);
    for (const row of [...list.children]) if (!rows.includes(row)) row.remove();
    rows.forEach((row, index) => { if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null); });
    if (hadFocus && !list.contains(document.activeElement)) byId("drive-title").focus();
}

const route = ({ from, to }) => element("p", {}, `${nameOf(from)} → ${nameOf(to)}`);

function openOffer(offer) {
    const away = distance(driver.where, toMeters(offer.from));
    return element("li", {}, element("div", { className: "beside" },
        element("b", {}, money(offer.amountCents, offer.currency)), element("span", { className: "muted" }, left(offer))),
    route(offer), element("p", { className: "muted" }, `${Math.round(away)} m from you · version ${offer.version}`),
    element("p", { className: "doings" },
        element("button", { className: "primary", onclick: () => driver.answer("accept", offer) }, "Accept"),
        element("button", { onclick: () => driver.answer("reject", offer) }, "Reject")));
}

function goneOffer(offer) {
    return element("li", {}, element("b", {}, LOST[offer.reason] ?? offer.reason), route(offer),
        element("p", { className: "doings" }, element("button", {
            className: "small", title: "Says what you saw, and is refused: your version is not the ride’s any more",
            onclick: () => driver.answer("accept", offer),
        }, `Accept all the same, as of version ${offer.version}`)));
}

const left = ({ expiresAt }) => `${seconds(Date.parse(expiresAt) - Date.now())} left`;
setInterval(() => {
    for (const { offer, firstChild } of byId("offers").children) say(firstChild.lastChild, left(offer));
}, 250);

function drawRide() {
    const ride = driver?.ride;
    byId("my-drive").hidden = !ride;
    if (!ride && document.activeElement.closest("#my-drive")) byId("drive-title").focus({ preventScroll: true });
    if (!ride) return;
    const isStarted = ride.status === "started", { isThere } = driver;
    const meters = Math.round(distance(driver.where, toMeters(isStarted ? ride.to : ride.from)));
    setText("my-drive-title", isStarted ? (isThere ? "You are there" : `On the way with ${ride.rider}`)
        : isThere ? `${ride.rider} is here` : `On the way to ${ride.rider}`);
    setText("my-drive-text", `${nameOf(ride.from)} → ${nameOf(ride.to)} · ${meters} m to go · version ${ride.version}`);
    setText("drive-on", isStarted ? "Complete" : "Start");
    byId("drive-on").ariaLabel = `${isStarted ? "Complete" : "Start"} the ride of ${ride.rider}`;
    byId("drive-on").className = isThere ? "primary" : "";
}

const acting = (id, action) => {
    byId(id).onclick = async ({ target }) => {
        target.disabled = true;
        await action();
        target.disabled = false;
        show();
    };
};
acting("drive-on", async () => {
    await driver.perform(driver.ride.status === "started" ? "complete" : "start");
    // A double click is one.
    await sleep(700);
});
acting("drive-cancel", () => driver.perform("cancel"));
acting("online", async () => {
    if (!driver.isOnline) {
        sessionStorage.isDriving = driver.name;
        await driver.goOnline();
    } else if ((await driver.goOffline()).ok) {
        delete sessionStorage.isDriving;
    }
});
