// Who asks: a name where the service runs for development, else a token. Kept until the tab closes.

import { accepted, administer, ask, askAsAdministration, byId, isRefused } from "./groundwork.js";

export const isSignedIn = () => Boolean(sessionStorage.user || sessionStorage.userToken);
export const userName = () => sessionStorage.user || (sessionStorage.userToken ? "you, by your token" : "");

/** Header fields that say who asks. */
export function identity() {
    const fields = {};
    if (sessionStorage.user) fields["X-User-ID"] = sessionStorage.user;
    if (sessionStorage.userToken) fields.Authorization = `Bearer ${sessionStorage.userToken}`;
    return fields;
}

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
    sessionStorage.user = byId("user").value;
    sessionStorage.userToken = byId("user-token").value;
    return true;
}
