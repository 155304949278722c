// What is being written: counted as the server does it, and kept until the tab closes.

import { number, say } from "./groundwork.js";

const MOST = 4000;

/** Puts back what was written there before, under a name of its own. */
export function keepDraft(field, name) {
    field.value = sessionStorage[name] ?? "";
    field.addEventListener("input", () => {
        if (field.value) sessionStorage[name] = field.value;
        else delete sessionStorage[name];
    });
}

/** Says how much of the text that is allowed is there. */
export function count(field, output) {
    const show = () => {
        // By code point: an emoji is not two.
        const length = [...field.value].length;
        say(output, `${number(length)} of ${number(MOST)} characters`);
        output.className = length > MOST ? "bad" : "";
        field.setCustomValidity(length > MOST ? `At most ${number(MOST)} characters: ${number(length - MOST)} too many.` : "");
    };
    field.addEventListener("input", show);
    show();
}

export function clear(field) {
    field.value = "";
    field.dispatchEvent(new Event("input"));
}

/** Ctrl or ⌘ and Enter sends. */
export function sendsWithEnter(field) {
    field.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
    });
}
