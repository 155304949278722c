// The page of ride hailing, on nothing but the service's public interface.

import { byId, repeat, setText } from "./groundwork.js";
import { askAsUser, isSignedIn, signIn, userName } from "./identity.js";
import { setCars } from "./cars.js";
import { onDemonstration } from "./demonstration.js";
import { becomeDriver, driveTo } from "./drive.js";
import { isUnclear, requestRide } from "./request.js";
import { rideBefore, showRide } from "./ride.js";
import { onChoice, showTrip } from "./streets.js";
import { showTimeline } from "./timeline.js";
import { toMeters, toPlace } from "./town.js";
import { chooseNext, hold, isPlanning, onWanted, quote } from "./trip.js";
import { center, reach } from "./view.js";

// MARK: Who is near

const FARTHEST = 50_000, MOST = 100;

async function look() {
    if (!isSignedIn()) return;
    const { lat, lon } = toPlace(center()), radius = Math.min(FARTHEST, Math.max(100, Math.ceil(reach())));
    const { ok, json } = await askAsUser(`/v1/drivers/nearby?lat=${lat}&lon=${lon}&radiusMeters=${radius}&limit=${MOST}`);
    // Those whom one saw last stay where they were until there is news.
    if (!ok || !isSignedIn()) return;
    setCars("near", new Map(json.drivers.map((driver) => [driver.id, toMeters(driver)])));
    const { length } = json.drivers;
    setText("near", `${length || "No"} driver${length === 1 ? " is" : "s are"} free in what you see.`);
}

// MARK: Rider or driver

const isDriver = () => location.hash === "#/drive";

function followAddress() {
    byId("as-rider").hidden = isDriver();
    byId("as-driver").hidden = !isDriver();
    showTrip(isDriver() ? "driver" : "rider");
    showTimeline(isDriver() ? "driver" : "rider");
    byId("tab-ride").ariaCurrent = isDriver() ? null : "page";
    byId("tab-drive").ariaCurrent = isDriver() ? "page" : null;
    setText("map-help", isDriver() ? "Click, or choose a corner with the arrow keys and Enter: your car drives there."
        : "Click, or choose corners with the arrow keys and Enter: first the pick-up, then the destination.");
}
onhashchange = followAddress;

onChoice((corner) => {
    setText("map-spoken", isDriver() ? driveTo(corner) : isPlanning() ? chooseNext(corner) : "You have a ride: it stays as it is.");
});

// MARK: A ride

onWanted((fare) => {
    if (fare) request(fare);
    else enter();
});

async function request(fare) {
    hold(true);
    const id = await requestRide(fare);
    hold(false);
    if (!id) return isSignedIn() && askPriceAgain();
    showRide(id);
    byId("ride-title").focus({ preventScroll: true });
}

/** Why there is no ride is still said then. */
async function askPriceAgain() {
    const why = byId("trip-problem").textContent;
    await quote();
    setText("trip-problem", why);
}

// MARK: Who one is

async function enter() {
    if (await signIn()) start();
}

function start() {
    const me = userName();
    setText("sign-in", me ? "Change user" : "Sign in");
    setText("who", me ? `You are ${me}.` : "Sign in to see drivers. Where the service runs for development, any name will do.");
    setCars("near", new Map());
    becomeDriver();
    showRide(me ? rideBefore() : "");
    quote();
    if (me && isUnclear()) request(null);
}

// Whoever only wants to see it work need not think of a name.
onDemonstration(() => {
    sessionStorage.user = `rider-${sessionStorage.demonstration}`;
    start();
});

byId("sign-in").onclick = enter;
followAddress();
start();
repeat(1000, look);
