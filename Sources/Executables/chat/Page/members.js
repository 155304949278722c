// Who is in the open group; adding, removing, leaving.

import { byId, confirmed, element, number, problem, say, segment, showProblem } from "./groundwork.js";
import { askAsUser } from "./identity.js";
import { arrange } from "./arrange.js";
import { refresh } from "./conversations.js";
import { me } from "./connection.js";
import { together } from "./names.js";
import { describe, dot, onPresence, presenceOf, showDot, watch } from "./presence.js";
import { loadReceipts } from "./receipts.js";

const SHOWN = 200;
let group = null, members = [], owner = "", rows = new Map(), turn = 0;

/** Of which group; null: the conversation is of two. */
export function showMembersOf(id) {
    [group, members, owner, rows] = [id, [], "", new Map()];
    byId("group").hidden = id === null;
    byId("group").open = false;
    byId("members").replaceChildren();
    byId("add-member").reset();
    say(byId("add-member-problem"), "");
    loadMembers();
}

export async function loadMembers() {
    const mine = ++turn;
    if (group === null) return;
    const answer = await askAsUser(`/v1/groups/${segment(group)}`);
    if (mine !== turn) return;
    if (answer.ok) ({ members, owner } = answer.json);
    else if (answer.status === 403 || answer.status === 404) [members, owner] = [[], ""];
    // Of a large group those who are not shown are not asked for, either.
    watch(members.slice(0, SHOWN));
    draw();
}

function rowOf(user) {
    if (rows.has(user)) return rows.get(user);
    const mark = dot(user), words = element("small", {}), isOwner = element("span", { className: "badge" }, "owner");
    const button = element("button", { type: "button", className: "small", ariaLabel: `Remove ${user}` }, "Remove");
    button.onclick = () => remove(user);
    const name = element("div", {}, mark, " ", element("bdi", {}, user), " ", words);
    const row = { node: element("li", { className: "beside" }, name, isOwner, button), mark, words, isOwner, button };
    rows.set(user, row);
    return row;
}

const draw = together(() => {
    if (group === null) return;
    const shown = members.slice(0, SHOWN), online = shown.filter((user) => presenceOf(user)?.online).length;
    const count = `${number(members.length)} member${members.length === 1 ? "" : "s"}, ${number(online)} online`;
    say(byId("group-summary"), members.length ? count : "You are no member of this group.");
    arrange(byId("members"), shown.map((user) => {
        const row = rowOf(user);
        showDot(row.mark, user);
        row.words.replaceChildren(...describe(user));
        row.isOwner.hidden = user !== owner;
        row.button.hidden = owner !== me || user === me;
        return row.node;
    }));
    byId("add-member").hidden = owner !== me;
    byId("leave").hidden = !members.includes(me);
});

const pathOf = (user) => `/v1/groups/${segment(group)}/members/${segment(user)}`;

async function changed(answer) {
    say(byId("add-member-problem"), answer.ok ? "" : problem(answer));
    if (!answer.ok) return;
    await loadMembers();
    loadReceipts();
}

async function remove(user) {
    if (!(await confirmed(`Remove ${user}?`, "From that moment on, nothing that is written here comes to them.", "Remove"))) return;
    await changed(await askAsUser(pathOf(user), { method: "DELETE" }));
    byId("group-summary").focus();
}

byId("add-member").onsubmit = async (event) => {
    event.preventDefault();
    const form = event.target, answer = await askAsUser(pathOf(form.elements.user.value.trim()), { method: "PUT" });
    if (answer.ok) form.reset();
    await changed(answer);
    if (!answer.ok) showProblem(form, answer);
};

byId("leave").onclick = async () => {
    const text = "You can neither read nor write here then, until you are added again.";
    if (!(await confirmed("Leave this group?", text, "Leave"))) return;
    const answer = await askAsUser(pathOf(me), { method: "DELETE" });
    say(byId("add-member-problem"), answer.ok ? "" : problem(answer));
    if (!answer.ok) return;
    location.hash = "#/";
    refresh();
};

onPresence(draw);
