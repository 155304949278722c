// Writing a post. What was sent without a clear answer is sent again under the key that it had: it becomes one post.

import { byId, newKey, setText, showProblem } from "./groundwork.js";
import { askAsUser, isSignedIn, userName } from "./identity.js";
import { clear, count, keepDraft, sendsWithEnter } from "./draft.js";
import { journey } from "./journey.js";
import { drawPending } from "./post.js";

const form = byId("post");
const { text, mediaUrls } = form.elements;
let isSending = false;

/** Settled when what was posted last is answered. */
export let posting = Promise.resolve();

const entered = () => ({
    text: text.value.toWellFormed(),
    mediaUrls: mediaUrls.value.split("\n").map((line) => line.trim()).filter(Boolean),
});

/** The key of this very post, also after the page was loaded anew. */
function keyOf(body) {
    const sent = JSON.stringify([userName(), body]);
    const attempt = JSON.parse(sessionStorage.attempt ?? "{}");
    if (attempt.sent === sent) return attempt.key;
    const key = newKey();
    sessionStorage.attempt = JSON.stringify({ sent, key });
    return key;
}

async function post(accepted) {
    const body = entered();
    const draft = { ...body, author: userName(), createdAt: new Date().toISOString() };
    byId("pending").replaceChildren(drawPending(draft));
    journey.begin();
    const answer = await askAsUser("/v1/posts", { method: "POST", body, headers: { "Idempotency-Key": keyOf(body) } });
    byId("pending").replaceChildren();
    const isUnclear = !answer.status || answer.status >= 500;
    if (!isUnclear) delete sessionStorage.attempt;
    showProblem(form, answer);
    if (isUnclear) byId("post-problem").append(" Your text is kept; sent again, it is posted once.");
    if (!answer.ok) return journey.refuse();
    clear(text);
    clear(mediaUrls);
    journey.accept(answer.json.id, answer.ms);
    accepted({ ...draft, ...answer.json, likes: 0, comments: 0, liked: false });
}

/**
 * @param accepted is told of each post that the server has taken.
 * @param enter asks who one is.
 */
export function compose(accepted, enter) {
    keepDraft(text, "draft");
    keepDraft(mediaUrls, "draftMedia");
    count(text, byId("text-count"));
    sendsWithEnter(text);
    sendsWithEnter(mediaUrls);
    form.onsubmit = async (event) => {
        event.preventDefault();
        if (isSending) return;
        isSending = true;
        text.readOnly = mediaUrls.readOnly = true;
        if (!isSignedIn()) await enter();
        if (isSignedIn()) await (posting = post(accepted));
        text.readOnly = mediaUrls.readOnly = isSending = false;
    };
}
