// A WebSocket that is opened anew by itself, after a random while that grows: who lost a server does not come with all others.

const LONGEST_DELAY = 8000;
const all = new Set();

export class LiveSocket {
    #socket = null;
    #timer = 0;
    #tries = 0;

    /**
     * @param path and parameters, on this very host.
     * @param told `frame` of each frame; `opened` when there may be news that were missed; `lost`, and whether it had been open.
     */
    constructor(path, told) {
        Object.assign(this, { path, told });
        all.add(this);
        this.#connect();
    }

    get isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

    #connect() {
        this.#timer = 0;
        const socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}${this.path}`);
        this.#socket = socket;
        let hasOpened = false;
        const isCurrent = () => socket === this.#socket;
        socket.onopen = () => {
            if (!isCurrent()) return;
            hasOpened = true;
            this.#tries = 0;
            this.told.opened();
        };
        socket.onmessage = ({ data }) => { if (isCurrent()) this.told.frame(JSON.parse(data)); };
        socket.onclose = () => {
            if (!isCurrent()) return;
            const most = Math.min(LONGEST_DELAY, 500 * 2 ** this.#tries++);
            this.#timer = setTimeout(() => this.#connect(), 100 + Math.random() * most);
            this.told.lost(hasOpened);
        };
    }

    /** Whether it was sent. What is sent may still be lost with the connection. */
    send(frame) {
        if (this.isOpen) this.#socket.send(JSON.stringify(frame));
        return this.isOpen;
    }

    /** Does not wait any longer, but a little, at random. */
    hasten(most) {
        if (!this.#timer) return;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#connect(), Math.random() * most);
    }

    /** The connection is of no use any more: another one. */
    renew() {
        if (this.#timer) return this.hasten(300);
        this.#socket?.close();
        this.#connect();
    }

    close() {
        clearTimeout(this.#timer);
        this.#socket?.close();
        this.#socket = null;
        all.delete(this);
    }
}

const hasten = (most) => { for (const socket of all) socket.hasten(most); };
let wasReady = true;
document.addEventListener("readiness", ({ detail: { ok } }) => {
    if (ok && !wasReady) hasten(1000);
    wasReady = ok;
});
// What was open before hardly lives any more, even if nobody has noticed.
addEventListener("online", () => { for (const socket of all) socket.renew(); });
