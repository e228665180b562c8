// The top menu: entries without room are folded under 更多, the page one stands on last.
let nav = null;

function entries() {
  return [...nav.children].filter((node) => node.matches("a"));
}

function unfold(more) {
  for (const link of more.querySelectorAll("a")) more.before(link);
  more.hidden = true;
  nav.classList.remove("op-nav--folded");
}

/** Give each entry its place again, then fold from the end as many as do not fit. */
function fold() {
  nav = document.getElementById("ops-nav");
  const more = nav?.querySelector(".op-more");
  if (!more) return;
  const open = more.open;
  unfold(more);
  if (nav.scrollWidth <= nav.clientWidth) return;
  more.hidden = false;
  const list = more.querySelector(".op-more__list");
  while (nav.scrollWidth > nav.clientWidth && entries().length > 1) {
    const last = entries().filter((link) => !link.hasAttribute("aria-current")).pop();
    list.prepend(last);
  }
  more.open = open;
  nav.classList.add("op-nav--folded");
}

function shut(event) {
  const more = document.querySelector(".op-more[open]");
  if (!more) return;
  if (event.type === "click" && more.contains(event.target)) return;
  if (event.type === "keydown" && event.key !== "Escape") return;
  if (event.type === "keydown" && more.contains(document.activeElement)) more.querySelector("summary").focus();
  more.open = false;
}

document.addEventListener("htmx:after:swap", fold);
document.addEventListener("click", shut);
document.addEventListener("keydown", shut);
addEventListener("resize", fold);
document.fonts.ready.then(fold);
fold();
