// The inbox hears of what is new for its person, and asks for its list again.
const list = document.querySelector("[data-live]");
if (list) {
  const source = new EventSource(list.dataset.live);
  source.addEventListener("news", () => { htmx.trigger(list, "news"); });
  window.addEventListener("pagehide", () => { source.close(); });
}
