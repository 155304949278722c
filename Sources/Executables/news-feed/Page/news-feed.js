// The news feed's page, on nothing but the service's public HTTP interface.

import { byId, element, number, repeat, segment, setText } from "./groundwork.js";
import { askAsUser, isSignedIn, signIn, userName } from "./identity.js";
import { compose, posting } from "./compose.js";
import { showPeopleToTry } from "./demonstration.js";
import { EndlessList } from "./endless.js";
import { followButton, loadFollowing, onFollowingChanged, personLink, personPath } from "./following.js";
import { journey } from "./journey.js";
import { listen } from "./live.js";
import { drawPost } from "./post.js";

const feed = new EndlessList(byId("feed")), ofPerson = new EndlessList(byId("of-person"));
const lists = [feed, ofPerson];

const post = (item) => drawPost(item, {
    changed: (now) => lists.forEach((list) => list.update(now)),
    removed: ({ id }) => lists.forEach((list) => list.remove(id)),
});
const person = (name) => ({
    item: name,
    node: element("div", { role: "listitem", className: "beside", tabIndex: -1 },
        element("div", {}, personLink(name)), followButton(name)),
});

// MARK: What is new

// Announced, and not shown yet: nothing moves under the reader's eyes.
const unseen = new Set();
let isOutdated = false;

function showNews() {
    for (const id of unseen) if (feed.has(id)) unseen.delete(id);
    const count = `${number(unseen.size)} new post${unseen.size === 1 ? "" : "s"}`;
    const text = unseen.size ? count : isOutdated ? "You follow others now: read the feed anew" : "";
    byId("news").hidden = !text;
    setText("news", text);
    document.title = `${unseen.size ? `(${number(unseen.size)}) ` : ""}news-feed · Groundwork`;
}

byId("news").onclick = async () => {
    const before = [...unseen];
    if (!(await feed.begin())) return;
    for (const id of before) unseen.delete(id);
    isOutdated = false;
    showNews();
    byId("feed-title").scrollIntoView({ block: "nearest" });
    feed.entries.values().next().value?.node.focus({ preventScroll: true });
};

async function announced({ id, author, timelines }, at) {
    journey.announce(id, timelines, at);
    // Of one's own posts the announcement may be here before the answer.
    if (author === userName()) await posting;
    unseen.add(id);
    showNews();
}

const order = ({ createdAt, id }) => `${createdAt} ${id}`;

/** Announcements are hints. What was lost of them shows at the top of the feed. */
async function catchUp() {
    if (!isSignedIn() || feed.isReading || feed.problem.textContent) return;
    const me = userName(), { ok, json } = await askAsUser("/v1/feed?limit=20");
    if (!ok || me !== userName()) return;
    if (!feed.first) {
        if (json.items.length) await feed.begin();
        return;
    }
    for (const item of json.items) if (order(item) > order(feed.first)) unseen.add(item.id);
    showNews();
}

compose((accepted) => {
    for (const list of lists) if (["/v1/feed", pathOf(userName(), "posts")].includes(list.path)) list.prepend(accepted);
}, enter);

onFollowingChanged(async () => {
    isOutdated = true;
    // There is nothing that could move.
    if (!feed.first && (await feed.begin())) isOutdated = false;
    showNews();
});

// MARK: One's feed, or somebody's page

const pathOf = (name, tab) => `/v1/users/${segment(name)}/${tab}`;
let shown = "", left = 0;

const TABS = {
    posts: ["Nothing posted yet.", post], followers: ["Nobody follows yet.", person], following: ["Follows nobody yet.", person],
};

function followAddress() {
    const [, name, tab = "posts"] = location.hash.match(/^#\/users\/([^/]+)(?:\/(followers|following))?$/) ?? [];
    if (!shown) left = scrollY;
    shown = name ? decoded(name) : "";
    byId("home").hidden = Boolean(shown);
    byId("person").hidden = !shown;
    if (!shown) {
        ofPerson.clear();
        scrollTo(0, left);
        return;
    }
    setText("person-name", shown);
    byId("person-follow").replaceChildren(followButton(shown));
    for (const each in TABS) {
        byId(`tab-${each}`).href = personPath(shown) + (each === "posts" ? "" : `/${each}`);
        byId(`tab-${each}`).ariaCurrent = each === tab ? "page" : null;
    }
    byId("of-person").role = tab === "posts" ? "feed" : "list";
    byId("of-person").className = tab === "posts" ? "" : "rows";
    const [nothing, draw] = TABS[tab];
    if (isSignedIn()) ofPerson.show(pathOf(shown, tab), draw, nothing);
    else ofPerson.clear("Sign in to see it.");
    byId("person").scrollIntoView({ block: "start" });
    byId("person-name").focus({ preventScroll: true });
}

function decoded(name) {
    try { return decodeURIComponent(name); } catch { return name; }
}

onhashchange = followAddress;

/** Page Up and Page Down go from post to post. */
document.addEventListener("keydown", (event) => {
    const article = event.target.closest?.("[role=feed] > article");
    const step = { PageDown: "nextElementSibling", PageUp: "previousElementSibling" }[event.key];
    if (!article?.[step] || !step || event.target.matches("textarea")) return;
    event.preventDefault();
    article[step].focus();
});

// MARK: Who one is

const NOTHING = "Nothing here yet. Write a post, or follow somebody: by name, or whom you find under People.";

async function enter() {
    if (await signIn()) start();
}

function start() {
    const me = userName();
    setText("sign-in", me ? "Change user" : "Sign in");
    setText("post-title", me ? `Write a post as ${me}` : "Write a post");
    byId("people").hidden = !me;
    for (const [id, tab] of [["my-page", ""], ["my-following", "/following"], ["my-followers", "/followers"]]) {
        byId(id).href = personPath(me) + tab;
    }
    unseen.clear();
    isOutdated = false;
    showNews();
    if (me) feed.show("/v1/feed", post, NOTHING).then(welcome);
    else feed.clear("Sign in to see a feed. Where the service runs for development, any name will do.");
    loadFollowing();
    showPeopleToTry();
    listen({ post: announced, opened: catchUp });
    followAddress();
}

/** On a phone what stands beside the feed is folded, until somebody needs it. */
function welcome() {
    if (!feed.first && !feed.problem.textContent) byId("people-fold").open = true;
    showNews();
}

const isWide = matchMedia("(min-width: 60rem)");
isWide.onchange = () => { for (const fold of document.querySelectorAll(".fold")) fold.open = isWide.matches; };
isWide.onchange();
byId("sign-in").onclick = enter;
start();
repeat(30_000, catchUp);
