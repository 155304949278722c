// The messages of the open conversation: as many as one can scroll to, of which few are in the document.

import { byId, isRefused, number, problem, say } from "./groundwork.js";
import { arrange } from "./arrange.js";
import { acknowledge, onConversations, read } from "./conversations.js";
import { me, on, welcome } from "./connection.js";
import { Log } from "./log.js";
import { dayOf, drawMessage, line } from "./message.js";
import { together } from "./names.js";
import { traceOf } from "./traces.js";
import { unsent } from "./outbox.js";
import { onReceipts, stateOf } from "./receipts.js";

const NEAR = 600;
const pane = byId("log"), list = byId("messages");
let log = null, entries = new Map(), lines = new Map(), unreadFrom = null, chosen = null, choose = () => {};

export function onChosen(listener) { choose = listener; }

/** Shows a conversation's latest messages; null: none. */
export function open(conversation) {
    [entries, lines] = [new Map(), new Map()];
    list.replaceChildren();
    log = conversation && new Log(conversation, draw);
    if (!log) return;
    // Where what one has not read begins, once that is known.
    unreadFrom = null;
    log.begin();
}

/** Reads anew what is shown. */
export function reopen() {
    if (!log) return;
    log.isFollowed = true;
    log.begin();
}

/** Goes to where what one writes will stand. */
export function follow() {
    if (!log) return;
    log.isFollowed = true;
    if (!log.isAtEnd) log.begin();
    draw();
}

export function mark(message) {
    chosen = message?.id ?? null;
    draw();
}

const waiting = (entry) => entry.failure ? `✕ ${entry.failure}`
    : !welcome ? "◌ waits for the connection" : entry.tries ? "◌ sending…" : "◌ waits";

/** What the list is to hold now. */
function wanted() {
    const nodes = [], entriesNow = new Map(), linesNow = new Map();
    const put = (text, className) => {
        const key = `${className} ${text}`, node = lines.get(key) ?? line(text, className);
        linesNow.set(key, node);
        nodes.push(node);
    };
    const show = (key, message, words, isNamed) => {
        const entry = entries.get(key) ?? drawMessage(message, choose);
        entriesNow.set(key, entry);
        entry.update(message, words, { isNamed, isChosen: message.id === chosen });
        nodes.push(entry.node);
    };
    const isGroup = log.conversation.to.group !== undefined;
    const { unread, lastSeq } = log.conversation;
    if (log.isRead) unreadFrom ??= unread ? lastSeq - unread + 1 : Infinity;
    let day = "", speaker = null, isUnread = false;
    const begin = (at) => {
        if (dayOf(at) === day) return;
        put(day = dayOf(at), "day");
        speaker = null;
    };
    for (const message of log.messages) {
        const { seq, id, from, at } = message, isMine = from === me;
        begin(at);
        if (!isUnread && !isMine && seq >= (unreadFrom ?? Infinity)) {
            isUnread = true;
            put("New", "day hint");
        }
        // The node of what was sent from here stays the same.
        const key = isMine && traceOf(id)?.seq === seq ? id : seq;
        show(key, message, isMine ? stateOf(seq) : "", isGroup && !isMine && from !== speaker);
        speaker = from;
    }
    if (log.isAtEnd) for (const entry of unsent(log.conversation.key)) {
        begin(entry.at);
        show(entry.id, entry, waiting(entry), false);
    }
    [entries, lines] = [entriesNow, linesNow];
    return nodes;
}

/** What stands at the upper edge stays there, whatever is put above it. */
function keepingPlace(change) {
    const top = pane.getBoundingClientRect().top;
    const anchor = [...list.querySelectorAll(".message")].find((node) => node.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (log.isFollowed) pane.scrollTop = pane.scrollHeight;
    else if (anchor?.isConnected) pane.scrollTop += anchor.getBoundingClientRect().top - before;
}

const draw = together(() => {
    if (!log) return;
    keepingPlace(() => arrange(list, wanted()));
    const { failure, isRead, isReading, messages } = log;
    say(byId("older"), failure ? problem(failure) : isReading && !isRead ? "Reading…" : isReading ? "Reading older messages…"
        : isRead && log.isAtBeginning ? (messages.length ? "The conversation begins here." : "Nothing here yet.") : "");
    byId("older").className = failure ? "bad" : "muted";
    byId("newest").hidden = log.isFollowed;
    const { unread } = log.conversation;
    say(byId("newest"), log.isFollowed ? "" : unread ? `↓ ${number(unread)} new` : "↓ Newest");
    if (log.isRead && log.through) acknowledge(log.conversation, log.through);
    noteRead();
    look();
});

/** Read is what stands before the eyes of somebody who is here. */
export function noteRead() {
    if (!log?.isRead || !log.isFollowed || !log.isAtEnd || !log.through || document.hidden || !document.hasFocus()) return;
    if (pane.offsetParent) read(log.conversation, log.through);
}

/** Reads on where an end is near. */
function look() {
    if (!log?.isRead || !pane.offsetParent) return;
    if (pane.scrollTop < NEAR && !log.failure) log.older();
    if (pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR) log.newer();
}

// Another height moves what is in it, and nobody has scrolled.
let height = 0;
new ResizeObserver(() => {
    height = pane.clientHeight;
    if (log?.isFollowed) pane.scrollTop = pane.scrollHeight;
}).observe(pane);

pane.addEventListener("scroll", () => {
    if (!log || pane.clientHeight !== height) return;
    const isFollowed = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40 && log.isAtEnd;
    if (isFollowed !== log.isFollowed) {
        log.isFollowed = isFollowed;
        draw();
    }
    look();
}, { passive: true });

byId("newest").onclick = () => {
    follow();
    pane.focus({ preventScroll: true });
};
addEventListener("focus", noteRead);
document.addEventListener("visibilitychange", noteRead);
onConversations("changed", () => {
    if (log && !log.isRead && !log.isReading && !log.failure) log.begin();
    draw();
});
onConversations("message", (conversation, message) => { if (conversation === log?.conversation) log.take(message); });
onConversations("reset", (conversation) => { if (conversation === log?.conversation) reopen(); });
onReceipts(draw);
on("synced", ({ conversation, through }) => { if (conversation === log?.conversation.id) log.synced(through); });
on("lost", () => {
    log?.lost();
    draw();
});
setInterval(() => {
    if (!log || document.hidden || (log.failure && isRefused(log.failure))) return;
    if (!log.isRead && !log.isReading) log.begin();
    else if (log.failure) log.older();
    else look();
}, 2000);

/** After a reconnect: what is missing, and whether numbers still mean what they did. */
export function catchUp() {
    if (!log) return;
    if (log.isRead) log.newer(log.isFollowed || !log.isAtEnd);
    else log.begin();
}

export const redraw = draw;
