// Field and evidence light up together: pointing at or focusing one shows the other.
const still = matchMedia("(prefers-reduced-motion: reduce)");

function light(item, field, keys, scroll) {
  clear(item);
  const marks = [...item.querySelectorAll(".ev")].filter((mark) => mark.dataset.keys.split(" ").some((key) => keys.includes(key)));
  field?.classList.add("on");
  if (!marks.length) return;
  item.querySelector(".text")?.classList.add("focus");
  for (const mark of marks) mark.classList.add("on");
  if (scroll) reveal(marks[0]);
}

function reveal(mark) {
  const fold = mark.closest("details");
  if (fold) fold.open = true;
  const box = mark.getBoundingClientRect();
  const sheet = document.querySelector(".suggestion").getBoundingClientRect();
  const bottom = sheet.left < 10 && sheet.top > 0 ? sheet.top : innerHeight;
  if (box.top > 56 && box.bottom < bottom) return;
  mark.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
}

function clear(item) {
  item.querySelector(".text")?.classList.remove("focus");
  for (const lit of item.querySelectorAll(".on")) lit.classList.remove("on");
}

export function watchEvidence(root) {
  let at = ""; // a page that scrolls under a pointer at rest is not pointed at
  const moved = (event) => {
    const before = at;
    at = `${event.screenX},${event.screenY}`;
    return at !== before;
  };
  const on = (scroll) => (event) => {
    const item = event.target.closest(".item");
    if (!item) return;
    const mark = event.target.closest(".ev");
    const keys = mark?.dataset.keys.split(" ").slice(-1);
    const field = mark
      ? [...item.querySelectorAll("[data-lights]")].find((one) => one.dataset.lights.split(" ").includes(keys[0]))
      : event.target.closest("[data-lights]");
    if (field) light(item, field, keys ?? field.dataset.lights.split(" "), scroll && !mark);
    else clear(item);
  };
  root.addEventListener("mouseover", (event) => moved(event) && on(true)(event));
  root.addEventListener("focusin", on(true));
}
