// <ops-live topics="a b" src="/part/">: refetches its part when a topic is told.
// One browser holds one stream: the tabs elect a leader, the others hear it by BroadcastChannel.
import { toast } from "./shell.js";
import { word } from "./words.js";

const ME = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
const SEAT = "ops-live-leader";
const LEADER_MS = 2000;
const POLL_MS = 10000;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("ops-live") : null;
const wanted = new Set();
const heard = new Map(); // other tabs' topics -> when they last said so
let stream = null;
let streamTopics = "";
let lastSign = 0;
let failures = 0;

function topicsNow() {
  const since = Date.now() - 4 * LEADER_MS;
  const others = [...heard].filter(([, at]) => at > since).map(([topic]) => topic);
  return [...new Set([...wanted, ...others])].sort().join(",");
}

function deliver(topic) {
  lastSign = Date.now();
  for (const node of document.querySelectorAll("ops-live")) node.tell?.(topic);
  document.dispatchEvent(new CustomEvent("ops:live", { detail: topic }));
}

function connect() {
  const topics = topicsNow();
  if (!topics || (stream && topics === streamTopics)) return;
  stream?.close();
  streamTopics = topics;
  stream = new EventSource(`/live/?topics=${encodeURIComponent(topics)}`);
  stream.onopen = () => { failures = 0; sign(); };
  stream.addEventListener("beat", sign);
  stream.onmessage = (event) => { const { topic } = JSON.parse(event.data); sign(); deliver(topic); channel?.postMessage({ topic }); };
  stream.onerror = () => {
    failures += 1;
    if (stream.readyState === EventSource.CLOSED) { stream = null; streamTopics = ""; }
  };
}

function sign() {
  lastSign = Date.now();
  channel?.postMessage({ sign: true });
}

function lead() {
  if (document.visibilityState === "hidden" && !stream && channel) return;
  let seat = {};
  try { seat = JSON.parse(localStorage.getItem(SEAT) ?? "{}"); } catch { seat = {}; }
  if (seat.id !== ME && Date.now() - (seat.at ?? 0) < 3 * LEADER_MS) {
    stream?.close();
    stream = null;
    streamTopics = "";
    if (wanted.size) channel?.postMessage({ topics: [...wanted] });
    return;
  }
  localStorage.setItem(SEAT, JSON.stringify({ id: ME, at: Date.now() }));
  if (failures < 5 || Date.now() % 30000 < LEADER_MS) connect();
}

/** Whether the stream, here or in the leading tab, gave a sign in the last 40 seconds. */
export function streaming() {
  return Date.now() - lastSign < 40000;
}

class OpsLive extends HTMLElement {
  connectedCallback() {
    this.topics = (this.getAttribute("topics") ?? "").split(/[\s,]+/).filter(Boolean);
    this.topics.forEach((topic) => wanted.add(topic));
    this.poll = setInterval(() => { if (!streaming() || this.hasAttribute("every")) this.fetch(); }, POLL_MS);
    this.onRefresh = () => this.fetch();
    document.addEventListener("ops:refresh", this.onRefresh);
    document.addEventListener("visibilitychange", this.onSeen = () => this.stale && this.fetch());
  }
  disconnectedCallback() {
    clearInterval(this.poll);
    clearTimeout(this.soon);
    document.removeEventListener("ops:refresh", this.onRefresh);
    document.removeEventListener("visibilitychange", this.onSeen);
  }
  tell(topic) {
    const mine = topic === "*" || this.topics.some((one) => topic === one || topic.startsWith(`${one}.`) || topic.endsWith(`.${one}`));
    if (!mine || this.soon) return;
    // Many changes in a moment are one for the eye; `calm` parts ask once in so many seconds.
    const calm = 1000 * Number(this.getAttribute("calm") ?? 0);
    const wait = Math.max(150, (this.asked ?? -calm) + calm - performance.now());
    const delay = this.hasAttribute("prompt") ? 0 : wait + Math.random() * 250;
    this.soon = setTimeout(() => { this.soon = 0; this.fetch(); }, delay);
  }
  async fetch() {
    if (document.visibilityState === "hidden") { this.stale = true; return; }
    this.stale = false;
    this.asked = performance.now();
    const source = this.getAttribute("src");
    if (source && window.htmx && !this.busy) {
      this.busy = true;
      try { await window.htmx.ajax("GET", source, { source: this, target: this, swap: "innerMorph" }); } catch { /* the next beat asks again */ } finally { this.busy = false; }
    }
    this.dispatchEvent(new CustomEvent("ops:told", { bubbles: true }));
  }
}

channel?.addEventListener("message", ({ data }) => {
  if (data.topic) deliver(data.topic);
  if (data.sign) lastSign = Date.now();
  for (const topic of data.topics ?? []) heard.set(topic, Date.now());
});
addEventListener("pagehide", () => {
  const seat = JSON.parse(localStorage.getItem(SEAT) ?? "{}");
  if (seat.id === ME) localStorage.removeItem(SEAT);
  stream?.close();
});
customElements.define("ops-live", OpsLive);
if (document.body.dataset.staff) {
  setTimeout(lead, 300);
  setInterval(lead, LEADER_MS);
}
export { toast, word };
