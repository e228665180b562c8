// The bars of the menu: entries without room are folded under 更多, the page one stands on never.
function foldOne(bar) {
  const more = bar.querySelector(".op-more");
  const open = more.open;
  more.before(...more.querySelectorAll("a"));
  const fits = (more.hidden = bar.scrollWidth <= bar.clientWidth);
  bar.classList.toggle("op-folded", !fits);
  while (!fits && bar.scrollWidth > bar.clientWidth) {
    const last = [...bar.querySelectorAll(":scope > a:not([aria-current])")].pop();
    if (!last) break;
    more.lastElementChild.prepend(last);
  }
  more.open = open;
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
