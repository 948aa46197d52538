// What every page does: the theme switch, the list of keys, the ways to go, sign-in by link.
import { isTyping } from "./typing.js";
import { csrf } from "./words.js";

const THEMES = ["auto", "light", "dark"];
const PLACES = { r: "/", i: "/inbox", c: "/contacts", s: "/settings" };
const help = document.getElementById("help");
let going = 0;

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : root.dataset.theme === "dark";
  const next = dark ? "light" : "dark";
  if (!THEMES.includes(next)) return;
  root.dataset.theme = next;
  fetch("/api/v1/me", {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify({ theme: next }),
  }).catch(() => {});
}

document.addEventListener("click", (event) => {
  const action = event.target.closest("[data-action]")?.dataset.action;
  if (action === "theme") switchTheme();
  if (action === "help") help?.showModal();
});

document.addEventListener("keydown", (event) => {
  const search = document.querySelector(".search input");
  if (event.key === "Escape" && event.target === search && !event.isComposing) search.blur();
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return help?.showModal();
  if (event.key === "/" && search?.offsetParent) {
    event.preventDefault();
    return search.focus();
  }
  if (event.key === "g") return void (going = Date.now());
  if (Date.now() - going < 1200 && PLACES[event.key]) {
    event.stopImmediatePropagation();
    location.assign(PLACES[event.key]);
  }
  going = 0;
}, true);

// On lists, j and k walk the rows as they walk the queue.
document.addEventListener("keydown", (event) => {
  const rows = [...document.querySelectorAll("[data-rows] a")];
  if (!rows.length || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
});

// A sign-in link opened in a browser goes on by itself; merely fetching it (a mail scanner) uses nothing up.
document.querySelector("form[data-at-once]")?.requestSubmit();

// A button or link that names its key; not on the review page, which has keys of its own.
document.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (document.querySelector("dialog[open], main.review") || !/^[a-z]$/.test(event.key)) return;
  document.querySelector(`[data-key="${event.key}"]`)?.click();
});

// A choice that stands alone takes effect at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A part that changes by itself is fetched anew while somebody looks at it.
const live = document.querySelector("[data-live]");
async function freshen() {
  if (document.hidden || live.contains(document.activeElement)) return;
  const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  const fresh = document.importNode(page.getElementById(live.id), true);
  live.replaceChildren(...fresh.childNodes);
}
if (live) setInterval(() => freshen().catch(() => {}), 5000);
