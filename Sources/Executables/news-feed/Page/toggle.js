// Something that is on or off: shown at once as it is wished for, asked for one request at a time, put back where that fails.

export class Toggle {
    #isAsking = false;

    /**
     * @param isOn as the server last said.
     * @param ask asks the server for `true` or `false`; whether it did so.
     * @param show draws what is `wished`.
     */
    constructor(isOn, ask, show) {
        Object.assign(this, { isOn, wished: isOn, ask, show });
    }

    /** Takes over what the server says, unless something else is wished for meanwhile. */
    learn(isOn) {
        this.isOn = isOn;
        if (!this.#isAsking) this.wished = isOn;
    }

    async turn(wished) {
        this.wished = wished;
        this.show();
        if (this.#isAsking) return;
        this.#isAsking = true;
        while (this.wished !== this.isOn) {
            const asked = this.wished;
            if (await this.ask(asked)) this.isOn = asked;
            else this.wished = this.isOn;
        }
        this.#isAsking = false;
        this.show();
    }
}
