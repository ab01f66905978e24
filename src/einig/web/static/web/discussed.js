// After an @ in a remark the people are listed whose names go on as it was typed.
const people = [...document.querySelectorAll("#people option")].map((one) => one.dataset.name);
const begun = (field) => /(?:^|\s)@([^@\n]{0,40})$/u.exec(field.value.slice(0, field.selectionStart));
const closed = (field) => {
  field.parentElement.querySelector("ul[role=listbox]")?.remove();
  field.removeAttribute("aria-activedescendant");
  field.removeAttribute("aria-controls");
};
const chosen = (field, name) => {
  const found = begun(field);
  if (found) {
    const ends = field.selectionStart;
    field.setRangeText(`${name} `, ends - found[1].length, ends, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  closed(field);
  field.focus();
};
const marked = (field, list, place) => {
  [...list.children].forEach((one, n) => one.setAttribute("aria-selected", String(n === place)));
  field.setAttribute("aria-activedescendant", list.children[place].id);
  list.children[place].scrollIntoView({ block: "nearest" });
};
const listed = (field) => {
  closed(field);
  const found = begun(field);
  if (!found) return;
  const said = found[1].toLowerCase();
  const names = [...new Set(people)].filter((name) => name.toLowerCase().startsWith(said) && name.toLowerCase() !== said).slice(0, 8);
  if (!names.length) return;
  const list = document.createElement("ul");
  list.setAttribute("role", "listbox");
  list.id = "names";
  names.forEach((name, n) => {
    const one = document.createElement("li");
    one.setAttribute("role", "option");
    one.id = `name-${n}`;
    one.textContent = name;
    one.addEventListener("pointerdown", (event) => { event.preventDefault(); chosen(field, name); });
    list.append(one);
  });
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  marked(field, list, 0);
};
document.querySelectorAll("textarea[data-people]").forEach((field) => {
  const around = document.createElement("div");
  around.className = "names";
  field.replaceWith(around);
  around.append(field);
  field.setAttribute("aria-autocomplete", "list");
  field.addEventListener("input", () => { listed(field); });
  field.addEventListener("blur", () => { closed(field); });
  field.addEventListener("keydown", (event) => {
    const list = around.querySelector("ul");
    if (!list) return;
    const place = [...list.children].findIndex((one) => one.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      marked(field, list, (place + step + list.children.length) % list.children.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      chosen(field, list.children[place].textContent);
    } else if (event.key === "Escape") {
      closed(field);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
});
