// The open conversation: with whom, and what is told of it.

import { byId, say, setText } from "./groundwork.js";
import { conversationWith, onConversations, refresh } from "./conversations.js";
import { composeFor } from "./compose.js";
import { me, on } from "./connection.js";
import { showOpen } from "./list.js";
import { loadMembers, showMembersOf } from "./members.js";
import { nameOf, together } from "./names.js";
import { describe, onPresence, watch } from "./presence.js";
import { loadReceipts, showReceiptsOf } from "./receipts.js";
import { catchUp, open as openTranscript } from "./transcript.js";
import { unchoose } from "./way.js";

const SPOKEN = 300;
let conversation = null;

/** @param to with whom, null: none. */
export function open(to) {
    conversation = to && conversationWith(to);
    for (const id of ["room-head", "log"]) byId(id).hidden = !to;
    byId("room-empty").hidden = Boolean(to);
    document.querySelector(".panes").classList.toggle("in-room", Boolean(to));
    say(byId("room-news"), "");
    showOpen(conversation?.key ?? null);
    unchoose();
    showMembersOf(to?.group ?? null);
    showReceiptsOf(conversation);
    composeFor(conversation);
    openTranscript(conversation);
    if (!to) return;
    if (to.user !== undefined) watch([to.user]);
    setText("room-title", nameOf(to));
    draw();
}

const draw = together(() => {
    if (!conversation) return;
    const { user } = conversation.to, names = [...conversation.typing.keys()];
    byId("room-presence").replaceChildren(...(user === undefined ? [] : user === me ? ["notes to yourself"] : describe(user)));
    say(byId("typing"), !names.length ? "" : names.length > 2 ? "Several are writing…"
        : `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} writing…`);
});

onConversations("changed", draw);
onPresence(draw);

onConversations("message", (where, { from, text }) => {
    if (from === me) return;
    if (where === conversation && document.hasFocus()) say(byId("spoken"), `${from}: ${text.slice(0, SPOKEN)}`);
    else say(byId("spoken"), `${where.unread} not read of ${nameOf(where.to)}`);
});

onConversations("reset", (where) => {
    if (where !== conversation) return;
    setText("room-news", "The service has lost some of its data. What it has now was read anew.");
    loadReceipts();
});

let id = null;
// A conversation of two has no name before something was said in it.
onConversations("changed", () => {
    if (!conversation || conversation.id === id) return;
    id = conversation.id;
    loadReceipts();
});

/** What may have changed without a word. */
export async function lookAround() {
    await refresh();
    if (!conversation) return;
    loadMembers();
    loadReceipts();
    catchUp();
}

on("welcome", lookAround);
setInterval(() => { if (!document.hidden) lookAround(); }, 20_000);
addEventListener("focus", lookAround);
