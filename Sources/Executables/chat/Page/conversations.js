// One's conversations: what the server lists, and what has come since.

import { segment } from "./groundwork.js";
import { askAsUser, isSignedIn } from "./identity.js";
import { me, on, send } from "./connection.js";
import { keyOf, together } from "./names.js";

const PREVIEWS = 50, PAGES = 20, TYPING = 6000;
const all = new Map(), byIdentifier = new Map(), tellers = { changed: [], message: [], reset: [] };
// Of conversations that are not known yet.
let strange = [], turn = 0;

/** The last answer that was no list; null: there was none. */
export let refusal = null;
export let isListed = false;

/** `changed`; `message` with a conversation and what has come; `reset` when numbers do not mean what they meant any more. */
export function onConversations(event, listener) { tellers[event].push(listener); }
const changed = together(() => { for (const listener of tellers.changed) listener(); });

/** Those that there is something of, latest first. */
export const conversations = () => [...all.values()].filter(({ isKnown }) => isKnown)
    .sort((one, other) => activity(other) - activity(one) || one.place - other.place);
const activity = ({ last, lastSeq, wroteAt }) => Math.max(last ? Date.parse(last.at) : lastSeq ? 0 : -1, wroteAt || -1);

export function conversationWith(to) {
    const key = keyOf(to);
    if (!all.has(key)) {
        all.set(key, {
            key, to, id: null, isKnown: false, place: Infinity, lastSeq: 0, unread: 0, readThrough: 0, heard: 0, last: null,
            epoch: null, typing: new Map(), wroteAt: 0,
            // What the server was told on this connection.
            receivedTold: 0, readTold: 0,
            // Whether the list has been read since, so that what is not in it is new.
            get isSettled() { return isListed || this.id !== null; },
        });
    }
    return all.get(key);
}

function identify(conversation, id) {
    conversation.id = id;
    conversation.isKnown = true;
    byIdentifier.set(id, conversation);
}

/** Asks the server for the list; whether it answered. */
export async function refresh() {
    if (!isSignedIn()) return false;
    const mine = ++turn, seen = new Set(), before = new Map([...all.values()].map((each) => [each, each.heard]));
    let cursor = "", place = 0;
    for (let page = 0; page < PAGES && cursor !== null; page++) {
        const answer = await askAsUser(`/v1/conversations?limit=100${cursor && `&cursor=${segment(cursor)}`}`);
        if (mine !== turn) return false;
        refusal = answer.ok ? null : answer;
        if (!answer.ok) {
            changed();
            return false;
        }
        for (const summary of answer.json.conversations) seen.add(learn(summary, place++, before));
        cursor = answer.json.nextCursor;
    }
    // Those one has been removed from.
    if (cursor === null) for (const each of all.values()) {
        if (each.isKnown && each.id && !seen.has(each) && each.heard === (before.get(each) ?? -1)) each.isKnown = false;
    }
    isListed = true;
    const frames = strange;
    strange = [];
    for (const frame of frames) if (byIdentifier.has(frame.conversation)) hear(frame);
    changed();
    preview();
    return true;
}

let timer = 0;
function again(ms) {
    timer ||= setTimeout(() => {
        timer = 0;
        refresh();
    }, ms);
}

function learn(summary, place, before) {
    const conversation = conversationWith(summary.group === null ? { user: summary.with } : { group: summary.group });
    identify(conversation, summary.id);
    conversation.place = place;
    // What came while the list was on its way may be newer than the list.
    if (conversation.heard !== (before.get(conversation) ?? 0)) {
        conversation.lastSeq = Math.max(conversation.lastSeq, summary.lastSeq);
        again(1000);
        return conversation;
    }
    if (summary.lastSeq < conversation.lastSeq) reset(conversation, conversation.epoch, summary.lastSeq);
    conversation.lastSeq = summary.lastSeq;
    conversation.unread = Math.max(0, Math.min(summary.unread, summary.lastSeq - conversation.readThrough));
    return conversation;
}

/** The latest message of each: what was said last, and when. */
async function preview() {
    const wanting = conversations().filter(({ lastSeq, last }) => lastSeq && last?.seq !== lastSeq).slice(0, PREVIEWS);
    await Promise.all([0, 1, 2, 3].map(async () => {
        for (let each = wanting.shift(); each; each = wanting.shift()) {
            const path = `/v1/conversations/${segment(each.id)}/messages?after=${each.lastSeq - 1}&limit=1`;
            const { ok, json } = await askAsUser(path);
            const message = ok && json.messages[0];
            if (message && !(each.last?.seq >= message.seq)) each.last = message;
            changed();
        }
    }));
}

function reset(conversation, epoch, lastSeq) {
    Object.assign(conversation, { epoch, lastSeq, readThrough: 0, receivedTold: 0, readTold: 0, last: null });
    for (const listener of tellers.reset) listener(conversation);
}

/** In another epoch numbers do not mean what they meant. This one is known to be there. */
function noteEpoch(conversation, epoch, seq) {
    if (!epoch || epoch === conversation.epoch) return;
    if (conversation.epoch) {
        reset(conversation, epoch, seq);
        again(1000);
    } else conversation.epoch = epoch;
}

function hear(frame) {
    const conversation = byIdentifier.get(frame.conversation);
    if (!conversation) {
        strange.push(frame);
        again(50);
        return;
    }
    const { seq, from } = frame;
    noteEpoch(conversation, frame.epoch, seq);
    conversation.heard++;
    clearTimeout(conversation.typing.get(from));
    conversation.typing.delete(from);
    if (!(conversation.last?.seq >= seq)) conversation.last = frame;
    if (seq > conversation.lastSeq) {
        conversation.lastSeq = seq;
        if (from !== me && seq > conversation.readThrough) conversation.unread++;
    }
    // What others said before one's own may still be on its way.
    if (frame.type === "message") acknowledge(conversation, seq);
    for (const listener of tellers.message) listener(conversation, frame);
    changed();
}

/** One's own message is safe. */
export function noteSent(entry, answer) {
    const conversation = conversationWith(entry.to);
    if (!conversation.id) identify(conversation, answer.conversation);
    hear({ ...answer, id: entry.id, from: me, text: entry.text });
}

// MARK: Received and read: everything up to a number, told together with what comes in the same moment

const received = new Map();

export function acknowledge(conversation, through) {
    if (through <= conversation.receivedTold) return;
    conversation.receivedTold = through;
    if (!received.size) setTimeout(tellReceived, 100);
    received.set(conversation, through);
}

function tellReceived() {
    for (const [{ id }, seq] of received) send({ type: "received", conversation: id, seq });
    received.clear();
}

export function read(conversation, through) {
    if (through <= conversation.readTold || !send({ type: "read", conversation: conversation.id, seq: through })) return;
    conversation.readTold = through;
    noteRead(conversation, through);
}

function noteRead(conversation, through) {
    conversation.readThrough = Math.max(conversation.readThrough, through);
    conversation.unread = Math.max(0, Math.min(conversation.unread, conversation.lastSeq - conversation.readThrough));
    changed();
}

on("message", hear);
// What was told last may be lost with the connection.
on("lost", () => { for (const each of all.values()) each.receivedTold = each.readTold = 0; });
on("welcome", () => { for (const each of all.values()) if (each.id && each.readThrough) read(each, each.readThrough); });
on("synced", (frame) => {
    const conversation = byIdentifier.get(frame.conversation);
    if (conversation) noteEpoch(conversation, frame.epoch, frame.through);
});
// Of oneself: another window of one's has got so far.
on("receipt", ({ conversation, user, read: through }) => {
    if (user === me && byIdentifier.has(conversation)) noteRead(byIdentifier.get(conversation), through);
});
on("typing", ({ conversation, from }) => {
    const where = byIdentifier.get(conversation);
    if (!where) return;
    clearTimeout(where.typing.get(from));
    where.typing.set(from, setTimeout(() => {
        where.typing.delete(from);
        changed();
    }, TYPING));
    changed();
});
