// The statistics of one link: figures, a chart by day with a table of the same, referrers, countries. Followed while they are
// looked at.

import { byId, element, isRefused, number, problem, repeat, roundTop, segment, setText, shape, wantsToken } from "./groundwork.js";
import { askAsOwner } from "./identity.js";

const DAY = 86_400_000;
let chosen = "", loaded = "", statistics = null, refusal = null;

/** Turns to a link; to none with an empty id. */
export function showStatistics(id) {
    [chosen, loaded, statistics, refusal] = [id, "", null, null];
    setText("statistics-of", id && `of ${id}`);
    setText("statistics-problem", "");
    byId("statistics").hidden = true;
    byId("administration").hidden = true;
    byId("no-statistics").hidden = Boolean(id);
    return load();
}

async function load() {
    const id = chosen;
    if (!id || refusal) return;
    const answer = await askAsOwner(`/v1/links/${segment(id)}/stats`);
    if (id !== chosen || !answer.status) return;
    setText("statistics-problem", answer.ok ? "" : problem(answer));
    // Asked again it would be refused again: until somebody else asks.
    refusal = isRefused(answer) ? answer : null;
    byId("administration").hidden = !refusal;
    if (!answer.ok || answer.text === loaded) return;
    [loaded, statistics] = [answer.text, answer.json];
    byId("statistics").hidden = false;
    draw();
}

repeat(2000, load);
byId("days").onchange = () => statistics && drawDays();
byId("use-token").onclick = async () => {
    if (refusal && (await wantsToken(refusal))) await showStatistics(chosen);
};

function draw() {
    const { visits, uniqueVisitors, botVisits, lastVisitAt, byDay, referrers, countries } = statistics;
    setText("visits", number(visits));
    setText("unique-visitors", number(uniqueVisitors));
    setText("bot-visits", number(botVisits));
    const last = lastVisitAt && new Date(lastVisitAt);
    setText("last-visit", last ? last.toLocaleDateString("en", { dateStyle: "medium" }) : "none yet");
    setText("last-visit-time", last ? last.toLocaleTimeString("en", { timeStyle: "medium", hourCycle: "h23" }) : "");
    byId("no-visits").hidden = visits > 0;
    byId("visited").hidden = visits === 0;
    drawDays();

    const newestFirst = byDay.toSorted((one, other) => other.day.localeCompare(one.day));
    byId("by-day").replaceChildren(...newestFirst.map(({ day, visits }) => row(day, number(visits))));

    drawShares("referrers", referrers.map(({ host, visits }) => [host, visits]));
    byId("no-referrers").hidden = referrers.length > 0;
    byId("referrers-table").hidden = referrers.length === 0;
    drawShares("countries", countries.map(({ country, visits }) => [countryName(country), visits]));
    byId("by-country").hidden = countries.length === 0;
}

/** Fills a table with `[name, visits]`. */
function drawShares(id, parts) {
    const sum = parts.reduce((total, [, visits]) => total + visits, 0);
    byId(id).replaceChildren(
        ...parts.map(([name, visits]) => row(name, number(visits), `${number(100 * visits / sum)} %`)));
}

const countryNames = new Intl.DisplayNames("en", { type: "region" });
const countryName = (code) => /^[A-Z]{2}$/.test(code) ? countryNames.of(code) : code;

const row = (name, ...cells) =>
    element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", {}, text)));

// MARK: The chart, 600 by 150

/** `[day, visits]` for each of the last `count` days, also those without a visit. */
function lastDays(count) {
    const visits = new Map(statistics.byDay.map(({ day, visits }) => [day, visits]));
    // The server's clock may be ahead of this machine's.
    const today = new Date().toISOString().slice(0, 10);
    const last = Date.parse([...visits.keys(), today].reduce((one, other) => one > other ? one : other));
    return Array.from({ length: count }, (_, index) => {
        const day = new Date(last - (count - 1 - index) * DAY).toISOString().slice(0, 10);
        return [day, visits.get(day) ?? 0];
    });
}

function drawDays() {
    const days = lastDays(Number(byId("days").value));
    const most = days.reduce((one, other) => other[1] > one[1] ? other : one);
    const top = roundTop(most[1]);
    setText("days-top", number(top));
    setText("days-first", days[0][0]);
    setText("days-last", days.at(-1)[0]);

    const sum = days.reduce((total, [, visits]) => total + visits, 0);
    byId("chart").setAttribute("aria-label", sum
        ? `A bar for each of ${days.length} days: ${number(sum)} visits in all, most on ${most[0]}: ${number(most[1])}.`
        : `No visit in the last ${days.length} days.`);
    const width = 600 / days.length;
    byId("bars").replaceChildren(
        ...days.map(([day, visits], index) => bar(index * width, width, visits / top, `${day}: ${number(visits)}`)));
}

/** Its ground reaches to the top, so that a low bar is as easy to point at as a high one. */
function bar(x, width, share, title) {
    const node = shape("g", {});
    node.append(
        Object.assign(shape("title", {}), { textContent: title }),
        shape("path", { "fill-opacity": 0, d: `M${x} 0h${width}v150h${-width}z` }),
        shape("path", { d: `M${x + width / 10} 150v${-150 * share}h${width * 0.8}v${150 * share}z` }));
    return node;
}
