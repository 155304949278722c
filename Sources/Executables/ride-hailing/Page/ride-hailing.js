// The page of ride-hailing, on nothing but the service's public interface.

import { setText } from "./groundwork.js";

const reply = await fetch("/health/ready").catch(() => undefined);
setText("health", reply?.ok ? "ready" : "not ready");
