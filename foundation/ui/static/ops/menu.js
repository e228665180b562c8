// The bars of the menu, centres and their pages: entries without room are folded under 更多, the page
// one stands on last.
function entries(bar) {
  return [...bar.children].filter((node) => node.matches("a"));
}

function unfold(bar, more) {
  for (const link of more.querySelectorAll("a")) more.before(link);
  more.hidden = true;
  bar.classList.remove("op-folded");
}

/** Give each entry of a bar its place again, then fold from the end as many as do not fit. */
function foldOne(bar) {
  const more = bar.querySelector(".op-more");
  if (!more) return;
  const open = more.open;
  unfold(bar, more);
  if (bar.scrollWidth <= bar.clientWidth) return;
  more.hidden = false;
  const list = more.querySelector(".op-more__list");
  while (bar.scrollWidth > bar.clientWidth && entries(bar).length > 1) {
    const last = entries(bar).filter((link) => !link.hasAttribute("aria-current")).pop();
    list.prepend(last);
  }
  more.open = open;
  bar.classList.add("op-folded");
}

function fold() {
  document.querySelectorAll("#ops-nav, .op-places").forEach(foldOne);
}

function shut(event) {
  for (const more of document.querySelectorAll(".op-more[open]")) {
    if (event.type === "click" && more.contains(event.target)) continue;
    if (event.type === "keydown" && event.key !== "Escape") continue;
    if (event.type === "keydown" && more.contains(document.activeElement)) more.querySelector("summary").focus();
    more.open = false;
  }
}

document.addEventListener("htmx:after:swap", fold);
document.addEventListener("click", shut);
document.addEventListener("keydown", shut);
addEventListener("resize", fold);
document.fonts.ready.then(fold);
fold();
