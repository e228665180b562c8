// The one script of every page: the frame at once, an element's own script when the page has it.
import "./words.js";
import "./keys.js";
import "./shell.js";
import "./menu.js";
import "./forms.js";
import "./live.js";
import "./lock.js";

const LATER = {
  "ops-viewer": () => import("./viewer.js"),
  "amount-input": () => import("./amount.js"),
  "scan-capture": () => import("./scan.js"),
  "key-choice": () => import("./mykeys.js"),
  "ops-timer": () => import("./timers.js"),
  "ops-countdown": () => import("./timers.js"),
};

function meet() {
  for (const [name, load] of Object.entries(LATER)) {
    if (document.querySelector(name)) {
      delete LATER[name];
      load();
    }
  }
}

document.addEventListener("htmx:after:swap", meet);
meet();
