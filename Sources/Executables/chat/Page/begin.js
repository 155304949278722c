// Beginning a conversation, with somebody or with several.

import { accepted, byId, showProblem } from "./groundwork.js";
import { askAsUser } from "./identity.js";
import { me } from "./connection.js";
import { refresh } from "./conversations.js";
import { addressOf } from "./names.js";

const lines = (text) => text.split("\n").map((name) => name.trim().toWellFormed()).filter(Boolean);

byId("new-message").onclick = async () => {
    const form = byId("person-form");
    form.reset();
    const isAccepted = await accepted(byId("with-person"));
    const user = form.elements.user.value.trim().toWellFormed();
    if (isAccepted && user) location.hash = addressOf({ user });
};

byId("new-group").onclick = () => {
    byId("group-form").reset();
    showProblem(byId("group-form"), null);
    byId("with-group").showModal();
};

byId("group-form").onsubmit = async (event) => {
    event.preventDefault();
    const form = event.target, id = form.elements.group.value;
    const members = [...new Set([me, ...lines(form.elements.members.value)])];
    const answer = await askAsUser("/v1/groups", { method: "POST", body: { id, members } });
    showProblem(form, answer);
    if (!answer.ok) return;
    byId("with-group").close();
    await refresh();
    location.hash = addressOf({ group: id });
};
