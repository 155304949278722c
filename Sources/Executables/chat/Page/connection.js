// The WebSocket. It is opened anew by itself, after a random while that grows: clients of a server that went do not come back all
// at once.

import { byId, isRefused, problem, setText } from "./groundwork.js";
import { askAsUser, identityQuery, isSignedIn, userName } from "./identity.js";

const LONGEST_DELAY = 15_000, SILENCE = 40_000, PATIENCE = 10_000;
const listeners = {};
let socket = null, timer = 0, tries = 0, heardAt = 0, askedAt = 0, hasOpened = false;

/** What the server said first; null: not connected. */
export let welcome = null;
/** Who one is, as the server says, once it has. */
export let me = userName();

/** Tells of frames by their type; of the end of the connection as "lost". */
export function on(type, listener) { (listeners[type] ??= []).push(listener); }

function tell(type, frame) { for (const listener of listeners[type] ?? []) listener(frame); }

/** Whether it was sent. What is sent may still be lost with the connection. */
export function send(frame) {
    if (!welcome || socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    return true;
}

export function connect() {
    clearTimeout(timer);
    timer = 0;
    if (socket || !isSignedIn()) return show();
    hasOpened = false;
    const mine = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/v1/ws?${identityQuery()}`);
    socket = mine;
    mine.onopen = () => { if (mine === socket) { hasOpened = true; show(); } };
    mine.onmessage = ({ data }) => { if (mine === socket) hear(JSON.parse(data)); };
    mine.onclose = ({ code }) => { if (mine === socket) end(code); };
    show();
}

function hear(frame) {
    [heardAt, askedAt] = [performance.now(), 0];
    if (frame.type === "welcome") {
        [welcome, me, tries] = [frame, frame.user, 0];
        show();
    }
    tell(frame.type, frame);
}

/** The connection is of no use any more: another one. */
export function renew() {
    const old = socket;
    if (!old) return;
    end(0);
    old.close();
}

async function end(code) {
    const wasConnected = Boolean(welcome);
    socket = welcome = null;
    const delay = 100 + Math.random() * Math.min(LONGEST_DELAY, 500 * 2 ** tries++);
    timer = setTimeout(connect, delay);
    show();
    if (wasConnected) tell("lost", { code });
    if (hasOpened) return;
    // A browser does not tell why it was not let in.
    const answer = await askAsUser("/v1/conversations?limit=1");
    if (!isRefused(answer)) return;
    clearTimeout(timer);
    timer = 0;
    show();
    setText("connection", `${problem(answer)} Sign in anew.`);
}

/** Does not wait any longer, but a little, at random. */
function hasten(most) {
    if (!timer) return;
    clearTimeout(timer);
    timer = setTimeout(connect, Math.random() * most);
}

function show() {
    const isLive = Boolean(welcome);
    byId("live").hidden = !isSignedIn();
    byId("live").className = `badge ${isLive ? "good" : "hint"}`;
    setText("live", isLive ? "● live" : timer || socket ? "◌ connecting…" : "✕ not connected");
    const kept = "What you write meanwhile is kept, and sent then.";
    setText("connection", isLive || (!socket && !timer) ? ""
        : !navigator.onLine ? `You are off the network. ${kept}`
        : socket && hasOpened ? `The server is there, and waits for its Redis. ${kept}`
        : tries ? `The connection has ended; the page is trying again. ${kept}` : "");
}

// Half of a connection looks like a whole one until something is asked.
setInterval(() => {
    if (!welcome) return;
    const now = performance.now();
    if (askedAt && now - askedAt > PATIENCE) renew();
    else if (!askedAt && now - heardAt > SILENCE && send({ type: "watch", users: [me] })) askedAt = now;
}, 5000);

let wasReady = true;
document.addEventListener("readiness", ({ detail: { ok } }) => {
    if (ok && !wasReady) {
        tries = Math.min(tries, 2);
        hasten(1000);
    }
    wasReady = ok;
});
// A page that one has left may be kept by the browser: nobody is there.
addEventListener("pagehide", () => {
    const old = socket;
    if (!old) return;
    end(1001);
    clearTimeout(timer);
    timer = 0;
    old.close();
});
addEventListener("pageshow", ({ persisted }) => { if (persisted) connect(); });
addEventListener("online", () => hasten(300));
addEventListener("offline", show);
document.addEventListener("visibilitychange", () => { if (!document.hidden) hasten(300); });
