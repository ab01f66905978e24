// The threshold can be drawn along: what each place of the curve says is in the page already.
const told = (range) => JSON.parse(range.closest("[data-curve]").dataset.curve);
const nearest = (marks, points) => marks.reduce((best, mark) => (
  Math.abs(mark.points - points) < Math.abs(best.points - points) ? mark : best));
document.addEventListener("input", (event) => {
  if (!event.target.matches("input.threshold")) return;
  const part = event.target.closest("[data-curve]");
  const mark = nearest(told(event.target), Number(event.target.value));
  part.querySelector("[data-line]").setAttribute("transform", `translate(${mark.x} 0)`);
  part.querySelectorAll("[data-said]").forEach((out) => { out.textContent = mark[out.dataset.said]; });
});

// Whoever edits the document hears which number was chosen, and writes it there.
document.addEventListener("change", (event) => {
  if (!event.target.matches("input.threshold")) return;
  const mark = nearest(told(event.target), Number(event.target.value));
  const { number, measure } = event.target.dataset;
  const detail = { number: Number(number), measure, points: mark.points };
  event.target.dispatchEvent(new CustomEvent("threshold", { bubbles: true, detail }));
});
