// The chat's page, on nothing but the service's public interface.

import { byId, setText } from "./groundwork.js";
import { isSignedIn, signIn, userName } from "./identity.js";
import "./begin.js";
import { connect, welcome } from "./connection.js";
import { conversationWith, noteSent } from "./conversations.js";
import { redrawList } from "./list.js";
import { keyOf, recipientOf } from "./names.js";
import { begin, unsent } from "./outbox.js";
import { open } from "./room.js";
import { noteKept } from "./traces.js";
import { redraw } from "./transcript.js";
import { showLatest } from "./way.js";

byId("sign-in").onclick = async () => {
    // Whose conversations, connection and messages these are is another matter then.
    if (await signIn()) location.reload();
};

let isFirst = true;

function followAddress() {
    const to = isSignedIn() ? recipientOf(location.hash.replace(/^#\//, "")) : null;
    open(to);
    if (to && matchMedia("(pointer: fine)").matches) byId("compose").elements.text.focus();
    else if (!isFirst) byId(to ? "room-title" : "list-title").focus({ preventScroll: true });
    isFirst = false;
}

setText("sign-in", isSignedIn() ? "Change user" : "Sign in");
setText("list-title", isSignedIn() ? `Conversations of ${userName()}` : "Conversations");
byId("new").hidden = !isSignedIn();
if (isSignedIn()) {
    begin({
        changed: (entry) => {
            const conversation = conversationWith(entry.to), waiting = unsent(conversation.key);
            conversation.isKnown = conversation.id !== null || waiting.length > 0;
            conversation.wroteAt = waiting.at(-1)?.at ?? 0;
            redrawList();
            redraw();
            if (entry.isOwn && location.hash === `#/${keyOf(entry.to)}`) showLatest(entry);
        },
        kept: (entry, answer) => {
            noteKept(entry, answer, welcome?.server);
            noteSent(entry, answer);
            if (location.hash === `#/${keyOf(entry.to)}`) showLatest({ ...answer, id: entry.id, text: entry.text });
        },
    });
}
redrawList();
followAddress();
onhashchange = followAddress;
connect();
