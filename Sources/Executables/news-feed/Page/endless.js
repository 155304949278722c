// A list that is read page by page, as far as somebody scrolls.

import { element, problem, repeat, say, segment } from "./groundwork.js";
import { askAsUser } from "./identity.js";

export class EndlessList {
    /** What is shown, newest first: id or name -> `{ item, node, update }`. */
    entries = new Map();
    path = "";
    // Where the next page begins; "": the first. null: nothing is left.
    #next = null;
    #turn = 0;
    #isReading = false;
    #isWanting = false;
    #observer = null;
    // Put first while the beginning was being read, which may or may not hold them.
    #early = [];

    /** @param node for the items. Words, and a button for more, are put behind it. */
    constructor(node, { isEndless = true } = {}) {
        this.node = node;
        this.words = element("p", { className: "muted" });
        this.problem = element("p", { className: "bad", role: "alert" });
        this.more = element("button", { type: "button", hidden: true, onclick: () => this.#readOn(true) }, "Show more");
        node.after(this.words, this.problem, element("p", { className: "actions" }, this.more));
        if (!isEndless) return;
        this.#observer = new IntersectionObserver(
            (seen) => { if (seen.at(-1).isIntersecting) this.#readOn(); }, { rootMargin: "1000px" });
        // The server may have been away.
        repeat(3000, async () => { if (this.#isWanting) await this.#readOn(); });
    }

    /**
     * Shows another list, from its beginning.
     * @param draw makes an entry of an item.
     * @param nothing words for a list without any.
     */
    show(path, draw, nothing) {
        this.clear();
        Object.assign(this, { path, draw, nothing });
        return this.begin();
    }

    /** Shows nothing; what is under way no longer counts. */
    clear(words = "") {
        this.#turn++;
        this.path = "";
        [this.entries, this.#next, this.#isReading, this.#isWanting] = [new Map(), null, false, false];
        this.node.replaceChildren();
        this.more.hidden = true;
        say(this.problem, "");
        say(this.words, words);
    }

    /** Reads the list anew, in place of what is shown; whether that went well. */
    begin() { return this.#read(""); }

    async #readOn(wasAsked = false) {
        if (this.#isReading || this.#next === null) return;
        const before = this.entries.size;
        // The button may be gone with the last page.
        if ((await this.#read(this.#next)) && wasAsked) [...this.entries.values()][before]?.node.focus();
    }

    async #read(from) {
        const mine = ++this.#turn;
        this.#early = [];
        this.#isReading = true;
        this.node.ariaBusy = "true";
        const answer = await askAsUser(`${this.path}?limit=20${from && `&cursor=${segment(from)}`}`);
        // Meanwhile the list was read anew, or is another.
        if (mine !== this.#turn) return false;
        this.#isReading = false;
        this.node.ariaBusy = "false";
        this.#isWanting = !answer.status || answer.status >= 500;
        say(this.problem, answer.ok ? "" : problem(answer));
        if (answer.ok) this.#take(answer.json, from);
        else this.#next = answer.status === 400 ? "" : from;
        this.#showEnd(answer.ok);
        return answer.ok;
    }

    #take({ nextCursor, ...members }, from) {
        const [read] = Object.values(members), known = this.entries, nodes = [];
        const missing = from ? [] : this.#early.filter(({ id }) => read.every((item) => item.id !== id));
        if (!from) this.entries = new Map();
        for (const item of [...missing, ...read]) {
            const key = item.id ?? item;
            if (this.entries.has(key)) continue;
            const entry = known.get(key) ?? this.draw(item);
            entry.update?.(item);
            this.entries.set(key, entry);
            nodes.push(entry.node);
        }
        if (from) this.node.append(...nodes);
        else this.node.replaceChildren(...nodes);
        this.#next = nextCursor;
    }

    #showEnd(isWell) {
        this.#number();
        say(this.more, isWell ? "Show more" : "Try again");
        this.more.hidden = this.#next === null;
        const isEnd = isWell && this.#next === null;
        say(this.words, !isEnd ? "" : this.entries.size ? "That is all." : this.nothing);
        // Asked again it tells whether the end is still near.
        if (isWell) {
            this.#observer?.unobserve(this.more);
            this.#observer?.observe(this.more);
        }
    }

    /** Tells those who do not see it how far down each is. */
    #number() {
        let place = 0;
        for (const { node } of this.entries.values()) {
            node.ariaPosInSet = ++place;
            node.ariaSetSize = this.#next === null ? this.entries.size : -1;
        }
    }

    get isReading() { return this.#isReading; }
    has(key) { return this.entries.has(key); }
    get first() { return this.entries.values().next().value?.item; }

    prepend(item) {
        if (this.has(item.id)) return;
        if (this.#isReading) this.#early.unshift(item);
        const entry = this.draw(item);
        this.entries = new Map([[item.id, entry], ...this.entries]);
        this.node.prepend(entry.node);
        this.#number();
        if (this.#next === null) say(this.words, "That is all.");
    }

    update(item) { this.entries.get(item.id)?.update(item); }

    remove(key) {
        const node = this.entries.get(key)?.node;
        if (!node) return;
        const heir = node.contains(document.activeElement) && (node.nextElementSibling ?? node.previousElementSibling);
        this.entries.delete(key);
        node.remove();
        if (heir) heir.focus();
        if (!this.entries.size && this.#next === null) say(this.words, this.nothing);
    }
}
