// Asking for a ride. What was sent without a clear answer is sent again under the key that it had: it becomes one ride.

import { newKey, problem, setText, sleep } from "./groundwork.js";
import { askAsUser, userName } from "./identity.js";

let isAsking = false;

/** The attempt of whoever is signed in, also after the page was loaded anew. */
function attempt() {
    const kept = JSON.parse(sessionStorage.rideAttempt ?? "{}");
    return kept.user === userName() ? kept : null;
}

/** Whether a ride was asked for, and the answer has not come. */
export const isUnclear = () => Boolean(attempt());

/**
 * Asks for the ride of a fare, or goes on asking, until there is a clear answer.
 * @returns the ride's id; null: there is none, and why is said.
 */
export async function requestRide(fare) {
    if (isAsking) return null;
    isAsking = true;
    const user = userName();
    if (fare && attempt()?.fareId !== fare.id) {
        sessionStorage.rideAttempt = JSON.stringify({ user, fareId: fare.id, key: newKey() });
    }
    try {
        return await ask(user);
    } finally {
        isAsking = false;
    }
}

async function ask(user) {
    for (let tries = 0; ; tries++) {
        const kept = attempt();
        // Meanwhile somebody else may have signed in.
        if (!kept || user !== userName()) return null;
        const answer = await askAsUser("/v1/rides", {
            method: "POST", body: { fareId: kept.fareId }, headers: { "Idempotency-Key": kept.key },
        });
        if (user !== userName()) return null;
        if (answer.status && answer.status < 500 && answer.status !== 429) {
            delete sessionStorage.rideAttempt;
            setText("trip-problem", answer.ok ? "" : problem(answer));
            return answer.ok ? answer.json.id : null;
        }
        setText("trip-problem", `${problem(answer)} Asking again, under the same key: it becomes one ride.`);
        await sleep(500 + Math.random() * Math.min(5000, 500 * 2 ** tries));
    }
}
