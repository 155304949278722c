// What happened to one's last post, drawn: from the click to its announcement, as the service's answers tell it.

import { byId, number, segment, setText } from "./groundwork.js";
import { askAsUser, userName } from "./identity.js";
import { isLive } from "./live.js";

const PARTS = {
    sent: ["you"],
    accepted: ["to-list", "list", "to-queue", "queue"],
    worked: ["to-worker", "worker"],
    pushed: ["to-timelines", "timelines", "from-timelines", "readers"],
    pulled: ["from-list", "readers"],
};
const PULLED = "It stays in your own list, and is merged into the feeds of those who follow you when they read.";
const LISTED = "It is in your own list. Nobody follows you yet, so there was no timeline to write it into.";
const PUSHED = "A worker wrote it into the timelines of those who follow you.";
const PUSHED_TO_SOME = "A worker wrote it into the timelines of those who follow you and have read lately. For who comes back after "
    + "a long time one is built then.";
// What was announced before its answer was here.
const early = new Map();
let id = "", acceptedAt = 0, isUnderWay = false;

const milliseconds = (ms) => `${number(ms < 10 ? ms : Math.round(ms))} ms`;
const light = (parts) => { for (const part of parts) byId(part).classList.add("lit"); };

function darken() {
    for (const part of Object.values(PARTS).flat()) byId(part).classList.remove("lit");
    for (const name of ["accepted", "announced", "brought"]) setText(name, "–");
    for (const name of ["accept-time", "worker-time", "merge-note"]) setText(name, "");
    setText("brought-note", "that it was brought to");
}

function begin() {
    [id, isUnderWay] = ["", true];
    early.clear();
    darken();
    light(PARTS.sent);
}

function refuse() {
    isUnderWay = false;
    darken();
    setText("journey-text", "It was not accepted.");
}

/** @param ms from the click to the answer. */
function accept(accepted, ms) {
    [id, acceptedAt] = [accepted, performance.now()];
    light(PARTS.accepted);
    setText("accepted", milliseconds(ms));
    setText("accept-time", milliseconds(ms));
    setText("journey-text", "It is kept: in your own list, where you see it at once, and in the queue, until a worker has "
        + `brought it to those who follow you.${isLive() ? "" : " This page is not connected, so it will not hear of that."}`);
    if (early.has(id)) announce(...early.get(id));
}

/** @param timelines into how many it was brought; null: into none. */
async function announce(announced, timelines, at) {
    if (isUnderWay && announced !== id) early.set(announced, [announced, timelines, at]);
    if (announced !== id || !isUnderWay) return;
    isUnderWay = false;
    const isPulled = timelines === null;
    // It may have been here before the answer.
    const time = at > acceptedAt ? milliseconds(at - acceptedAt) : "at once";
    light(PARTS.worked);
    if (timelines !== 0) light(isPulled ? PARTS.pulled : PARTS.pushed);
    setText("announced", time);
    setText("worker-time", time);
    setText("brought", isPulled ? "none" : number(timelines));
    if (isPulled) setText("merge-note", "merged when read");
    const answer = await askAsUser(`/v1/users/${segment(userName())}/followers?limit=1000`);
    if (announced !== id || !answer.ok) return;
    const { users, nextCursor } = answer.json;
    setText("brought-note", nextCursor ? "of more than 1,000 followers"
        : `of ${number(users.length)} follower${users.length === 1 ? "" : "s"}`);
    setText("journey-text", isPulled ? PULLED : users.length === 0 ? LISTED : timelines < users.length ? PUSHED_TO_SOME : PUSHED);
}

export const journey = { begin, accept, refuse, announce };

document.addEventListener("readiness", ({ detail: { json } }) => {
    setText("waiting", json?.queue ? number(json.queue.waiting) : "–");
});
