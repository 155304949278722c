// A part of a conversation's log, without a gap: read backwards by HTTP, forwards by the connection. It never holds much.

import { segment } from "./groundwork.js";
import { askAsUser } from "./identity.js";
import { send } from "./connection.js";

const PAGE = 50, MOST = 300, FAR = 1000, PATIENCE = 5000;

export class Log {
    /** All that exist behind `after`, up to `through`, oldest first. */
    messages = [];
    after = 0;
    through = 0;
    isRead = false;
    /** Whether somebody looks at its end, so that what comes is put there. */
    isFollowed = true;
    /** The last answer that was none. */
    failure = null;
    #turn = 0;
    #reading = false;
    #syncing = 0;
    // What has come, and is not next.
    #ahead = new Map();

    constructor(conversation, changed) { Object.assign(this, { conversation, changed }); }

    get isAtEnd() { return this.through >= this.conversation.lastSeq; }
    get isAtBeginning() { return this.after === 0; }
    get isReading() { return this.#reading; }

    /** Reads the latest, in place of what is there. */
    async begin() {
        const { lastSeq, id, isSettled } = this.conversation, mine = ++this.#turn;
        // Whether there is something to read the list tells, which may be on its way.
        if (!isSettled) return;
        [this.#reading, this.#syncing, this.isRead] = [true, 0, false];
        const after = Math.max(0, lastSeq - PAGE);
        const answer = id && lastSeq ? await this.#ask(after, PAGE) : { ok: true, json: { messages: [] } };
        if (mine !== this.#turn) return;
        this.#reading = false;
        this.failure = answer.ok ? null : answer;
        if (answer.ok) {
            const { messages, epoch } = answer.json;
            this.conversation.epoch = epoch ?? this.conversation.epoch;
            Object.assign(this, { messages, after, through: messages.at(-1)?.seq ?? lastSeq, isRead: true });
            this.#absorb();
        }
        this.changed();
    }

    /** Reads what is before; whether something may be left. */
    async older() {
        if (!this.isRead || this.#reading || this.isAtBeginning) return;
        const mine = this.#turn, upTo = this.after, after = Math.max(0, upTo - PAGE);
        this.#reading = true;
        this.changed();
        const answer = await this.#ask(after, upTo - after);
        if (mine !== this.#turn) return;
        this.#reading = false;
        this.failure = answer.ok ? null : answer;
        if (answer.ok) {
            const messages = answer.json.messages.filter(({ seq }) => seq <= upTo);
            // What is older is not kept any more.
            this.after = messages.length ? after : 0;
            this.messages = [...messages, ...this.messages];
            if (this.messages.length > MOST) {
                this.messages.length = MOST;
                this.through = this.messages.at(-1).seq;
            }
        }
        this.changed();
    }

    /** A message has come. */
    take(message) {
        if (message.seq <= this.through && this.isRead) return;
        // An old conversation, far down the list.
        if (this.isRead && !this.through && message.seq > PAGE) return void this.begin();
        if (!this.isRead || this.#ahead.size < MOST) this.#ahead.set(message.seq, message);
        if (!this.#syncing && this.isRead) this.#absorb();
        this.changed();
    }

    /** Asks for what is behind, where something is missing. */
    newer(isWanted = !this.isAtEnd) {
        const now = performance.now();
        if (!this.isRead || !isWanted || !this.conversation.id || (this.#syncing && now - this.#syncing < PATIENCE)) return;
        if (this.conversation.lastSeq - this.through > FAR && this.isFollowed) return void this.begin();
        const { id } = this.conversation;
        if (send({ type: "sync", conversation: id, after: this.through, limit: 200 })) this.#syncing = now;
    }

    synced(through) {
        if (!this.isRead || !this.#syncing) return;
        this.#syncing = 0;
        const came = [...this.#ahead.keys()].filter((seq) => seq <= through).sort((one, other) => one - other);
        for (const seq of came) this.#append(seq);
        this.through = Math.max(this.through, Math.min(through, this.conversation.lastSeq));
        this.#absorb();
        this.changed();
        if (this.isFollowed && came.length) this.newer();
    }

    /** The connection has ended, and with it what was asked for. */
    lost() { this.#syncing = 0; }

    #absorb() {
        for (const seq of this.#ahead.keys()) if (seq <= this.through) this.#ahead.delete(seq);
        // Whoever reads further up is not to be moved, and may have the rest when he comes down.
        while (this.#ahead.has(this.through + 1) && (this.isFollowed || this.messages.length < MOST)) {
            this.#append(this.through + 1);
        }
    }

    #append(seq) {
        const message = this.#ahead.get(seq);
        this.#ahead.delete(seq);
        if (seq <= this.through) return;
        this.messages.push(message);
        this.through = seq;
        if (this.messages.length <= MOST) return;
        this.messages.splice(0, this.messages.length - MOST);
        this.after = this.messages[0].seq - 1;
    }

    #ask(after, limit) {
        return askAsUser(`/v1/conversations/${segment(this.conversation.id)}/messages?after=${after}&limit=${limit}`);
    }
}
