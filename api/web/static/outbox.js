// Decisions are sent at once, each tried again while the network fails; nothing is lost silently.
import { csrf } from "./words.js";

const WAITS_MS = [400, 1200, 3600];
let open = 0;

export class Refused extends Error {
  constructor(status) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

export async function post(path, form, { onRetry } = {}) {
  open += 1;
  try {
    return await attempt(path, form, onRetry);
  } finally {
    open -= 1;
  }
}

async function attempt(path, form, onRetry) {
  for (const wait_ms of [...WAITS_MS, null]) {
    try {
      const response = await fetch(path, {
        method: "POST",
        keepalive: true,
        headers: { Accept: "application/json", "X-CSRF-Token": csrf },
        body: form,
      });
      if (response.ok) return await response.json();
      if (response.status < 500) throw new Refused(response.status);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    if (wait_ms === null) break;
    onRetry?.();
    await new Promise((resolve) => setTimeout(resolve, wait_ms));
  }
  throw new Refused(0);
}

addEventListener("beforeunload", (event) => {
  if (open) event.preventDefault();
});
