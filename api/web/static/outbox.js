// Decisions go out one after the other, each tried again while the network fails; nothing is lost silently.
import { csrf } from "./words.js";

const WAITS_MS = [400, 1200, 3600];
let last = Promise.resolve();
let open = 0;

export class Refused extends Error {
  constructor(status) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

export function post(path, form, { onRetry } = {}) {
  open += 1;
  const sent = last.then(() => attempt(path, form, onRetry));
  last = sent.then(() => {}, () => {}).finally(() => { open -= 1; });
  return sent;
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
