// Whom a conversation is with: `{ user }` or `{ group }`, as the protocol has it; the same as a key and as an address of the page.

import { segment } from "./groundwork.js";

/** "" of what is neither. */
export const keyOf = (to) =>
    typeof to?.user === "string" ? `user/${segment(to.user)}`
    : typeof to?.group === "string" ? `group/${segment(to.group)}` : "";

/** null: no key. */
export function recipientOf(key) {
    const [, kind, name] = key.match(/^(user|group)\/([^/]+)$/) ?? [];
    try { return kind ? { [kind]: decodeURIComponent(name) } : null; } catch { return null; }
}

export const nameOf = (to) => to.user ?? to.group;
export const addressOf = (to) => `#/${keyOf(to)}`;

/** Runs an action once, however often it was asked for in one go. */
export function together(action) {
    let isAsked = false;
    return () => {
        if (isAsked) return;
        isAsked = true;
        queueMicrotask(() => {
            isAsked = false;
            action();
        });
    };
}
