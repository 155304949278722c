// A ride version by version: what it was, who did it, who saw what and asked for what, and what was refused because of that.

import { byId, element } from "./groundwork.js";
import { onTrail, trailOf } from "./trail.js";
import { clock } from "./words.js";

const STEPS = ["requested", "offered", "accepted", "started", "completed"];

function words({ status }, round) {
    return {
        requested: round === 0 ? "wanted by" : "waits again: the round is over",
        offered: `offered, round ${round}`, accepted: "accepted by", started: "started by", completed: "completed by",
        cancelled: "cancelled by", unmatched: "given up by the service",
    }[status] ?? status;
}

const rides = { rider: null, driver: null };
let shown = "rider", drawn = "";

/** Draws one's ride, as rider or as driver; null: there is none. */
export function drawTimeline(who, ride) {
    rides[who] = ride;
    if (who === shown) draw();
}

/** Shows the one or the other. */
export function showTimeline(who) {
    shown = who;
    draw();
}

onTrail((changed) => { if (changed === rides[shown]?.id) draw(); });

function draw() {
    const ride = rides[shown], trail = ride ? trailOf(ride.id) : [];
    byId("history").hidden = !ride;
    // Nothing moves under the reader's eyes unless there is news.
    const now = ride ? `${shown} ${ride.id} ${ride.version} ${trail.length}` : "";
    if (now === drawn) return;
    drawn = now;
    if (ride) drawRide(ride, trail);
}

/** @param trail what was seen and asked by those for whom this page speaks. */
function drawRide(ride, trail) {
    const rows = [];
    let rest = trail;
    let round = 0;
    for (const change of ride.history) {
        if (change.status === "offered") round++;
        rows.push(versionRow(change, round, ride));
        rows.push(...together(rest.filter(({ after }) => after <= change.version)).map(noteRow));
        rest = rest.filter(({ after }) => after > change.version);
    }
    byId("timeline").replaceChildren(...rows, ...together(rest).map(noteRow));
    drawSteps(ride);
}

/** Offers that came one after the other are one row. */
function together(notes) {
    const rows = [];
    for (const note of notes) {
        const last = rows.at(-1), isSame = last?.isOffer && note.isOffer && last.version === note.version;
        if (isSame) last.others.push(note.who);
        else rows.push({ ...note, others: [] });
    }
    return rows;
}

const name = (text) => element("bdi", { className: "author" }, text);

function versionRow(change, round, ride) {
    const { status, version, by, at } = change;
    const speaksOf = by !== null && status !== "offered" && !(status === "requested" && round > 0);
    const text = element("p", {}, element("b", {}, words(change, round)), speaksOf ? " " : "", speaksOf ? name(by) : "",
        status === "unmatched" ? `: ${ride.reason}` : "");
    return element("li", {}, element("span", { className: "version" }, `v${version}`), text,
        element("time", { dateTime: at, className: "muted" }, clock(at)));
}

function noteRow({ who, others, text, version, made, isRefused, detail, at }) {
    const words = element("p", { className: isRefused ? "bad" : "muted" }, name(who),
        ...others.flatMap((other) => [", ", name(other)]), others.length ? " are offered it" : ` ${text}`,
        made ? `, and makes it v${made}` : isRefused ? `, and is refused: ${detail}` : "");
    return element("li", { className: isRefused ? "note refused" : "note" },
        element("span", { className: "version" }, isRefused ? `✕ saw v${version}` : `saw v${version}`), words,
        element("time", { dateTime: at, className: "muted" }, clock(at)));
}

// MARK: Where it has come to

/** The way through the statuses, with the version that each had last. */
function drawSteps({ status, history, version }) {
    const at = new Map(history.map((change) => [change.status, change.version]));
    for (const step of [...STEPS, "cancelled", "unmatched"]) {
        const isLit = at.has(step), end = byId(`step-${step}`);
        end.classList.toggle("lit", isLit);
        byId(`step-${step}-version`).textContent = isLit ? `v${at.get(step)}` : "";
        byId(`to-${step}`)?.classList.toggle("lit", isLit);
    }
    const again = history.filter((change) => change.status === "requested").length > 1;
    byId("to-again").classList.toggle("lit", again);
    byId("steps-text").textContent = `${status}, version ${version}`;
}
