// Dialogs of an item, and the conversation about it: what was written is sent, the dialog closes.
const byId = (id) => document.getElementById(id);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    byId(opener.dataset.opens).showModal();
    byId(opener.dataset.opens).querySelector("input[type=checkbox], input[type=radio]").focus();
  }
  event.target.closest("[data-closes]")?.closest("dialog").close();
});

// Enter in the list of reasons sends the form; in the remark it is a new line.
document.addEventListener("keydown", (event) => {
  const dialog = event.target.closest?.("dialog[open]");
  if (dialog && event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault();
    dialog.querySelector("form").requestSubmit();
  }
});

document.addEventListener("htmx:after:swap", (event) => {
  const form = event.target;
  if (!form.matches?.("form[data-talk]") || byId("talk").querySelector("[role=alert]")) return;
  form.reset();
  form.closest("dialog")?.close();
});
