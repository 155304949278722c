// Who saw which version of a ride, and what he made of it: as far as this page speaks for him.

const trails = new Map();
const listeners = [];

/** What was seen and asked of a ride, in order. */
export const trailOf = (ride) => trails.get(ride)?.notes ?? [];
/** Told of the ride of which there is something new. */
export function onTrail(listener) { listeners.push(listener); }

/** The last version of a ride that anybody here has heard of. */
export function sawVersion(ride, version) {
    const trail = trails.get(ride) ?? { notes: [], version: 0 };
    trail.version = Math.max(trail.version, version);
    trails.set(ride, trail);
}

/**
 * @param note `who`; `text` in words; `version` that he saw; `isOffer`, or `isRefused` and the `detail` that he was told.
 * @param now the version that the ride has by then, if it was told.
 */
export function note(ride, note, now = note.version) {
    sawVersion(ride, now);
    const { notes, version } = trails.get(ride), hasWon = now > note.version && !note.isRefused;
    notes.push({ ...note, made: hasWon ? now : null, after: hasWon ? note.version : version, at: new Date().toISOString() });
    for (const listener of listeners) listener(ride);
}
