// How sums, times and distances are said.

import { number } from "./groundwork.js";

export const money = (cents, currency = "USD") => {
    try {
        return (cents / 100).toLocaleString("en", { style: "currency", currency });
    } catch {
        return `${(cents / 100).toFixed(2)} ${currency}`;
    }
};
export const length = (meters) => meters < 1000 ? `${number(Math.round(meters))} m` : `${number(meters / 1000)} km`;
export const seconds = (ms) => `${number(Math.max(0, Math.ceil(ms / 1000)))} s`;
export const minutes = (ms) => {
    const left = Math.max(0, Math.ceil(ms / 1000));
    return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
};
export const clock = (time) => new Date(time).toLocaleTimeString("en", { timeStyle: "medium", hourCycle: "h23" });
