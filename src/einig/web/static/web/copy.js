// What is there to be copied can be copied with one click.
document.querySelectorAll("textarea[readonly][data-copy]").forEach((text) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text.dataset.copy;
  button.addEventListener("click", async () => {
    text.select();
    await navigator.clipboard.writeText(text.value);
    button.textContent = text.dataset.copied;
  });
  text.after(button);
});
