// The review queue: one item, one key, and the next is there.
import { watchEvidence } from "./evidence.js";
import { Refused, post } from "./outbox.js";
import { toast } from "./toasts.js";
import { isComposing, isTyping } from "./typing.js";
import { say } from "./words.js";

const main = document.getElementById("main");
const list = document.querySelector("[data-queue]");
const AHEAD = 6;
const fetched = new Map();
const decided = []; // what was decided on this page, last one last: promises of the server's answers

// ---- the queue

const entries = () => [...list.children].filter((entry) => !entry.classList.contains("done"));
const entryOf = (id) => [...list.children].find((entry) => entry.dataset.id === id);
const item = () => main.querySelector(".item:not([data-left])"); // what was decided is no longer there to decide
const form = () => item()?.querySelector("form");
const editing = () => form()?.dataset.mode === "edit";

function count(step) {
  for (const place of document.querySelectorAll("[data-count], [data-waiting]")) {
    place.textContent = Math.max(0, Number(place.textContent) + step);
  }
}

function part(id) {
  if (!fetched.has(id)) {
    const loading = load(`/review/${encodeURIComponent(id)}`);
    loading.catch(() => fetched.delete(id));
    fetched.set(id, loading);
  }
  return fetched.get(id);
}

async function load(address) {
  for (const wait_ms of [300, 900, null]) {
    const response = await fetch(address).catch(() => null);
    if (response?.ok) return response.text();
    if (response && response.status < 500) throw new Refused(response.status);
    if (wait_ms) await new Promise((resolve) => setTimeout(resolve, wait_ms));
  }
  throw new Refused(0);
}

function prefetch(id) {
  const all = entries();
  const at = all.findIndex((entry) => entry.dataset.id === id);
  for (const entry of all.slice(at + 1, at + 1 + AHEAD)) part(entry.dataset.id).catch(() => {});
  if (all.length - at <= AHEAD && list.dataset.next) more();
}

async function more() {
  const address = list.dataset.next;
  delete list.dataset.next;
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) return void (list.dataset.next = address);
  const box = document.createElement("template");
  box.innerHTML = await response.text();
  const found = box.content.querySelector("[data-queue]");
  list.append(...[...found.children].filter((entry) => !entryOf(entry.dataset.id)));
  if (found.dataset.next) list.dataset.next = found.dataset.next;
}

async function show(id, { keep = true } = {}) {
  let html;
  try {
    html = await part(id);
  } catch (error) {
    if (error.status === 0) return void toast(say("toast.load_failed"), { bad: true });
    return location.assign(`/?suggestion=${encodeURIComponent(id)}`);
  }
  place(html);
  for (const link of list.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
  const link = entryOf(id)?.querySelector("a");
  link?.setAttribute("aria-current", "true");
  link?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (keep) history.replaceState(null, "", `/?suggestion=${encodeURIComponent(id)}`);
  prefetch(id);
}

function place(html) {
  const box = document.createElement("template");
  box.innerHTML = html.trim();
  const next = box.content.firstElementChild;
  main.querySelector(".item, [data-empty]")?.replaceWith(next);
  main.classList.toggle("is-empty", next.hasAttribute("data-empty"));
  scrollTo(0, 0);
  next.querySelector(".mail")?.focus({ preventScroll: true });
}

async function showEmpty() {
  let html;
  try {
    html = await load("/review/empty");
  } catch {
    return void toast(say("toast.load_failed"), { bad: true });
  }
  place(html);
  history.replaceState(null, "", "/");
}

function walk(step) {
  const all = entries();
  const at = all.findIndex((entry) => entry.dataset.id === item()?.dataset.id);
  const next = all[at + step];
  if (next) show(next.dataset.id);
}

function leave(id) {
  const all = entries();
  const at = all.findIndex((entry) => entry.dataset.id === id);
  const next = all[at + 1] ?? all[at - 1];
  entryOf(id)?.classList.add("done");
  item().dataset.left = "";
  count(-1);
  return next ? show(next.dataset.id) : showEmpty();
}

async function comeBack(id) {
  const entry = entryOf(id);
  if (!entry) return location.assign(`/?suggestion=${encodeURIComponent(id)}`);
  if (entry.classList.contains("done")) count(1);
  entry.classList.remove("done");
  await show(id);
}

// ---- decisions

function changed() {
  const fields = [...form().querySelectorAll(".edit .input")].some((field) => field.value !== field.dataset.first);
  return fields || [...form().querySelectorAll("[type=radio]:checked")].some((choice) => !choice.dataset.first);
}

function decide(decision) {
  if (decision === "undo") return undo();
  const shown = item();
  if (!shown?.querySelector(".actions") || (decision === "edit" && !form().reportValidity())) return;
  const sent = new URLSearchParams(new FormData(form()));
  sent.set("decision", decision);
  const { id } = shown.dataset;
  const title = shown.querySelector("[data-title]").textContent;
  const done = decision === "accept" && changed() ? "edit" : decision.split("-")[0];
  if (decision === "mute") silence(entryOf(id)?.dataset.person, id);
  leave(id);
  toast(say(`toast.${done}`, { title }), { action: { label: say("action.undo"), key: "u", run: undo } });
  const answer = post(`/suggestions/${encodeURIComponent(id)}`, sent, { onRetry: () => toast(say("toast.retrying")) });
  decided.push(answer);
  answer.then(
    () => fetched.delete(id),
    (error) => {
      decided.splice(decided.indexOf(answer), 1);
      refused(id, error.status);
    },
  );
}

function silence(person, except) {
  for (const entry of entries().filter((one) => person && one.dataset.person === person && one.dataset.id !== except)) {
    entry.classList.add("done");
    count(-1);
  }
}

async function refused(id, status) {
  if (status === 401) return toast(say("toast.signed_out"), { bad: true });
  if (status === 409 || status === 404) {
    toast(say("toast.conflict"), { bad: true });
    fetched.delete(id);
    const html = await part(id).catch(() => "");
    return html.includes('class="actions"') ? comeBack(id) : undefined;
  }
  toast(say("toast.failed"), { bad: true });
  return comeBack(id);
}

async function undo() {
  const last = await decided.pop()?.catch(() => null);
  if (last === null) return; // it was refused, and has come back already
  try {
    const back = await post("/undo", new URLSearchParams(last ? { decision: last.decision_id } : {}));
    toast(say("toast.undone"));
    fetched.delete(back.suggestion_id);
    if (last?.action === "mute") location.assign(`/?suggestion=${encodeURIComponent(back.suggestion_id)}`);
    else await comeBack(back.suggestion_id);
  } catch (error) {
    toast(say(error.status === 409 || error.status === 404 ? "toast.nothing_to_undo" : "toast.undo_failed"), { bad: true });
  }
}

// ---- the form

function edit() {
  const shown = form();
  if (!shown?.querySelector(".actions")) return;
  shown.dataset.mode = "edit";
  const first = shown.querySelector(".edit .input");
  first?.focus();
  first?.select?.();
}

function cancel() {
  const shown = form();
  shown.reset();
  for (const changed of shown.querySelectorAll(".edited")) changed.classList.remove("edited");
  delete shown.dataset.mode;
  item().querySelector(".mail").focus({ preventScroll: true });
}

function snoozeMenu() {
  return item()?.querySelector("[data-menu]");
}

main.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter) decide(event.submitter.value);
});

main.addEventListener("click", (event) => {
  const link = event.target.closest(".queue li a");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (link && plain) {
    event.preventDefault();
    show(link.closest("li").dataset.id);
  }
  const action = event.target.closest("[data-action]")?.dataset.action;
  if (action === "edit") {
    event.preventDefault();
    edit();
  }
  if (action === "cancel") cancel();
  if (action === "tall") event.target.closest(".suggestion").classList.toggle("tall");
});

main.addEventListener("input", (event) => {
  const { target } = event;
  target.closest(".edit")?.classList.toggle("edited", target.value !== target.dataset.first);
});

// ---- keys

const KEYS = {
  a: () => decide("accept"),
  e: edit,
  r: () => decide("reject"),
  m: () => item()?.querySelector("[value=mute]") && decide("mute"),
  u: undo,
  j: () => walk(1),
  k: () => walk(-1),
  o: () => item()?.querySelector("[data-key-open]")?.click(),
  s: () => {
    const menu = snoozeMenu();
    if (!menu) return;
    menu.open = !menu.open;
    (menu.open ? menu.querySelector(".options button") : item().querySelector(".mail")).focus({ preventScroll: true });
  },
};

document.addEventListener("keydown", (event) => {
  if (isComposing(event) || document.querySelector("dialog[open]")) return;
  if (editing()) {
    const inForm = form().contains(event.target);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) decide("edit");
    else if (event.key === "Escape") cancel();
    else if (!(event.key === "Enter" && inForm && event.target.matches("input"))) return;
    event.preventDefault();
    return;
  }
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const menu = snoozeMenu();
  if (menu?.open && "123".includes(event.key)) return decide(`snooze-${[1, 7, 30][event.key - 1]}`);
  if (menu?.open && event.key === "Escape") return void (menu.open = false);
  const run = KEYS[event.key];
  if (!run || event.repeat) return;
  event.preventDefault();
  run();
});

document.addEventListener("click", (event) => {
  const menu = snoozeMenu();
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

watchEvidence(main);
const start = item()?.dataset.id;
if (start) prefetch(start);
main.dataset.ready = "";
