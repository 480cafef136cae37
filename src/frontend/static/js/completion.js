// In a text: "@" completes a person, "#" an element of the framework, "[]" begins an action.

import { members } from "./device.js";
import { remembered } from "./offline.js";
import { h } from "./ui.js";

export async function complete(form, who) {
  await remembered;
  const facts = (await members.known()).find(({ member }) => member === who.member);
  const people = [...form.querySelectorAll("[name=reader_ids]")].map((input) => input.labels[0].textContent.trim());
  const known = { "@": [...people, form.dataset.lead].filter(Boolean), "#": facts?.elements ?? [], "[]": ["[ ] to be done"] };
  const box = form.elements.body;
  const list = h("ul", { id: "completions", className: "completions", role: "listbox", ariaLabel: "Suggestions", hidden: true });
  box.after(list);
  box.setAttribute("aria-autocomplete", "list");
  let begins = 0;

  function close() {
    list.hidden = true;
    list.replaceChildren();
    box.removeAttribute("aria-activedescendant");
    box.removeAttribute("aria-controls");
  }

  function choose(option) {
    list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", option.id);
  }

  function take(option) {
    const name = option.dataset.insert;
    box.setRangeText(name, begins, box.selectionStart, "end");
    close();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function look() {
    close();
    const line = box.value.slice(0, box.selectionStart).split("\n").at(-1);
    const [, mark, word = ""] = /(?:^|\s)([@#])([^@#]{0,30})$/.exec(line) ?? /^(?:[-*] )?(\[\])$/.exec(line) ?? [];
    const found = (known[mark] ?? []).filter((name) => name.toLowerCase().includes(word.toLowerCase())).slice(0, 6);
    if (!found.length) return;
    begins = box.selectionStart - mark.length - word.length;
    list.append(...found.map((name, at) => {
      const option = h("li", { id: `completion-${at}`, role: "option", ariaSelected: "false" }, name);
      option.dataset.insert = mark === "[]" ? "[ ] " : `${mark}${mark === "#" ? name.split(" ")[0] : name} `;
      return option;
    }));
    list.hidden = false;
    box.setAttribute("aria-controls", list.id);
    if (word || mark === "[]") choose(list.firstChild);
  }

  box.addEventListener("input", (event) => (event.isComposing || !event.inputType ? close() : look()));
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    take(event.target);
  });
  box.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const here = list.querySelector("[aria-selected=true]");
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") choose(here?.nextElementSibling ?? list.firstChild);
    else if (event.key === "ArrowUp") choose(here?.previousElementSibling ?? list.lastChild);
    else if (here && ["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey) take(here);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
