// Where one writes. What is being written is kept, for each conversation, until the tab closes.

import { byId, number, say, setText } from "./groundwork.js";
import { on, send } from "./connection.js";
import { nameOf } from "./names.js";
import { write } from "./outbox.js";
import { follow } from "./transcript.js";

const TELL_EVERY = 3000;
const form = byId("compose"), field = form.elements.text;
let to = null, key = "", toldAt = 0;

/** For which conversation; null: none. */
export function composeFor(conversation) {
    [to, key, toldAt] = [conversation?.to ?? null, conversation?.key ?? "", 0];
    form.hidden = !to;
    field.value = to ? sessionStorage[`draft/${key}`] ?? "" : "";
    if (to) setText("compose-label", `Your message to ${nameOf(to)}`);
    check();
}

// As many bytes as the server takes, once it has said so.
let most = 16_384;

function check() {
    const length = new TextEncoder().encode(field.value).length, isTooLong = length > most;
    say(byId("compose-problem"), isTooLong ? `At most ${number(most)} bytes: ${number(length - most)} too many.` : "");
    if (isTooLong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    return !isTooLong;
}

function keepDraft() {
    try {
        if (field.value) sessionStorage[`draft/${key}`] = field.value;
        else delete sessionStorage[`draft/${key}`];
    } catch {
        // No room for it.
    }
}

field.addEventListener("input", () => {
    keepDraft();
    check();
    if (!field.value || performance.now() - toldAt < TELL_EVERY && toldAt) return;
    if (send({ type: "typing", to })) toldAt = performance.now();
});

field.addEventListener("keydown", (event) => {
    // While a word is composed of several keys, Enter ends the word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
});

form.onsubmit = (event) => {
    event.preventDefault();
    const text = field.value.toWellFormed();
    if (!to || !text.trim() || !check()) return;
    field.value = "";
    keepDraft();
    toldAt = 0;
    write(to, text);
    follow();
    field.focus();
};

on("welcome", ({ maxMessageBytes }) => {
    most = maxMessageBytes ?? most;
    check();
});
