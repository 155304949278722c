// Whom one follows, and every button that changes it.

import { byId, element, problem, repeat, say, segment, setText } from "./groundwork.js";
import { askAsUser, isSignedIn, userName } from "./identity.js";
import { Toggle } from "./toggle.js";

const toggles = new Map();
let turn = 0, isWanting = false, whenChanged = () => {}, place = null;

export const personPath = (name) => `#/users/${segment(name)}`;
export const personLink = (name) =>
    element("a", { className: "author", href: personPath(name) }, element("bdi", {}, name));

function toggleOf(name) {
    if (!toggles.has(name)) {
        toggles.set(name, new Toggle(false, (wished) => change(name, wished), () => label(buttonsOf(name))));
    }
    return toggles.get(name);
}

async function change(name, wished) {
    const path = `/v1/users/${segment(userName())}/following/${segment(name)}`;
    const answer = await askAsUser(path, { method: wished ? "PUT" : "DELETE" });
    if (place) say(place, answer.ok ? "" : problem(answer));
    if (answer.ok) {
        setText("follow-spoken", wished ? `You follow ${name} now.` : `You no longer follow ${name}.`);
        whenChanged();
    }
    return answer.ok;
}

/** What is to happen when one follows others than before. */
export function onFollowingChanged(action) { whenChanged = action; }

const buttonsOf = (name) => [...document.querySelectorAll("button.follow")].filter(({ dataset }) => dataset.user === name);

function label(buttons) {
    for (const button of buttons) {
        const { user } = button.dataset, isFollowed = toggleOf(user).wished;
        say(button, isFollowed ? "Unfollow" : "Follow");
        button.ariaLabel = `${button.textContent} ${user}`;
        button.hidden = user === userName();
    }
}

export function followButton(name) {
    const button = element("button", {
        type: "button",
        className: "follow small",
        onclick: () => {
            // What is wrong is said where it was asked for.
            place = button.closest("article, section").querySelector("[role=alert]");
            toggleOf(name).turn(!toggleOf(name).wished);
        },
    });
    button.dataset.user = name;
    label([button]);
    return button;
}

/** Asks anew whom one follows. */
export async function loadFollowing() {
    const mine = ++turn;
    toggles.clear();
    isWanting = false;
    let cursor = "";
    while (isSignedIn() && cursor !== null) {
        const path = `/v1/users/${segment(userName())}/following?limit=1000`;
        const answer = await askAsUser(cursor ? `${path}&cursor=${segment(cursor)}` : path);
        // Meanwhile somebody else may have signed in.
        if (mine !== turn) return;
        isWanting = !answer.status || answer.status >= 500;
        if (!answer.ok) return;
        for (const name of answer.json.users) toggleOf(name).learn(true);
        cursor = answer.json.nextCursor;
    }
    label(document.querySelectorAll("button.follow"));
}

// The server may have been away.
repeat(3000, async () => { if (isWanting) await loadFollowing(); });

byId("follow").onsubmit = async (event) => {
    event.preventDefault();
    const field = event.target.elements.name, name = field.value.trim();
    if (!name) return;
    place = byId("follow-problem");
    const toggle = toggleOf(name);
    if (toggle.isOn) setText("follow-spoken", `You follow ${name} already.`);
    await toggle.turn(true);
    if (toggle.isOn) field.value = "";
};
