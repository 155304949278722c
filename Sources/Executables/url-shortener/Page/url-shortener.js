// The URL shortener's page, on nothing but the service's public HTTP interface.

import {
    byId, confirmed, copies, element, newKey, number, problem, repeat, replaceRows, rowButton, segment, setText, showProblem, webLink,
    when,
} from "./groundwork.js";
import { askAsOwner, askAsUser, changeAsOwner, isSignedIn, signIn, userName } from "./identity.js";
import { showStatistics } from "./statistics.js";

const short = (text) => text.length > 90 ? `${text.slice(0, 90)}…` : text;
const withoutScheme = (address) => address.replace(/^https?:\/\//, "");
const hasExpired = ({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= Date.now();

// MARK: Shortening

const form = byId("shorten");
const fields = form.elements;
let attempt = {}, isSending = false;

function entered() {
    const link = { url: fields.url.value };
    if (fields.alias.value) link.alias = fields.alias.value;
    if (fields.expiresInSeconds.value) link.expiresInSeconds = fields.expiresInSeconds.value * fields.unit.value;
    if (fields.maxVisits.value) link.maxVisits = Number(fields.maxVisits.value);
    return link;
}

/** Creates a link. What was sent without a clear answer is sent again under the key that it had: it becomes one link. */
async function create(body) {
    const text = JSON.stringify(body);
    if (attempt.text !== text) attempt = { text, key: newKey() };
    const answer = await askAsUser("/shorten", { method: "POST", body, headers: { "Idempotency-Key": attempt.key } });
    if (answer.status && answer.status < 500) attempt = {};
    return answer;
}

form.onsubmit = async (event) => {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    const answer = await create(entered());
    isSending = false;
    showProblem(form, answer);
    if (!answer.ok) return;
    form.reset();
    explain();
    if (isSignedIn()) {
        links.unshift(answer.json);
        drawLinks();
    }
    choose(answer.json);
    setText("link-spoken", `Shortened: ${answer.json.shortUrl}`);
    byId("copy-short-url").focus();
};

function explain() {
    const name = userName();
    setText("owner", name
        ? `Your link will belong to ${name}: only you and the administration can see its visits, change or delete it.`
        : "Your link will belong to nobody: all can see its visits, the administration alone can change or delete it. "
            + "Sign in to make it yours.");
    const body = JSON.stringify({ ...entered(), url: fields.url.value || "https://example.org/" }).replaceAll("'", "\\u0027");
    const user = sessionStorage.user ? ` -H 'X-User-ID: ${sessionStorage.user.replaceAll("'", "'\\''")}'` : "";
    setText("curl", `curl -i ${location.origin}/shorten${user} -d '${body}'`);
}

form.oninput = explain;
copies(byId("copy-curl"), byId("curl"));
copies(byId("copy-short-url"), byId("short-url"));

// MARK: The link that is looked at

let chosen = null;

/** Turns the page to a link; to none with null. */
function choose(link) {
    const isAnother = link?.id !== chosen?.id;
    chosen = link;
    byId("link").hidden = !link;
    byId("no-link").hidden = Boolean(link);
    setText("link-problem", "");
    if (link) {
        const path = `/${segment(link.id)}`, qr = byId("qr");
        byId("short-url").replaceChildren(webLink(link.shortUrl));
        byId("long-url").replaceChildren(webLink(link.url, short(link.url)));
        byId("created").replaceChildren(when(link.createdAt));
        byId("ends").replaceChildren(...ends(link));
        byId("preview").href = `${path}/preview`;
        byId("save-qr").href = `${path}/qr.svg`;
        byId("save-qr").download = `${link.id}.svg`;
        // A link that has ended has none of them.
        qr.hidden = byId("pass-on").hidden = hasExpired(link);
        qr.alt = `QR code of ${link.shortUrl}`;
        if (!qr.hidden) qr.src = `${path}/qr.svg`;
    }
    if (!isAnother) return;
    history.replaceState(null, "", link ? `#${segment(link.id)}` : location.pathname);
    showStatistics(link?.id ?? "");
}

byId("qr").onerror = () => { byId("qr").hidden = byId("pass-on").hidden = true; };

/** When a link ends, as one would say it. */
function ends(link) {
    const visits = link.maxVisits === null ? [] : [`after ${number(link.maxVisits)} visit${link.maxVisits === 1 ? "" : "s"}`];
    if (link.expiresAt === null) return visits.length ? visits : ["never"];
    const time = when(link.expiresAt);
    if (hasExpired(link)) return [time, " ", element("span", { className: "badge bad" }, "expired")];
    return visits.length ? [time, " or ", ...visits] : [time];
}

async function lookUp(id) {
    const answer = await askAsOwner(`/v1/links/${segment(id)}`);
    showProblem(byId("look-up"), answer);
    if (!answer.ok) return;
    choose(answer.json);
    setText("link-spoken", `${answer.json.shortUrl} leads to ${short(answer.json.url)}`);
    byId("look-up").reset();
}

byId("look-up").onsubmit = (event) => {
    event.preventDefault();
    const text = event.target.elements.link.value.trim();
    lookUp((URL.canParse(text) ? new URL(text).pathname.split("/")[1] : text.split("/").pop()) || text);
};

/** The address names the link that is looked at: it can be kept, and passed on. */
function followAddress() {
    const id = location.hash.slice(1);
    if (/^[A-Za-z0-9_-]+$/.test(id) && id !== chosen?.id) lookUp(id);
}

onhashchange = followAddress;
byId("edit-link").onclick = () => edit(chosen);
byId("delete-link").onclick = () => remove(chosen, "link");

// MARK: One's links

let links = [], nextCursor = null, isWanting = false, turn = 0;

async function loadLinks() {
    const mine = turn;
    isWanting = false;
    const answer = await askAsUser(`/v1/links?owner=me${nextCursor ? `&cursor=${segment(nextCursor)}` : ""}`);
    // Meanwhile somebody else may have signed in.
    if (mine !== turn) return;
    isWanting = answer.status === 0 || answer.status >= 500;
    setText("links-problem", answer.ok ? "" : problem(answer));
    if (!answer.ok) return;
    const known = new Set(links.map(({ id }) => id));
    links = [...links, ...answer.json.links.filter(({ id }) => !known.has(id))];
    nextCursor = answer.json.nextCursor;
    drawLinks();
}

function drawLinks() {
    replaceRows("links", links.map(row), "links-title");
    byId("links-table").hidden = links.length === 0;
    byId("more").hidden = nextCursor === null;
    byId("no-links").hidden = links.length > 0;
    setText("no-links", `${isSignedIn() ? "None yet. Those" : "Sign in, and those"} that you shorten are listed here.`);
    setText("sign-in", isSignedIn() ? "Change user" : "Sign in");
    setText("links-title", userName() ? `Links of ${userName()}` : "Your links");
}

function row(link) {
    const button = (text, action) => rowButton(text, link.id, () => action(link));
    return element("tr", {},
        element("th", { scope: "row" },
            webLink(link.shortUrl, withoutScheme(link.shortUrl)), element("br"), element("small", {}, short(link.url))),
        element("td", { title: "Created" }, when(link.createdAt)), element("td", { title: "Ends" }, ...ends(link)),
        element("td", {}, button("Visits", look), " ", button("Edit", edit), " ", button("Delete", remove)));
}

function look(link) {
    choose(link);
    byId("statistics-title").focus();
}

byId("more").onclick = async () => {
    const before = links.length;
    await loadLinks();
    // The button may be gone with the last page.
    byId("links").children[before]?.querySelector("button").focus();
};

function listAnew() {
    turn++;
    [links, nextCursor, isWanting] = [[], null, false];
    setText("links-problem", "");
    explain();
    drawLinks();
    if (isSignedIn()) loadLinks();
}

byId("sign-in").onclick = async () => {
    if (!(await signIn())) return;
    listAnew();
    if (chosen) showStatistics(chosen.id);
};

// MARK: Changing a link

const editForm = byId("edit");
const editFields = editForm.elements;
let edited = null;

function edit(link) {
    edited = link;
    editForm.reset();
    setText("edit-title", `Edit ${link.id}`);
    showProblem(editForm);
    editFields.url.value = link.url;
    editFields.maxVisits.value = link.maxVisits ?? "";
    byId("edit-text").replaceChildren("As it is, it ends: ", ...ends(link), ".");
    editForm.oninput();
    editForm.parentElement.showModal();
}

editForm.oninput = () => { editFields.expiresInSeconds.disabled = !Number(editFields.expiry.value); };

/** What differs from the link as it is; null takes a limit away. */
function changes() {
    const { url, expiry, expiresInSeconds, maxVisits } = editFields, body = {};
    const most = maxVisits.value ? Number(maxVisits.value) : null;
    if (url.value !== edited.url) body.url = url.value;
    if (most !== edited.maxVisits) body.maxVisits = most;
    if (expiry.value !== "keep") body.expiresInSeconds = expiry.value === "never" ? null : expiresInSeconds.value * expiry.value;
    return body;
}

editForm.onsubmit = async (event) => {
    event.preventDefault();
    const { id } = edited, path = `/v1/links/${segment(id)}`;
    const answer = await changeAsOwner(path, { method: "PATCH", body: changes() });
    showProblem(editForm, answer);
    if (!answer.ok) return;
    editForm.parentElement.close();
    const { ok, json } = await askAsOwner(path);
    if (!ok) return;
    links = links.map((link) => link.id === id ? json : link);
    drawLinks();
    if (chosen?.id === id) choose(json);
};

/** Deletes a link, on a button in the part of the page that is named. */
async function remove({ id }, part = "links") {
    const text = "It stops leading anywhere, for good: neither the link nor its alias can be had again.";
    if (!(await confirmed(`Delete ${id}?`, text, "Delete"))) return;
    const answer = await changeAsOwner(`/v1/links/${segment(id)}`, { method: "DELETE" });
    setText(`${part}-problem`, answer.ok ? "" : problem(answer));
    if (!answer.ok) return;
    const place = links.findIndex((link) => link.id === id);
    links = links.filter((link) => link.id !== id);
    drawLinks();
    if (chosen?.id === id) choose(null);
    // The button is gone: what stands there now gets the focus.
    const next = part === "links" && (byId("links").children[place] ?? byId("links").lastElementChild);
    (next ? next.querySelector("button") : byId(`${part}-title`)).focus();
}

listAnew();
followAddress();
// The server may have been away.
repeat(3000, async () => { if (isWanting) await loadLinks(); });
