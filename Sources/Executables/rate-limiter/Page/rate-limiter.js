// The rate limiter's page, on nothing but the service's public HTTP interface.

import {
    administer, ask, byId, confirmed, copies, element, number, problem, repeat, replaceRows, roundTop, rowButton, segment, setText,
    showProblem, sleep,
} from "./groundwork.js";

const draw = (id, path) => byId(id)?.setAttribute("d", path || "");

// MARK: Time in words

const UNITS = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1000, millisecond: 1 };
const unitOf = (ms) => Object.keys(UNITS).find((unit) => ms % UNITS[unit] === 0) ?? "millisecond";

function period(ms) {
    const unit = unitOf(ms);
    return ms === UNITS[unit] ? unit : `${number(ms / UNITS[unit])} ${unit}s`;
}

function duration(ms) {
    const unit = ["day", "hour", "minute"].find((unit) => ms >= UNITS[unit]) ?? "second";
    return `${(ms / UNITS[unit]).toFixed(1)} ${unit}s`;
}

const wait = (ms) => ms < UNITS.minute ? `${number(ms / 1000)} s` : duration(ms);

// MARK: Trying a policy

const { policy: policyField, key: keyField, cost: costField } = byId("check").elements;
const bucketPath = () => `${segment(policyField.value)}/${segment(keyField.value)}`;
const checkPath = () => `/v1/check/${bucketPath()}?cost=${costField.value}`;

async function check() {
    const path = bucketPath();
    const answer = await ask(checkPath());
    showAnswer(answer);
    if (isDecision(answer) && path === bucket.path) observe(answer.json);
    return answer;
}

const isDecision = ({ json }) => typeof json?.allowed === "boolean";

/** An answer in words and with a sign, so that colour is never all there is. */
function outcome(answer) {
    if (!isDecision(answer)) return [`! ${answer.status || "no answer"}`, "bad"];
    if (answer.json.wouldAllow === false) return ["◐ would refuse", "hint"];
    return answer.json.allowed ? ["✓ allowed", "good"] : ["✕ refused", "bad"];
}

function showAnswer(answer) {
    const { json, headers, ms } = answer;
    const [text, className] = outcome(answer);
    const details = isDecision(answer)
        ? [`${json.remaining}/${json.limit}`, wait(json.retryAfterMs), json.decidedBy, `${ms.toFixed(1)} ms`]
        : [problem(answer)];
    const cells = details.map((text) => element("td", { colSpan: 5 - details.length }, text));
    byId("answers").prepend(element("tr", {}, element("td", { className }, text), ...cells));
    byId("answers").children[50]?.remove();
    for (const name of document.querySelectorAll("#headers dt")) {
        name.nextElementSibling.textContent = headers.get(name.textContent) ?? "–";
    }
}

byId("check").onsubmit = async (event) => {
    event.preventDefault();
    const answer = await check();
    setText("result", isDecision(answer) ? `${outcome(answer)[0]}, ${number(answer.json.remaining)} left` : problem(answer));
};

let flooding = false;

byId("flood").onsubmit = async (event) => {
    event.preventDefault();
    // One button starts and stops, so that the focus never sits on a button that is gone.
    flooding = !flooding && byId("check").reportValidity();
    if (!flooding) return;
    setText("flood-button", "Stop");
    setText("result", "Flooding…");
    await flood(event.target.count.value, event.target.rate.value);
    flooding = false;
    setText("flood-button", "Flood");
};

/** Sends `count` checks, `perSecond` a second, until one has no answer or somebody stops it. */
async function flood(count, perSecond) {
    const began = performance.now(), tally = {}, pending = [];
    for (let sent = 0; sent < count && flooding; sent++) {
        await sleep(began + sent * 1000 / perSecond - performance.now());
        pending.push(check().then((answer) => {
            const [text] = outcome(answer);
            tally[text] = (tally[text] ?? 0) + 1;
            flooding &&= answer.status > 0;
        }));
    }
    await Promise.all(pending);
    setText("result", Object.entries(tally).map(([text, times]) => `${text}: ${times}`).join(", "));
}

copies(byId("copy"), byId("curl"));

// MARK: Charts, 600 by 150

/** Draws `points` (`[time, value]`, oldest first) as line and area, cut where nothing was measured for a while. */
function plot(name, points, span, top) {
    const now = performance.now();
    let line = "", area = "", previous = -Infinity;
    for (const [time, value] of points) {
        const x = (600 - 600 * (now - time) / span).toFixed(1);
        const y = (150 - 150 * value / top).toFixed(1);
        const begins = time - previous > 2500;
        line += `${begins ? "M" : "L"}${x} ${y}`;
        area += begins ? `${area && "V150Z"}M${x} 150V${y}` : `L${x} ${y}`;
        previous = time;
    }
    draw(`${name}-line`, line);
    draw(`${name}-area`, area && `${area}V150Z`);
}

// MARK: The bucket

const ALGORITHMS = {
    "token-bucket": "A token bucket refills evenly, up to its capacity.",
    "sliding-window": "A sliding window gives each request back one period after it was made.",
    "fixed-window": "A fixed window is full again when the next begins: around then twice its capacity can pass.",
};
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const bucket = { path: "", answer: null, time: 0, shown: 0, history: [] };

/** What is left at `now`, with fractions: between two answers the refill goes on. */
function level(now) {
    const { limit, remaining, resetAfterMs, policy: name } = bucket.answer;
    const policy = policies.get(name);
    const untilFull = Math.max(0, bucket.time + resetAfterMs - now);
    if (policy?.algorithm !== "token-bucket") return untilFull > 0 ? remaining : limit;
    return Math.min(limit, Math.max(remaining, limit - untilFull * policy.refillTokens / policy.refillPeriodMs));
}

function observe(answer) {
    const now = performance.now();
    Object.assign(bucket, { answer, time: now });
    bucket.history = [...bucket.history, [now, level(now) / answer.limit]].filter(([time]) => now - time < 60_000);
    const { limit, remaining, retryAfterMs, resetAfterMs } = answer;
    setText("remaining", number(remaining));
    setText("limit", `of ${number(limit)} left`);
    setText("bucket-text", retryAfterMs > 0 && !remaining ? `Empty. The next may pass in ${duration(retryAfterMs)}.`
        : remaining < limit ? `Full again in ${duration(resetAfterMs)}.` : "Full.");
    setText("level-top", number(limit));
    plot("level", bucket.history, 60_000, 1);
}

function drawWater(now) {
    requestAnimationFrame(drawWater);
    if (!bucket.answer) return;
    const rest = level(now) / bucket.answer.limit - bucket.shown;
    if (rest === 0) return;
    bucket.shown += stillness.matches || Math.abs(rest) < 0.001 ? rest : rest * 0.18;
    const y = 172 - 128 * bucket.shown;
    const half = 58 + (172 - y) / 6.9;
    draw("water", `M${100 - half} ${y} 42 172A58 8 0 0 0 158 172L${100 + half} ${y}Z`);
    draw("surface", bucket.shown && `M${100 - half} ${y}a7 1 0 0 0 ${2 * half} 0a7 1 0 0 0 ${-2 * half} 0`);
}

/** Turns the page to the bucket that the form names. */
function watch() {
    const policy = policies.get(policyField.value);
    costField.max = policy?.capacity ?? "";
    setText("algorithm", ALGORITHMS[policy?.algorithm] ?? "");
    setText("curl", `curl -i '${location.origin}${checkPath()}'`);
    setText("bucket-name", `${policyField.value} / ${keyField.value}`);
    const path = bucketPath();
    if (path !== bucket.path) Object.assign(bucket, { path, answer: null, history: [] });
}

async function pollBucket() {
    const { path } = bucket;
    if (!keyField.validity.valid) return;
    const answer = await ask(`/v1/buckets/${path}`);
    if (path !== bucket.path || !answer.status) return;
    if (answer.ok) return observe(answer.json);
    setText("remaining", "–");
    setText("limit", "");
    setText("bucket-text", problem(answer));
}

byId("check").oninput = watch;
byId("reset").onclick = async () => {
    const answer = await administer(`/v1/buckets/${bucket.path}`, { method: "DELETE" });
    if (!answer.ok) showAnswer(answer);
};

// MARK: Policies

const policies = new Map();
const form = byId("policy");
const fields = form.elements;
let loaded = "";

/** What a policy lets pass, as one would say it. */
function meaning({ algorithm, capacity, refillTokens, refillPeriodMs }) {
    const time = period(refillPeriodMs);
    if (algorithm === "token-bucket") return `${number(capacity)} at once, then ${number(refillTokens)} every ${time}`;
    return `${number(capacity)} in ${algorithm === "sliding-window" ? "any" : "each"} ${time}`;
}

async function loadPolicies() {
    const answer = await ask("/v1/policies");
    if (!answer.ok || answer.text === loaded) return;
    loaded = answer.text;
    policies.clear();
    for (const policy of answer.json.policies) policies.set(policy.name, policy);

    const chosen = policyField.value;
    policyField.replaceChildren(...Array.from(policies.keys(), (name) => new Option(name, name, false, name === chosen)));
    watch();

    replaceRows("policies", Array.from(policies.values(), row), "add");
}

function row(policy) {
    const { name, algorithm, onRedisFailure, shadow } = policy;
    const button = (text, action) => rowButton(text, name, () => action(policy));
    const cell = (title, ...children) => element("td", { title }, ...children);
    return element("tr", {},
        element("th", { scope: "row" }, name, shadow ? element("span", { className: "badge hint" }, "shadow") : ""),
        cell("Lets pass", meaning(policy)), cell("Algorithm", algorithm), cell("When Redis fails", onRedisFailure),
        element("td", {}, button("Edit", edit), " ", button("Delete", remove)));
}

/** Opens the form on a policy, or on a new one. */
function edit(policy) {
    form.reset();
    setText("policy-title", policy ? `Edit ${policy.name}` : "Add a policy");
    fields.name.readOnly = Boolean(policy);
    if (policy) {
        for (const name in policy) if (fields[name]) fields[name].value = policy[name];
        fields.unit.value = unitOf(policy.refillPeriodMs);
        fields.refillPeriodMs.value = policy.refillPeriodMs / UNITS[fields.unit.value];
        fields.shadow.checked = policy.shadow;
    }
    showProblem(form);
    setText("policies-problem", "");
    explain();
    form.parentElement.showModal();
    if (policy) fields.capacity.focus();
}

function entered() {
    const { unit, ...policy } = Object.fromEntries(new FormData(form));
    return {
        ...policy,
        capacity: Number(policy.capacity),
        refillTokens: Number(policy.refillTokens || policy.capacity),
        refillPeriodMs: Math.round(policy.refillPeriodMs * UNITS[unit]),
        shadow: fields.shadow.checked,
    };
}

function explain() {
    fields.refillTokens.disabled = fields.algorithm.value !== "token-bucket";
    const policy = entered();
    const example = policy.capacity && policy.refillPeriodMs ? `This one: ${meaning(policy)}.` : "";
    setText("policy-text", `${ALGORITHMS[policy.algorithm]} ${example}`);
    const taken = !fields.name.readOnly && policies.has(policy.name);
    fields.name.setCustomValidity(taken ? "A policy of this name is there already." : "");
}

form.oninput = explain;
form.onsubmit = async (event) => {
    event.preventDefault();
    const policy = entered();
    const answer = await administer(`/v1/policies/${segment(policy.name)}`, { method: "PUT", body: policy });
    showProblem(form, answer);
    if (answer.ok) form.parentElement.close();
    await loadPolicies();
};

async function remove({ name }) {
    setText("policies-problem", "");
    const consequence = name === "default" ? "It goes back to 100 per minute." : "Checks of it will be answered 404.";
    if (!(await confirmed(`Delete ${name}?`, consequence, "Delete"))) return;
    const answer = await administer(`/v1/policies/${segment(name)}`, { method: "DELETE" });
    setText("policies-problem", answer.ok ? "" : problem(answer));
    await loadPolicies();
}

byId("add").onclick = () => edit();

// MARK: Decisions per second

const OUTCOMES = ["allowed", "refused", "shadow-refused"];
let counters = new Map(), countedAt = -Infinity, rates = [];

/** The sum of all series (`labels -> count`) with a certain label. */
const sum = (series, label, value) =>
    [...series].reduce((total, [labels, count]) => labels.includes(`${label}="${value}"`) ? total + count : total, 0);

async function countDecisions() {
    const answer = await ask("/metrics");
    if (!answer.ok) return;
    const lines = answer.text.matchAll(/^rate_limiter_decisions_total\{(.*)\} (\S+)/gm);
    const current = new Map(Array.from(lines, ([, labels, count]) => [labels, Number(count)]));
    const now = performance.now(), seconds = (now - countedAt) / 1000;
    // After a pause nobody knows when it happened: start anew rather than draw a wrong rate.
    if (seconds < 5) {
        const grown = Array.from(current, ([labels, count]) => {
            const before = counters.get(labels) ?? 0;
            // A counter that fell has started again from zero: all of it is new.
            return [labels, (count < before ? count : count - before) / seconds];
        });
        rates.push([now, ...OUTCOMES.map((name) => sum(grown, "outcome", name))]);
        rates = rates.filter(([time]) => now - time < 120_000);
        drawRates();
    }
    [counters, countedAt] = [current, now];
    for (const name of document.querySelectorAll("#decided-by dt")) {
        name.nextElementSibling.textContent = number(sum(current, "decided_by", name.textContent));
    }
}

function drawRates() {
    const top = roundTop(Math.max(...rates.flatMap(([, ...values]) => values)));
    setText("rate-top", number(top));
    OUTCOMES.forEach((name, index) => {
        plot(name, rates.map((rate) => [rate[0], rate[index + 1]]), 120_000, top);
        setText(`${name}-rate`, `${number(rates.at(-1)[index + 1])}/s`);
    });
}

watch();
repeat(250, pollBucket);
repeat(1000, countDecisions);
repeat(3000, loadPolicies);
// A screen reader is told no faster than it can speak.
repeat(6000, async () => setText("spoken", `Bucket: ${byId("remaining").textContent} ${byId("limit").textContent}.`));
requestAnimationFrame(drawWater);
