// The comments of one post: read by pages, and written.

import { element, segment, showProblem, when } from "./groundwork.js";
import { askAsUser } from "./identity.js";
import { clear, count, keepDraft, sendsWithEnter } from "./draft.js";
import { EndlessList } from "./endless.js";
import { personLink } from "./following.js";

function drawComment(comment) {
    const node = element("li", { tabIndex: -1 },
        element("p", { className: "byline" }, personLink(comment.author), element("small", {}, when(comment.createdAt))),
        element("p", { className: "words", dir: "auto" }, comment.text));
    return { item: comment, node };
}

// A post may be shown twice.
let last = 0;

/** @param written is told when there is one more. */
export function drawComments({ id }, written) {
    const path = `/v1/posts/${segment(id)}/comments`, name = `comment-${++last}`;
    const field = element("textarea", { name: "text", rows: 1, required: true });
    const problem = element("p", { id: `${name}-problem`, className: "bad", role: "alert" });
    const length = element("small");
    const form = element("form", { id: name, className: "stack", autocomplete: "off" },
        element("label", {}, "Your comment", field),
        element("div", { className: "actions" }, length, element("button", {}, "Comment")), problem);
    const list = element("ul", { className: "rows", ariaLabel: "Comments, newest first" });
    const node = element("div", { className: "comments" }, form, list);
    keepDraft(field, `comment-${id}`);
    count(field, length);
    sendsWithEnter(field);

    const comments = new EndlessList(list, { isEndless: false });
    let isSending = false;
    form.onsubmit = async (event) => {
        event.preventDefault();
        if (isSending) return;
        isSending = true;
        const text = field.value;
        const answer = await askAsUser(path, { method: "POST", body: { text: text.toWellFormed() } });
        isSending = false;
        showProblem(form, answer);
        if (!answer.ok) return;
        // Unless somebody has written on meanwhile.
        if (field.value === text) clear(field);
        comments.prepend(answer.json);
        written();
    };
    comments.show(path, drawComment, "No comments yet.");
    return node;
}
