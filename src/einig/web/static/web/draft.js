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
