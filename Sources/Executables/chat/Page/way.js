// What became of one message, drawn: from its sender to those it is for, as the protocol's frames tell it.

import { byId, element, number, segment, setText, shape } from "./groundwork.js";
import { askAsUser } from "./identity.js";
import { me, on, welcome } from "./connection.js";
import { onConversations } from "./conversations.js";
import { together } from "./names.js";
import { membersBut, onReceipts } from "./receipts.js";
import { traceOf } from "./traces.js";
import { mark, onChosen } from "./transcript.js";

const DRAWN = 4, LISTED = 30;
const PARTS = ["sender", "to-server", "server", "to-log", "log", "to-servers", "servers"];
let message = null, connections = new Map(), isOwnChoice = false;

const time = (ms) => ms < 1000 ? `${number(Math.round(ms))} ms`
    : ms < 60_000 ? `${number(ms / 1000)} s` : `${number(ms / 60_000)} min`;
const cut = (name) => [...name].length > 9 ? `${[...name].slice(0, 8).join("")}…` : name;
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };

/** Shows a message's way; chosen again, it no longer does. */
function choose(other) {
    if (isOwnChoice && message?.id === other.id && message?.from === other.from) return unchoose();
    isOwnChoice = true;
    show(other);
    mark(other);
    byId("way").scrollTop = 0;
}

export function unchoose() {
    isOwnChoice = false;
    mark(null);
    show(null);
}

/** What one has just sent, unless a message was chosen. */
export function showLatest(sent) {
    if (!isOwnChoice || message?.id === sent.id) show(sent);
}

async function show(other) {
    const isAnother = message?.id !== other?.id || message?.seq !== other?.seq;
    message = other;
    document.querySelector(".panes").classList.toggle("with-way", isOwnChoice);
    byId("way-close").hidden = !isOwnChoice;
    draw();
    if (!other?.seq || !isAnother) return;
    connections = new Map();
    const names = membersBut(other.from ?? me).slice(0, LISTED).map(({ user }) => user);
    if (!names.length) return;
    const { ok, json } = await askAsUser(`/v1/presence?users=${names.map(segment).join(",")}`);
    if (ok && message === other) connections = new Map(json.presence.map((each) => [each.user, each.connections]));
    draw();
}

const draw = together(() => {
    const seq = message?.seq, trace = seq && traceOf(message.id), isMine = message && (message.from ?? me) === me;
    const members = seq ? membersBut(message.from ?? me) : [];
    const received = members.filter((each) => each.received >= seq).length;
    const read = members.filter((each) => each.read >= seq).length;
    const isSent = Boolean(message && (seq || message.tries));
    light(message ? PARTS.slice(0, seq ? PARTS.length : isSent ? 2 : 1) : []);
    setText("way-from", !message ? "" : isMine ? "you" : cut(message.from));
    setText("way-seq", seq ? `#${number(seq)}` : "");
    setText("way-number", seq ? `#${number(seq)}` : "–");
    setText("way-kept", trace?.took ? time(trace.took) : "");
    const tries = trace?.tries ?? message?.tries ?? 0;
    setText("way-tries", tries > 1 ? `${tries} times` : "");
    const at = seq && new Date(message.at), took = trace?.took;
    setText("way-after", took ? time(took) : seq ? at.toLocaleTimeString("en", CLOCK) : "–");
    setText("way-after-note", took || !seq ? "after Enter" : at.toLocaleDateString("en", { dateStyle: "medium" }));
    for (const [name, count] of [["received", received], ["read", read]]) {
        setText(`way-${name}`, seq && members.length ? number(count) : "–");
        const others = `of ${number(members.length)} other${members.length === 1 ? "" : "s"}`;
        setText(`way-${name}-note`, members.length ? others : "of others");
    }
    drawMembers(members);
    list(members, trace);
    setText("way-text", words(seq, trace, tries, isMine, members));
});

function light(parts) {
    for (const part of PARTS) byId(`way-${part}`).classList.toggle("lit", parts.includes(part));
}

function words(seq, trace, tries, isMine, members) {
    if (!message) return "Write something, or choose a message by its time, and see here where it went.";
    if (message.failure) return `It was not taken: ${message.failure}`;
    if (!seq && tries) return "It was sent, and nobody knows yet whether it arrived. Until then this browser keeps it.";
    if (!seq) return "It waits in this browser until there is a connection.";
    const server = trace?.server ? `Server ${trace.server} took it` : `A server took it${isMine ? "" : " from its sender"}`;
    const again = tries > 1 ? ` It was sent ${tries} times, under one identifier: that is one message.` : "";
    const repeat = welcome ? ` This window hears of it from server ${welcome.server}.` : "";
    return `${server}; the conversation’s log gave it number ${number(seq)}, the same for all. It goes once to each server that a `
        + `member is connected to, and from there to each of their windows.${again}${trace ? "" : repeat}`
        + (members.length ? " Who is away reads it from the log later." : "");
}

function drawMembers(members) {
    if (!message) {
        const way = shape("path", { class: "way", d: "M239 72h42" });
        const stop = shape("circle", { class: "stop", cx: 290, cy: 72, r: 9 });
        return byId("way-members").replaceChildren(way, stop, word("members", 304, 76));
    }
    const shown = members.slice(0, members.length > DRAWN ? DRAWN - 1 : DRAWN), nodes = [];
    const places = shown.length + (members.length > shown.length ? 1 : 0), step = 120 / Math.max(1, places);
    const y = (index) => 78 - (places - 1) * step / 2 + index * step;
    shown.forEach(({ user, received, read }, index) => {
        const has = received >= message.seq, at = y(index);
        nodes.push(shape("path", { class: `way${has ? " lit" : ""}`, d: `M239 70C258 70 262 ${at} 281 ${at}` }));
        nodes.push(shape("circle", { class: `stop${has ? " lit" : ""}`, cx: 290, cy: at, r: 9 }));
        if (read >= message.seq) nodes.push(shape("path", { class: "way lit", d: `M286 ${at}l3 4 6-8` }));
        nodes.push(word(user === me ? "you" : cut(user), 304, at + 1));
        nodes.push(word(read >= message.seq ? "read" : has ? "received" : "not yet", 304, at + 13));
    });
    if (members.length > shown.length) nodes.push(word(`${number(members.length - shown.length)} more`, 281, y(shown.length) + 4));
    byId("way-members").replaceChildren(...nodes);
}

function word(text, x, y) {
    const node = shape("text", { class: "label", x, y });
    node.textContent = text;
    return node;
}

function list(members, trace) {
    byId("way-list").replaceChildren(...members.slice(0, LISTED).map(({ user, received, read }) => {
        const { seq } = message, timed = trace?.members.get(user), count = connections.get(user);
        const after = (ms) => ms === undefined ? "" : ` ${time(Math.max(0, ms))} after it was kept`;
        const state = read >= seq ? `read${after(timed?.read)}`
            : received >= seq ? `received${after(timed?.received)}` : "not received yet";
        const windows = count === undefined ? ""
            : count ? `; ${number(count)} connection${count === 1 ? "" : "s"} now` : "; not connected now";
        return element("li", {}, element("bdi", {}, user === me ? "you" : user), `: ${state}${windows}`);
    }));
}

onChosen(choose);
onReceipts(draw);
onConversations("changed", draw);
on("lost", draw);
byId("way-close").onclick = () => {
    unchoose();
    byId("log").focus({ preventScroll: true });
};
