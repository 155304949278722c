// How far each member of the open conversation has got: asked for when it is opened, told of each change.

import { segment } from "./groundwork.js";
import { askAsUser } from "./identity.js";
import { me, on } from "./connection.js";
import { noteReceipt } from "./traces.js";
import { together } from "./names.js";

const cursors = new Map(), listeners = [];
let conversation = null, turn = 0;

export function onReceipts(listener) { listeners.push(listener); }
const changed = together(() => { for (const listener of listeners) listener(); });

/** Of which conversation, from now on. */
export function showReceiptsOf(other) {
    conversation = other;
    cursors.clear();
    loadReceipts();
}

export async function loadReceipts() {
    const mine = ++turn;
    if (!conversation?.id) return changed();
    const { ok, json } = await askAsUser(`/v1/conversations/${segment(conversation.id)}/receipts`);
    if (mine !== turn || !ok) return;
    const members = new Set(json.receipts.map(({ user }) => user));
    for (const user of cursors.keys()) if (!members.has(user)) cursors.delete(user);
    for (const receipt of json.receipts) learn(receipt);
    changed();
}

function learn({ user, received, read }) {
    const known = cursors.get(user);
    cursors.set(user, { received: Math.max(received, known?.received ?? 0), read: Math.max(read, known?.read ?? 0) });
    if (user !== me) noteReceipt(conversation.id, user, received, read);
}

/** All members but one, with `received` and `read`: the numbers up to which they have got. */
export function membersBut(name) {
    const names = new Set(cursors.keys());
    if (conversation?.to.user !== undefined) names.add(conversation.to.user);
    names.delete(name);
    return [...names].map((user) => ({ user, ...(cursors.get(user) ?? { received: 0, read: 0 }), ...(user === me && mine()) }));
}

/** How far one is oneself this window knows best. */
function mine() {
    const known = cursors.get(me), read = Math.max(known?.read ?? 0, conversation.readThrough);
    return { read, received: Math.max(known?.received ?? 0, conversation.receivedTold, read) };
}

/** What has become of one's message, in words. */
export function stateOf(seq) {
    const members = membersBut(me), received = members.filter((each) => each.received >= seq).length;
    const read = members.filter((each) => each.read >= seq).length, all = members.length;
    if (!all) return "✓ sent";
    if (read === all) return "✓✓ read";
    if (read) return `✓✓ read by ${read} of ${all}`;
    if (received === all) return "✓✓ received";
    return received ? `✓ received by ${received} of ${all}` : "✓ sent";
}

on("receipt", (frame) => {
    if (frame.conversation !== conversation?.id) return;
    learn(frame);
    changed();
});
