// Short messages in a live region; at most two at a time, and none goes while it is pointed at or focused.
import { say } from "./words.js";

const place = document.getElementById("toasts");

export function toast(text, { bad = false, action = null, stay_ms = 8000 } = {}) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line);
  if (action) box.append(button(action.label, action.key, () => { box.remove(); action.run(); }));
  if (bad) box.append(button(say("toast.dismiss"), null, () => box.remove()));
  for (const old of [...place.children].filter((other) => bad === other.classList.contains("bad"))) old.remove();
  place.append(box);
  if (!bad) leave(box, stay_ms);
  return box;
}

function button(label, key, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  if (key) {
    const hint = document.createElement("kbd");
    hint.textContent = key;
    made.append(hint);
  }
  made.addEventListener("click", run);
  return made;
}

function leave(box, stay_ms) {
  setTimeout(() => (box.matches(":hover, :focus-within") ? leave(box, 2000) : box.remove()), stay_ms);
}
