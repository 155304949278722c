// Who asks: a name where the service runs for development, else a token. Kept until the tab closes.

import { accepted, administer, ask, askAsAdministration, byId, isRefused } from "./groundwork.js";

document.body.insertAdjacentHTML("beforeend", `
<dialog id="identity" aria-labelledby="identity-title">
<form method="dialog" autocomplete="off">
    <h2 id="identity-title">Who are you?</h2>
    <label>Name, where the service runs for development
        <input id="user" maxlength="256" pattern="[!-~]+" autocapitalize="off" spellcheck="false"
            title="Letters, digits and signs of ASCII, no spaces"></label>
    <label>Or token (JWT), everywhere else
        <input id="user-token" type="password" pattern="[!-~]+" autocomplete="off"></label>
    <p class="muted">Kept until this tab closes. Leave both empty to be nobody.</p>
    <div class="actions"><button type="button">Cancel</button><button class="primary" value="yes">That’s me</button></div>
</form>
</dialog>`);

export const isSignedIn = () => Boolean(sessionStorage.user || sessionStorage.userToken);
export const userName = () =>
    sessionStorage.user || (sessionStorage.userToken ? subject(sessionStorage.userToken) || "you, by your token" : "");

/** Whom a token says that it is of. Whether that is true only the server knows. */
function subject(token) {
    try {
        const bytes = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
        const { sub } = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
        return typeof sub === "string" ? sub : "";
    } catch {
        return "";
    }
}

/** Header fields that say who asks. */
export function identity() {
    const fields = {};
    if (sessionStorage.user) fields["X-User-ID"] = sessionStorage.user;
    if (sessionStorage.userToken) fields.Authorization = `Bearer ${sessionStorage.userToken}`;
    return fields;
}

/** The same as a parameter of an address, for what takes no header fields. */
export const identityQuery = () => sessionStorage.userToken
    ? `access_token=${encodeURIComponent(sessionStorage.userToken)}`
    : `user=${encodeURIComponent(sessionStorage.user)}`;

export const askAsUser = (path, options) => ask(path, { ...options, headers: { ...options?.headers, ...identity() } });

/** As oneself, and where that is not enough as administration, if its token is known. To strangers a link that ended is gone. */
export async function askAsOwner(path, options) {
    const answer = await askAsUser(path, options);
    return (isRefused(answer) || answer.status === 410) && sessionStorage.token ? askAsAdministration(path, options) : answer;
}

/** The same; where no token is known, or the server does not take it, the reader is asked for one. */
export const changeAsOwner = (path, options) => administer(path, options, askAsOwner);

/** Asks the reader's name or token; false when nothing changed. */
export async function signIn() {
    byId("user").value = sessionStorage.user ?? "";
    byId("user-token").value = sessionStorage.userToken ?? "";
    if (!(await accepted(byId("identity")))) return false;
    sessionStorage.userToken = byId("user-token").value;
    // Where a token counts, a name does not.
    sessionStorage.user = sessionStorage.userToken ? "" : byId("user").value;
    return true;
}
