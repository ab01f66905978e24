// A draft: what is typed is looked at after a short pause, and a line that is named is gone to.
const writing = document.getElementById("writing");
let pause;
writing?.addEventListener("input", (event) => {
  if (event.target.name?.startsWith("row:") || event.target.name?.startsWith("new:")) return;
  clearTimeout(pause);
  pause = setTimeout(() => writing.dispatchEvent(new CustomEvent("typed")), 350);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  event.preventDefault();
  const text = document.getElementById("text");
  const lines = text.value.split("\n");
  const line = Math.min(Number(link.dataset.line), lines.length) - 1;
  const begins = lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0);
  text.focus();
  text.setSelectionRange(begins, begins + lines[line].length);
  text.scrollTop = (text.scrollHeight / lines.length) * Math.max(0, line - 4);
});
// A threshold that was drawn along the curve is written where the rule has it.
document.addEventListener("threshold", (event) => {
  const fields = [...document.querySelectorAll('#sales_ready input[name^="number:"]')];
  const same = fields.filter((field) => JSON.parse(field.name.slice(7)).at(-1) === event.detail.measure);
  const field = same.length === 1 ? same[0] : fields[event.detail.number];
  if (!field) return;
  field.value = event.detail.points;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
