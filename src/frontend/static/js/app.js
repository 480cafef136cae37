// What a page does beyond HTML. Every page and form works without it.

const token = document.querySelector('meta[name="csrf-token"]')?.content;

/** A form that came back with errors: the summary is what the person should meet first. */
function focusErrors() {
  const summary = document.querySelector("[data-takes-focus]");
  summary?.removeAttribute("data-takes-focus");
  summary?.focus();
}

/** A prompt puts its words where the caret is, or last in a box that nobody has been in yet. */
function insertPrompt(button) {
  const box = document.getElementById(button.dataset.into);
  const start = box.selectionStart || box.value.length;
  const end = Math.max(start, box.selectionEnd);
  const fresh = start > 0 && !box.value.slice(0, start).endsWith("\n") ? "\n" : "";
  box.setRangeText(fresh + button.dataset.prompt, start, end, "end");
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The points of the drawing that is showing, left to right. */
function points(plot) {
  const drawing = [...plot.querySelectorAll("svg")].find((svg) => svg.getClientRects().length > 0);
  return drawing ? [...drawing.querySelectorAll("[data-tip]")] : [];
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top };
}

function tipOf(plot) {
  let tip = plot.querySelector(".tip");
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "tip";
    tip.setAttribute("role", "status");
    tip.hidden = true;
    plot.append(tip);
  }
  return tip;
}

function show(plot, point) {
  const tip = tipOf(plot);
  hide(plot);
  point.classList.add("here");
  tip.hidden = false;
  tip.textContent = point.dataset.tip;
  const frame = plot.getBoundingClientRect();
  const at = middle(point);
  const left = at.x - frame.left - tip.offsetWidth / 2;
  tip.style.left = `${Math.max(0, Math.min(left, frame.width - tip.offsetWidth))}px`;
  tip.style.top = `${at.y - frame.top - tip.offsetHeight - 10}px`;
}

function hide(plot) {
  tipOf(plot).hidden = true;
  plot.querySelector(".here")?.classList.remove("here");
}

function nearest(plot, x) {
  const distance = (point) => Math.abs(middle(point).x - x);
  return points(plot).reduce((best, point) => (!best || distance(point) < distance(best) ? point : best), null);
}

/** Arrow keys walk along the points; Escape lets go. */
function walk(plot, event) {
  if (event.key === "Escape") return hide(plot);
  const all = points(plot);
  const here = all.findIndex((point) => point.classList.contains("here"));
  const next = { ArrowLeft: here < 0 ? all.length - 1 : here - 1, ArrowRight: here + 1, Home: 0, End: all.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  if (all[next]) show(plot, all[next]);
}

function readByPoint(plot) {
  plot.tabIndex = 0;
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", `${plot.dataset.plot}: the arrow keys read one point at a time`);
  plot.addEventListener("pointermove", (event) => {
    const point = nearest(plot, event.clientX);
    if (point) show(plot, point);
  });
  plot.addEventListener("pointerleave", () => hide(plot));
  plot.addEventListener("keydown", (event) => walk(plot, event));
  plot.addEventListener("blur", () => hide(plot));
}

/** A menu closes when one clicks or goes elsewhere, or presses Escape. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

/** What is typed into a password's field can be looked at. */
function canBeShown(input) {
  const button = document.createElement("button");
  const offer = () => { button.textContent = input.type === "password" ? "Show what I type" : "Hide what I type"; };
  Object.assign(button, { type: "button", className: "btn link shows" });
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    offer();
  });
  input.form.addEventListener("submit", () => { input.type = "password"; });
  input.after(button);
  offer();
}

function enliven() {
  document.querySelectorAll("[type=password]:not(:has(+ .shows))").forEach(canBeShown);
  document.querySelectorAll("[data-plot]:not([tabindex])").forEach(readByPoint);
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const prompt = event.target.closest("[data-prompt]");
  if (prompt) {
    event.preventDefault();
    insertPrompt(prompt);
  }
});
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest(".menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("htmx:config:request", (event) => {
  if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});
document.addEventListener("htmx:after:swap", () => {
  enliven();
  focusErrors();
});

enliven();
focusErrors();
