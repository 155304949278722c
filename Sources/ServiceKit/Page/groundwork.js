// What a page is made with: the document, the server and how it does, questions to the reader.
// What the server sends reaches the document as text, never as markup.

export const byId = (id) => document.getElementById(id);
export const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 1 });
export const segment = (text) => encodeURIComponent(text.toWellFormed()).replaceAll("'", "%27");
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Writes what differs only: a screen reader speaks of each write.
export function say(node, text) {
    if (node.textContent !== text) node.textContent = text;
}

export const setText = (id, text) => say(byId(id), text);

/** Several requests under one key are one request; a secret of nobody. */
export const newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function element(tag, properties, ...children) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
}

/** The same of SVG, by its attributes. */
export function shape(tag, attributes) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    return node;
}

const LOCAL_TIME = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" };
export const when = (time) => element("time", { dateTime: time }, new Date(time).toLocaleString("en", LOCAL_TIME));

/** A button of a row in a table, and what it does with the row's thing. */
export const rowButton = (text, name, onclick) =>
    element("button", { id: `${text}-${name}`, ariaLabel: `${text} ${name}`, onclick }, text);

/** Draws the rows of a table anew: a button that had the focus has it again; where it is gone, the heir gets it. */
export function replaceRows(id, rows, heir) {
    const focused = document.activeElement.closest(`#${id} button`)?.id;
    byId(id).replaceChildren(...rows);
    if (focused) (byId(focused) ?? byId(heir)).focus();
}

/** Where a chart ends whose highest value this is: at a round number. */
export function roundTop(highest) {
    const atLeast = Math.max(5, highest);
    const power = 10 ** Math.floor(Math.log10(atLeast));
    return power * Math.ceil(atLeast / power);
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
    const began = performance.now();
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
        const { status, ok } = response;
        answer = { status, ok, headers: response.headers, text, json, ms: performance.now() - began };
        unreachableSince = null;
    } catch {
        unreachableSince ??= new Date().toLocaleTimeString("en", { timeStyle: "medium", hourCycle: "h23" });
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

/** Says below a form what was wrong, or nothing any more; the field that is named there gets the focus. */
export function showProblem(form, answer) {
    const text = !answer || answer.ok ? "" : problem(answer);
    setText(`${form.id}-problem`, text);
    for (const field of form.elements) field.removeAttribute("aria-invalid");
    const named = text.split(/\W+/).map((word) => word && form.elements.namedItem(word)).find(Boolean);
    named?.setAttribute("aria-invalid", "true");
    named?.focus();
}

/** Runs `task` every `interval` ms while somebody looks at the page. */
export async function repeat(interval, task) {
    for (;;) {
        if (!document.hidden) await task().catch(console.error);
        await sleep(unreachableSince ? Math.max(interval, 1000) : interval);
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
    document.dispatchEvent(new CustomEvent("readiness", { detail: answer }));
    showServerState();
});

// MARK: Asking the reader

document.body.insertAdjacentHTML("beforeend", `
<dialog id="question" aria-labelledby="question-title">
<form method="dialog">
    <h2 id="question-title"></h2>
    <p id="question-text"></p>
    <label>Token, kept until this tab closes
        <input id="token" type="password" required pattern="[!-~]+" autocomplete="off"></label>
    <div class="actions"><button type="button">Cancel</button>
        <button id="question-action" class="primary" value="yes"></button></div>
</form>
</dialog>`);

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

document.addEventListener("click", ({ target }) => target.closest("dialog [type=button]")?.closest("dialog").close());

// MARK: Administration

export const isRefused = ({ status }) => status === 401 || status === 403;

/** With the administration's token, if it is known. */
export function askAsAdministration(path, options) {
    const { token } = sessionStorage;
    return ask(path, token ? { ...options, headers: { ...options?.headers, Authorization: `Bearer ${token}` } } : options);
}

/** Asks; where the server wants the administration's token, or another, so does the page, and asks again. */
export async function administer(path, options, askFirst = askAsAdministration) {
    let answer = await askFirst(path, options);
    while (isRefused(answer) && (await wantsToken(answer))) answer = await askAsAdministration(path, options);
    return answer;
}

/** Asks the reader for the administration's token; false when none is given. */
export async function wantsToken(answer) {
    const text = sessionStorage.token ? "The server does not accept this token." : problem(answer);
    if (!(await confirmed("For administration only", text, "Use token", true))) return false;
    sessionStorage.token = byId("token").value;
    return true;
}
