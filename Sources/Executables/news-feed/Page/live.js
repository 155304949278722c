// What the server tells by itself (server-sent events): that there are new posts. The browser connects anew by itself; where it
// gives up, or while nobody looks, the page does.

import { byId, repeat, setText } from "./groundwork.js";
import { identityQuery, isSignedIn } from "./identity.js";

let source = null, tell = {};

export const isLive = () => source?.readyState === EventSource.OPEN;

/** @param told `post` is told of each new post, `opened` that there may have been others before. */
export function listen(told) {
    tell = told;
    connect();
}

function connect() {
    source?.close();
    // A browser opens six connections to one server: a page that nobody looks at leaves them to others.
    source = isSignedIn() && !document.hidden ? new EventSource(`/v1/feed/live?${identityQuery()}`) : null;
    if (source) {
        source.onopen = () => {
            show();
            tell.opened();
        };
        source.onerror = show;
        source.addEventListener("post", ({ data }) => tell.post(JSON.parse(data), performance.now()));
    }
    show();
}

function show() {
    byId("live").className = `badge ${isLive() ? "good" : "hint"}`;
    byId("live").hidden = !source;
    setText("live", isLive() ? "● live" : "◌ connecting…");
}

document.addEventListener("visibilitychange", connect);
repeat(3000, async () => { if (source?.readyState === EventSource.CLOSED) connect(); });
