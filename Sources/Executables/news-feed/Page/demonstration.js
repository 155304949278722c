// People to try: made on demand, where the service runs for development and anybody may be anybody.

import { ask, byId, element, problem, segment, setText } from "./groundwork.js";
import { userName } from "./identity.js";
import { followButton, personLink } from "./following.js";

const PEOPLE = {
    "demo-ann": [
        "A demonstration post: whoever follows demo-ann has it in his timeline.",
        "A post is kept once; timelines hold its 13 characters of identifier alone.",
        "Follow demo-ben, too, and watch the button that announces new posts.",
    ],
    "demo-ben": [
        "Push: written to each follower's timeline when it is posted. Reading is cheap.",
        "Pull: read from the author's list when a feed is read. Posting is cheap.",
        "Hybrid: push for most, pull for those with very many followers.",
    ],
    "demo-cem": ["مرحبا! Text in any direction stands as it was written.", "Emoji count once each: 🦆🦆🦆"],
    "demo-dee": ["A link goes along with this one.", "Unfollow me: my posts leave your feed at the next look."],
};
const LINKS = { "demo-dee": [["https://example.org/picture.png", "https://example.org/"], []] };

const asSomebody = (name, path, method, body, headers) =>
    ask(path, { method, body, headers: { ...headers, "X-User-ID": name } });

/** Draws those of them who are there, or the button that makes them. */
export async function showPeopleToTry() {
    const me = sessionStorage.user;
    byId("trying").hidden = byId("demonstration").hidden = true;
    // With a token nobody else can be anybody.
    if (!me) return;
    const answers = await Promise.all(
        Object.keys(PEOPLE).map((name) => asSomebody(me, `/v1/users/${segment(name)}/posts?limit=1`)));
    if (me !== sessionStorage.user || !answers.every(({ ok }) => ok)) return;
    const names = Object.keys(PEOPLE).filter((name, index) => answers[index].json.items.length && name !== me);
    byId("to-try").replaceChildren(...names.map((name) =>
        element("li", { className: "beside" }, element("div", {}, personLink(name)), followButton(name))));
    byId("trying").hidden = names.length === 0;
    byId("demonstration").hidden = names.length > 0;
}

/** Makes them, each with posts. Done again it changes nothing. */
async function make() {
    const me = userName();
    for (const name in PEOPLE) {
        const steps = [
            ...PEOPLE[name].map((text, index) => ["/v1/posts", "POST", { text, mediaUrls: LINKS[name]?.[index] ?? [] },
                { "Idempotency-Key": `demonstration-${index}` }]),
            [`/v1/users/${segment(name)}/following/${segment(me)}`, "PUT"],
            // Who reads has a timeline, to which is pushed.
            ["/v1/feed"],
        ];
        for (const [path, ...rest] of steps) {
            const answer = await asSomebody(name, path, ...rest);
            if (!answer.ok) return problem(answer);
        }
    }
    return "";
}

byId("demonstrate").onclick = async ({ target }) => {
    target.disabled = true;
    setText("follow-problem", await make());
    target.disabled = false;
    await showPeopleToTry();
    byId("to-try").querySelector("button")?.focus();
};
