// The authorizer's desk: dialogs, the lease of the item on the screen, the next item by itself.
import { fetchAhead } from "../ops/ahead.js";
import "./talk.js";

const BEAT_MS = 30000;
const byId = (id) => document.getElementById(id);

// One decision is on its way at a time: a second press of the key is not a second answer.
let sending = false;
document.addEventListener("submit", (event) => {
  if (!event.target.closest("#desk") || event.target.matches("[data-talk]")) return;
  if (sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  sending = true;
}, true);
document.addEventListener("htmx:finally:request", (event) => { if (!event.target.matches?.("[data-talk]")) sending = false; });

async function beat() {
  const item = byId("item");
  if (!item || document.visibilityState === "hidden") return;
  const body = new URLSearchParams({ fence: item.dataset.fence });
  const headers = { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" };
  const answer = await fetch(item.dataset.beat, { method: "POST", body, headers });
  if (!answer.ok) return;
  const { until } = await answer.json();
  byId("lease")?.renew?.(Math.round((new Date(until) - Date.now()) / 1000));
}
setInterval(() => beat().catch(() => {}), BEAT_MS);

// Once the images of an item stand on the screen the desk says so: the item's clock keeps it.
let told = "";
function tellShown() {
  const item = byId("item");
  const mark = item?.dataset.shown && `${item.dataset.item}.${item.dataset.fence}`;
  if (!mark || mark === told) return;
  told = mark;
  const tell = () => {
    const body = new URLSearchParams({ fence: item.dataset.fence });
    const headers = { "X-CSRFToken": document.body.dataset.csrf, "HX-Request": "true" };
    fetch(item.dataset.shown, { method: "POST", body, headers }).catch(() => {});
    lookAhead(item.dataset.ahead).catch(() => {});
  };
  const image = byId("viewer")?.querySelector("img");
  if (!image || image.complete) tell();
  else image.addEventListener("load", tell, { once: true });
}
// What likely comes next is fetched while this item is looked at; it is given to nobody by that.
async function lookAhead(address) {
  const answer = await fetch(address);
  if (answer.ok) await fetchAhead((await answer.json()).images);
}
requestAnimationFrame(tellShown);
document.addEventListener("htmx:after:swap", () => requestAnimationFrame(tellShown));

// An idle desk takes the next item as soon as one waits.
function take() {
  const button = byId("take");
  if (button?.hasAttribute("data-take-by-itself") && !document.querySelector("dialog[open]")) button.click();
}
// What is left to who worked less today is asked for again, should they not take it.
let again = 0;
function askAgain() {
  clearTimeout(again);
  const seconds = Number(byId("take")?.dataset.again);
  if (seconds) again = setTimeout(take, seconds * 1000);
}
requestAnimationFrame(askAgain);
document.addEventListener("htmx:after:swap", () => requestAnimationFrame(askAgain));
// The server calls the desks one after another until one has taken what waits; and what another's
// time lets wait for this desk is asked for every ten seconds.
document.addEventListener("ops:told", (event) => event.target.id === "waiting" && take());
