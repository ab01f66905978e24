// The clock counts what is gone of thirty minutes, and then is still.
const clock = document.querySelector("[data-gone]");
if (clock) {
  const begun = performance.now() - Number(clock.dataset.gone) * 1000;
  const lasts = Number(clock.dataset.lasts);
  const two = (n) => String(n).padStart(2, "0");
  const shown = (seconds) => `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  const tick = () => {
    const gone = Math.floor((performance.now() - begun) / 1000);
    if (gone >= lasts) { clock.textContent = clock.dataset.over; return; }
    clock.textContent = `${shown(gone)} / ${shown(lasts)}`;
    setTimeout(tick, 1000);
  };
  tick();
}
// Return in a password approves, since that is what it was typed for.
document.querySelectorAll("#table input[type=password]").forEach((field) => {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    field.form.requestSubmit(field.form.querySelector("button[value=approve]"));
  });
});
