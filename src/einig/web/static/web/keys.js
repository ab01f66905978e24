// What can be scrolled can be reached by keyboard.
document.querySelectorAll(".scroll").forEach((part) => {
  if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
});

// Keys: a letter presses what carries it as data-key; "?" shows them all.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "?") {
    const keys = document.getElementById("keys");
    if (keys) { keys.open = !keys.open; keys.querySelector("summary").focus(); }
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.tagName === "DETAILS") {
    target.open = true;
    const first = target.querySelector("input:not([type=hidden]), select, textarea, button");
    if (first) first.focus();
  } else {
    target.click();
  }
});

// A form is sent once, however often it is clicked.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});

// What is typed stays in this tab until it was sent by somebody who was signed in.
const typed = "textarea, input[type=text], input[type=email], input[type=tel], input:not([type])";
const place = (field) => `typed:${new URL(field.form.action).pathname}:${field.name}`;
document.addEventListener("input", (event) => {
  if (event.target.form && event.target.matches(typed)) sessionStorage.setItem(place(event.target), event.target.value);
});
document.addEventListener("submit", (event) => {
  const sent = [...event.target.elements].filter((field) => field.form && field.matches(typed)).map(place);
  sessionStorage.setItem("sent", JSON.stringify(sent));
});
const sent = JSON.parse(sessionStorage.getItem("sent") || "[]");
sessionStorage.removeItem("sent");
if (!document.querySelector("[data-sign-in]")) sent.forEach((key) => sessionStorage.removeItem(key));
document.querySelectorAll(`form[data-keep] :is(${typed})`).forEach((field) => {
  const value = sessionStorage.getItem(place(field));
  if (value !== null && !field.value) field.value = value;
});
