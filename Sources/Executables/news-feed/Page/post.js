// One post: its text, its media, and what can be done with it.

import { confirmed, element, number, problem, say, segment, webLink, when } from "./groundwork.js";
import { askAsUser, userName } from "./identity.js";
import { drawComments } from "./comments.js";
import { followButton, personLink } from "./following.js";
import { Toggle } from "./toggle.js";

const IMAGE = /\.(avif|gif|jpe?g|png|svg|webp)$/i;

/** What a post links to. A picture is fetched when somebody asks for it: before, its host learns nothing of who reads. */
function medium(address, author) {
    const item = element("li", {}, webLink(address));
    if (!URL.canParse(address) || !IMAGE.test(new URL(address).pathname)) return item;
    const { host } = new URL(address);
    const show = element("button", { type: "button", className: "small" }, `Show the picture from ${host}`);
    show.onclick = () => {
        const alt = `Picture that ${author} posted`;
        const picture = element("img", { referrerPolicy: "no-referrer", loading: "lazy", alt, tabIndex: -1 });
        picture.onerror = () => picture.replaceWith(element("small", {}, `There is no picture to be had from ${host}.`));
        picture.src = address;
        show.replaceWith(picture);
        picture.focus({ preventScroll: true });
    };
    item.append(" ", show);
    return item;
}

/** The post's head, text and media, which never change. */
function body({ id, author, text, mediaUrls, createdAt }, mark) {
    const byline = element("p", { className: "byline" }, personLink(author), element("small", {}, when(createdAt)));
    if (mark) byline.append(element("span", { className: "badge hint" }, mark));
    const parts = [byline, element("p", { className: "words", dir: "auto" }, text)];
    if (mediaUrls.length) {
        parts.push(element("ul", { className: "media" }, ...mediaUrls.map((address) => medium(address, author))));
    }
    return element("article", { tabIndex: 0, className: "post", ariaLabel: `${author}: ${text.slice(0, 80)}` }, ...parts);
}

/** A post that is on its way to the server. */
export const drawPending = (post) => body(post, "sending…");

/**
 * @param changed is told what a post is like now.
 * @param removed is told of a post that is gone.
 */
export function drawPost(post, { changed, removed }) {
    const path = `/v1/posts/${segment(post.id)}`, node = body(post);
    const trouble = element("p", { className: "bad", role: "alert" });
    const entry = { item: post, node, update };

    async function asked(path, method) {
        const answer = await askAsUser(path, { method });
        say(trouble, answer.ok ? "" : problem(answer));
        return answer;
    }

    const like = element("button", { type: "button", className: "small", onclick: () => toggle.turn(!toggle.wished) });
    const toggle = new Toggle(post.liked, async (wished) => {
        const { ok } = await asked(`${path}/like`, wished ? "PUT" : "DELETE");
        if (ok) {
            entry.item = { ...entry.item, liked: wished, likes: entry.item.likes + (wished ? 1 : -1) };
            changed(entry.item);
        }
        return ok;
    }, show);

    let discussion = null;
    const toComments = element("button", { type: "button", className: "small", ariaExpanded: "false" });
    toComments.onclick = () => {
        if (discussion) discussion.hidden = !discussion.hidden;
        else {
            discussion = drawComments(post, () => changed({ ...entry.item, comments: entry.item.comments + 1 }));
            node.append(discussion);
        }
        toComments.ariaExpanded = String(!discussion.hidden);
        if (!discussion.hidden) discussion.querySelector("textarea").focus();
    };

    const remove = element("button", { type: "button", className: "small" }, "Delete");
    remove.onclick = async () => {
        if (!(await confirmed("Delete this post?", "It goes at once, for all, with its likes and comments.", "Delete"))) return;
        const { ok, status } = await asked(path, "DELETE");
        if (ok || status === 404) removed(post);
    };

    function show() {
        const { likes, liked, comments } = entry.item;
        const count = likes + (toggle.wished - liked);
        say(like, `${toggle.wished ? "♥" : "♡"}\uFE0E ${number(count)}`);
        like.ariaPressed = String(toggle.wished);
        like.ariaLabel = `Like, ${number(count)} so far`;
        say(toComments, `${number(comments)} comment${comments === 1 ? "" : "s"}`);
        remove.hidden = post.author !== userName();
    }

    function update(now) {
        entry.item = now;
        toggle.learn(now.liked);
        show();
    }

    show();
    node.append(element("div", { className: "doings" }, like, toComments, followButton(post.author), remove), trouble);
    return entry;
}
