// The teller's form: a scanned image is sent at once, so that nothing typed or scanned is lost.
document.addEventListener("ops:scanned", (event) => {
  const form = event.target.closest("form[data-send-when-scanned]");
  if (form && event.detail.files.length) form.requestSubmit();
});
