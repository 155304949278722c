// The list of conversations: with whom, what was said last, when, and how much of it is not read.

import { byId, element, number, problem, say } from "./groundwork.js";
import { isSignedIn } from "./identity.js";
import { arrange } from "./arrange.js";
import { conversations, isListed, onConversations, refusal } from "./conversations.js";
import { me } from "./connection.js";
import { addressOf, nameOf, together } from "./names.js";
import { unsent } from "./outbox.js";
import { dot, onPresence, showDot, watch } from "./presence.js";

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, DAY = { day: "numeric", month: "short" };
const rows = new Map();
let open = null;

function rowOf(conversation) {
    const { key, to } = conversation;
    if (rows.has(key)) return rows.get(key);
    const mark = to.user === undefined ? element("span", { className: "dot muted", ariaHidden: "true" }, "#") : dot(to.user);
    const name = element("span", { className: "author one-line" }, element("bdi", {}, nameOf(to)));
    const time = element("small", {}), words = element("span", { className: "preview one-line muted" });
    const count = element("span", { className: "badge count", hidden: true });
    const link = element("a", { href: addressOf(to), className: "conversation" }, mark, name, time, words, count);
    const row = { node: element("li", {}, link), link, mark, time, words, count };
    rows.set(key, row);
    return row;
}

/** Today by the clock, before that by the day. */
function short(at) {
    const date = new Date(at), isToday = date.toDateString() === new Date().toDateString();
    return date.toLocaleString("en", isToday ? CLOCK : DAY);
}

function preview({ key, to, last, lastSeq, typing }) {
    const pending = unsent(key).at(-1);
    if (pending) return `${pending.failure ? "✕ not sent" : "◌"} ${pending.text}`;
    if (typing.size) return to.user === undefined ? `${[...typing.keys()][0]} is writing…` : "is writing…";
    if (!last) return lastSeq ? "…" : "Nothing said yet";
    return `${last.from === me ? "You: " : to.user === undefined ? `${last.from}: ` : ""}${last.text.slice(0, 200)}`;
}

const draw = together(() => {
    const shown = conversations();
    watch(shown.slice(0, 300).flatMap(({ to }) => to.user ?? []));
    arrange(byId("conversations"), shown.map((conversation) => {
        const row = rowOf(conversation), { last, unread, to, key } = conversation;
        if (to.user !== undefined) showDot(row.mark, to.user);
        say(row.time, last ? short(last.at) : "");
        say(row.words, preview(conversation));
        row.words.className = conversation.typing.size ? "preview one-line hint" : "preview one-line muted";
        row.count.hidden = !unread;
        say(row.count, number(unread));
        row.count.ariaLabel = `${number(unread)} not read`;
        row.link.ariaCurrent = key === open ? "page" : null;
        return row.node;
    }));
    const unread = shown.reduce((sum, each) => sum + each.unread, 0);
    document.title = `${unread ? `(${number(unread)}) ` : ""}chat · Groundwork`;
    say(byId("list-problem"), refusal?.status ? problem(refusal) : "");
    say(byId("list-words"), !isSignedIn() ? "Sign in to write. Where the service runs for development, any name will do."
        : shown.length ? "" : isListed ? "No conversations yet. Write to somebody, by name." : "Asking…");
});

/** Which of them is open. */
export function showOpen(key) {
    open = key;
    draw();
}

onConversations("changed", draw);
onPresence(draw);
export const redrawList = draw;
