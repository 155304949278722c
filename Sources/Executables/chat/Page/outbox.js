// What was written and is not known to be safe. The browser keeps it, under the id by which it is one message however often it is
// sent; after a reconnect, or when the page is opened again, it is sent again, one at a time and in order.

import { newKey, segment } from "./groundwork.js";
import { userName } from "./identity.js";
import { me, on, renew, send, welcome } from "./connection.js";
import { keyOf } from "./names.js";

const PATIENCE = 10_000, ADOPTION = 10_000;
// The server knows an id for 24 hours.
const TRUSTED = 23 * 3_600_000;
// What sending again does not help against. Everything else passes.
const HOPELESS = ["invalid-json", "invalid-field", "not-member", "not-owner", "not-found", "unreadable"];

const folder = `chat-outbox/${segment(userName())}/`;
const entries = new Map();
let sending = null, timer = 0, last = 0, tell = { changed() {}, kept() {} };

/** Of which conversation, oldest first; of all without one. */
export const unsent = (key) =>
    [...entries.values()].filter((entry) => !key || keyOf(entry.to) === key).sort((one, other) => one.at - other.at);

/** @param told `changed` is told of an entry; `kept` of one that is safe, with the server's answer. */
export function begin(told) {
    tell = told;
    for (const place of Object.keys(localStorage)) take(place, localStorage[place], true);
    proceed();
}

export function write(to, text) {
    last = Math.max(Date.now(), last + 1);
    const entry = { id: newKey(), to, text, at: last, began: performance.now(), tries: 0, isOwn: true };
    entries.set(entry.id, entry);
    keep(entry);
    tell.changed(entry);
    proceed();
}

function keep({ id, to, text, at, triedAt }) {
    try {
        localStorage[folder + id] = JSON.stringify({ id, to, text, at, triedAt });
    } catch {
        // No room: it lasts as long as this window.
    }
}

function take(place, text, isOwn) {
    if (!place.startsWith(folder)) return;
    try {
        const entry = { ...JSON.parse(text), tries: 0, isOwn };
        if (entries.has(entry.id) || folder + entry.id !== place || !keyOf(entry.to)) return;
        entries.set(entry.id, entry);
        tell.changed(entry);
    } catch {
        localStorage.removeItem(place);
    }
}

function drop(entry) {
    entries.delete(entry.id);
    localStorage.removeItem(folder + entry.id);
    if (sending === entry.id) pause(0);
}

/** What another window has written is sent by this one, too, when it is not done soon: it may have been closed. */
const isMine = ({ isOwn, at }) => isOwn || Date.now() - at > ADOPTION;

function proceed() {
    if (!welcome || sending || timer) return;
    const entry = unsent().find((each) => !each.failure && isMine(each));
    if (!entry) return;
    if (entry.triedAt && Date.now() - entry.triedAt > TRUSTED) {
        fail(entry, "It was sent a day ago, and nobody knows whether it arrived.");
        return proceed();
    }
    entry.triedAt ??= Date.now();
    entry.tries++;
    keep(entry);
    sending = entry.id;
    send({ type: "send", id: entry.id, to: entry.to, text: entry.text });
    timer = setTimeout(renew, PATIENCE);
    tell.changed(entry);
}

/** Nothing is under way; goes on after a while. */
function pause(ms) {
    sending = null;
    clearTimeout(timer);
    timer = setTimeout(() => {
        timer = 0;
        proceed();
    }, ms);
}

function fail(entry, text) {
    entry.failure = text;
    tell.changed(entry);
}

export function again(entry) {
    Object.assign(entry, { failure: undefined, triedAt: undefined, isOwn: true });
    tell.changed(entry);
    proceed();
}

export function discard(entry) {
    drop(entry);
    tell.changed(entry);
}

function settle(id, answer) {
    const entry = entries.get(id);
    if (!entry) return;
    drop(entry);
    tell.kept(entry, answer);
}

on("welcome", () => pause(0));
on("lost", ({ code }) => {
    const entry = entries.get(sending);
    sending = null;
    clearTimeout(timer);
    timer = 0;
    if (entry && code === 1009) fail(entry, "The server does not take messages as long as this one.");
    else if (entry) tell.changed(entry);
});
on("sent", (frame) => settle(frame.id, frame));
// Sent by another window, or by this one before the connection was lost.
on("message", (frame) => { if (frame.from === me) settle(frame.id, frame); });
on("error", ({ id, code, detail, retryAfterMs }) => {
    const entry = entries.get(id);
    if (!entry) return;
    if (sending === id) pause(retryAfterMs ?? (HOPELESS.includes(code) ? 0 : 1000));
    if (HOPELESS.includes(code)) fail(entry, detail ?? code);
});

addEventListener("storage", ({ key, newValue }) => {
    if (!key?.startsWith(folder)) return;
    if (newValue) return take(key, newValue, false);
    const entry = entries.get(key.slice(folder.length));
    if (!entry) return;
    entries.delete(entry.id);
    tell.changed(entry);
});
setInterval(proceed, 3000);
