// Who is online, as the server tells: of those who are in view. While there is no connection nobody knows.

import { element, say, when } from "./groundwork.js";
import { on, send } from "./connection.js";
import { together } from "./names.js";

const watched = new Set(), known = new Map(), listeners = [];
const asked = new Set();

export function onPresence(listener) { listeners.push(listener); }
const changed = together(() => { for (const listener of listeners) listener(); });

const ask = together(() => {
    const users = [...asked];
    asked.clear();
    for (let at = 0; at < users.length; at += 200) send({ type: "watch", users: users.slice(at, at + 200) });
});

/** A connection watches 1,000 at most; those in view are far fewer. */
export function watch(users) {
    for (const user of users) {
        if (watched.has(user) || watched.size >= 900) continue;
        watched.add(user);
        asked.add(user);
        ask();
    }
}

/** `{ online, lastSeenAt }`; undefined: not known. */
export const presenceOf = (user) => known.get(user);

/** A dot, with words for those who do not see it. */
export function dot(user) {
    const node = element("span", { className: "dot" });
    node.append(element("span", {}), element("span", { className: "unseen" }));
    showDot(node, user);
    return node;
}

export function showDot(node, user) {
    const presence = presenceOf(user);
    const [mark, look, words] = !presence ? ["◌", "muted", "presence not known"]
        : presence.online ? ["●", "good", "online"] : ["○", "muted", "offline"];
    node.className = `dot ${look}`;
    say(node.firstChild, mark);
    say(node.lastChild, words);
}

/** In words, since when. */
export function describe(user) {
    const presence = presenceOf(user);
    if (!presence) return ["not known whether online"];
    if (presence.online) return ["online"];
    return presence.lastSeenAt ? ["last seen ", when(presence.lastSeenAt)] : ["not seen yet"];
}

on("presence", ({ user, online, lastSeenAt }) => {
    known.set(user, { online, lastSeenAt });
    changed();
});
on("welcome", () => {
    for (const user of watched) asked.add(user);
    ask();
});
on("lost", () => {
    known.clear();
    changed();
});
