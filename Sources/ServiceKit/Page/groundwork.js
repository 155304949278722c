// What a page is made with: the document, the server and how it does, questions to the reader.
// What the server sends reaches the document as text, never as markup.

export const byId = (id) => document.getElementById(id);
export const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 1 });
export const segment = (text) => encodeURIComponent(text.toWellFormed()).replaceAll("'", "%27");
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Writes what differs only: a screen reader speaks of each write.
export function setText(id, text) {
    if (byId(id).textContent !== text) byId(id).textContent = text;
}

export function element(tag, properties, ...children) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
}

/** A link to an address of the web; of any other (`javascript:` is one) the text alone. */
export function webLink(address, text = address) {
    const isWeb = URL.canParse(address) && ["http:", "https:"].includes(new URL(address).protocol);
    return isWeb ? element("a", { href: address, target: "_blank", rel: "noreferrer" }, text) : text;
}

// Browsers lend the clipboard to secure contexts only: elsewhere the text is left selected.
export function copies(button, source) {
    button.onclick = () => {
        getSelection().selectAllChildren(source);
        navigator.clipboard?.writeText(source.textContent).then(() => { button.textContent = "Copied"; }, console.warn);
    };
    new MutationObserver(() => { button.textContent = "Copy"; }).observe(source, { childList: true, subtree: true });
}

// MARK: Talking to the server

let unreachableSince = null, notReady = "";

/** Every request goes through here. Never throws: no answer has status 0. */
export async function ask(path, { method, body, headers } = {}) {
    let answer = { status: 0, ok: false, json: { detail: "The server is gone." }, headers: new Headers() };
    try {
        const response = await fetch(path, {
            method,
            headers,
            body: body && new Blob([JSON.stringify(body)], { type: "application/json" }),
            cache: "no-store",
            signal: AbortSignal.timeout(5000),
        });
        const text = await response.text();
        const json = response.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : null;
        answer = { status: response.status, ok: response.ok, headers: response.headers, text, json };
        unreachableSince = null;
    } catch {
        unreachableSince ??= new Date().toLocaleTimeString();
    }
    showServerState();
    return answer;
}

/** What was wrong, in words (RFC 9457), and when to come again. */
export function problem({ json, status, headers }) {
    const text = json?.detail ?? json?.title ?? (status === 429 ? "Too many at once." : `The server answered ${status}.`);
    const seconds = headers.get("Retry-After");
    return seconds ? `${text} Try again in ${seconds} s.` : text;
}

/** Runs `task` every `interval` ms while somebody looks at the page. */
export async function repeat(interval, task) {
    for (;;) {
        if (!document.hidden) await task().catch(console.error);
        await sleep(interval);
    }
}

function showServerState() {
    byId("health").className = `badge ${unreachableSince || notReady ? "bad" : "good"}`;
    setText("health", unreachableSince ? "✕ no answer" : notReady ? "▲ not ready" : "● ready");
    setText("notice", unreachableSince
        ? `The server has been gone since ${unreachableSince}. What you see is older; the page goes on trying.`
        : notReady && `Not ready: ${notReady}`);
}

repeat(2000, async () => {
    const answer = await ask("/health/ready");
    if (answer.status) notReady = answer.ok ? "" : problem(answer);
    showServerState();
});

// MARK: Asking the reader

/** Opens a dialog; whether it was closed with the button whose value is "yes". */
export function accepted(dialog) {
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => { dialog.onclose = () => resolve(dialog.returnValue === "yes"); });
}

export function confirmed(title, text, action, wantsToken = false) {
    setText("question-title", title);
    setText("question-text", text);
    setText("question-action", action);
    byId("token").value = "";
    byId("token").disabled = byId("token").parentElement.hidden = !wantsToken;
    return accepted(byId("question"));
}

for (const button of document.querySelectorAll("dialog [type=button]")) {
    button.onclick = () => button.closest("dialog").close();
}
