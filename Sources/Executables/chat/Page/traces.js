// What this window has seen happen to the messages that it sent: when, and how often.

const MOST = 200;
const traces = new Map();

/** By the message's id; undefined: it was not sent from here. */
export const traceOf = (id) => traces.get(id);

/** A message is safe now. */
export function noteKept({ id, began, tries }, { conversation, seq }, server) {
    const keptAt = performance.now();
    traces.set(id, { conversation, seq, server, tries, keptAt, took: began && keptAt - began, members: new Map() });
    if (traces.size > MOST) traces.delete(traces.keys().next().value);
}

/** A member has got so far. What he has read already when that is heard of, he has received then. */
export function noteReceipt(conversation, user, received, read) {
    const now = performance.now();
    for (const trace of traces.values()) {
        if (trace.conversation !== conversation) continue;
        if (!trace.members.has(user)) trace.members.set(user, {});
        const member = trace.members.get(user);
        if (received >= trace.seq) member.received ??= now - trace.keptAt;
        if (read >= trace.seq) member.read ??= now - trace.keptAt;
    }
}
