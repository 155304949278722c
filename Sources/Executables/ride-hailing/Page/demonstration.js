// Drivers to try: this very page plays them, each as a user of his own, over the interface that any driver's phone would use.

import { ask, byId, problem, segment, setText } from "./groundwork.js";
import { isSignedIn } from "./identity.js";
import { setCars } from "./cars.js";
import { Played, playedName } from "./played.js";

const PEOPLE = [
    ["ann", "quick"], ["ben", "picky"], ["cem", "quick"], ["dee", "sleepy"], ["eli", "quick"], ["fay", "quick"], ["gus", "picky"],
    ["hal", "quick"], ["ida", "quick"], ["joe", "sleepy"], ["kim", "quick"], ["lea", "quick"],
];
const METERS_PER_SECOND = 8;
const drivers = new Map();
let timer = 0, wanted = () => {};

/** What is to happen when the demonstration begins and nobody is signed in. */
export function onDemonstration(action) { wanted = action; }

/** Whether anybody may be anybody here; why not, if not. */
async function whyNot() {
    if (sessionStorage.userToken) {
        return "The demonstration plays several people, and a token is of one. It needs a service that runs for development: "
            + "on this very machine, without JWT_SECRET.";
    }
    const user = playedName(PEOPLE[0][0]);
    const answer = await ask(`/v1/drivers/${segment(user)}/status`, {
        method: "PUT", body: { status: "available" }, headers: { "X-User-ID": user },
    });
    if (answer.ok || answer.status === 409) return "";
    return answer.status === 401
        ? "This service wants tokens. The demonstration plays several people, and needs a service that runs for development."
        : problem(answer);
}

async function begin() {
    const why = await whyNot();
    setText("demonstration-problem", why);
    if (why) return;
    if (!isSignedIn()) wanted();
    sessionStorage.isDemonstrating = "yes";
    const fleet = new Map(PEOPLE.slice(0, Number(byId("fleet").value)));
    for (const [name, { driver }] of drivers) {
        if (fleet.has(name)) continue;
        drivers.delete(name);
        leave(driver);
    }
    for (const [name, character] of fleet) {
        if (drivers.has(name)) continue;
        const played = new Played(name, character);
        drivers.set(name, played);
        played.driver.goOnline();
    }
    timer ||= setInterval(everySecond, 1000);
    show();
}

function end() {
    delete sessionStorage.isDemonstrating;
    clearInterval(timer);
    timer = 0;
    for (const { driver } of drivers.values()) leave(driver);
    drivers.clear();
    setCars("busy", new Map());
    show();
}

/** Nobody is left waiting for a driver whom nobody plays. */
async function leave(driver) {
    if (driver.ride) await driver.perform("cancel");
    await driver.goOffline();
    driver.leave();
}

function everySecond() {
    for (const played of drivers.values()) played.act(pace());
    const busy = [...drivers.values()].map(({ driver }) => driver).filter(({ ride }) => ride);
    setCars("busy", new Map(busy.map(({ name, where }) => [name, where])));
}

/** Meters a second. */
export const pace = () => METERS_PER_SECOND * Number(byId("pace").value);

function show() {
    byId("played").hidden = drivers.size === 0;
    byId("played").querySelector("tbody").replaceChildren(...[...drivers.values()].map(({ row }) => row));
    for (const played of drivers.values()) played.draw();
    setText("demonstrate", drivers.size ? "Stop" : "Play drivers");
    byId("demonstrate").className = drivers.size ? "" : "primary";
    setText("demonstration-spoken", drivers.size ? `This page plays ${drivers.size} drivers.` : "");
}

byId("demonstrate").onclick = async ({ target }) => {
    target.disabled = true;
    await (drivers.size ? end() : begin());
    target.disabled = false;
};
byId("fleet").onchange = () => { if (drivers.size) begin(); };
byId("pace").value = sessionStorage.pace ?? "5";
byId("pace").addEventListener("change", ({ target }) => { sessionStorage.pace = target.value; });
// What was played goes on after a reload; who leaves takes his drivers along.
if (sessionStorage.isDemonstrating) begin();
addEventListener("pagehide", () => {
    for (const { driver } of drivers.values()) {
        if (driver.ride) continue;
        fetch(`/v1/drivers/${segment(driver.name)}/status`, {
            method: "PUT", keepalive: true, headers: { ...driver.headers, "Content-Type": "application/json" },
            body: JSON.stringify({ status: "offline" }),
        }).catch(() => {});
    }
});
