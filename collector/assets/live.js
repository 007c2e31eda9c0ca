// Keeps an open page true: takes changes from the server, swaps elements by id, and says at once when it no longer can.
// Without this file every page is complete, and says that it does not update by itself.

const SILENCE_MS = 12_000; // the server speaks at least every 5 s: two silences and a little are a lost connection
const RETRY_MS = 4_000; // a stream the browser gave up on is tried again after this, and up to as long again
const HIDDEN_MS = 60_000; // a page that nobody has seen for so long lets its stream go, and shows nothing old when it is back
const READERS = new Set(["open", "data-sort"]); // attributes that belong to the reader, not to the server

const { body } = document;
const [line, button, band] = ["live-line", "live-pause", "live-band"].map((id) => document.getElementById(id));
const written = (style) => new Intl.DateTimeFormat("en-GB", { timeStyle: style, timeZone: body.dataset.zone || undefined });
const [clock, seconds] = [written("short"), written("medium")];
const asOf = document.querySelector("#as-of > time");
const waiting = new Map(); // newest change by id, held back while paused
let skew = Date.parse(body.dataset.madeAt) - Date.now(); // the server's clock minus this computer's
let source = null;
let contact = Date.now(); // when the server was last heard, by page or stream
let [openedAt, retryAt] = [0, 0]; // when the stream was last opened; when it may be opened again
let lostSince = null; // since when this page is not up to date
let pausedSince = null; // since when the reader holds it still
let hiddenSince = null; // since when nobody sees this page

// The same words as the server's pages/time.rs.
function age(milliseconds) {
  const past = Math.round((Date.now() + skew - milliseconds) / 1000);
  const distance = Math.abs(past);
  if (!(distance >= 5)) return "just now";
  let words = `${Math.floor(distance / 86400)} days`;
  if (distance < 60) words = `${distance} s`;
  else if (distance < 3600) words = `${Math.floor(distance / 60)} min`;
  else if (distance < 172800) words = `${Math.floor(distance / 3600)} h`;
  return past < 0 ? `in ${words}` : `${words} ago`;
}

const write = (element, words) => element.textContent === words || (element.textContent = words);

// Makes `now` look like `next` and touches only what differs, so that focus, scroll and open details stay where they are.
function merge(now, next) {
  if (now.isEqualNode(next)) return;
  if (now.nodeType !== Node.ELEMENT_NODE || now.nodeName !== next.nodeName || now.id !== next.id) return now.replaceWith(next);
  for (const { name } of [...now.attributes]) if (!READERS.has(name) && !next.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes) if (!READERS.has(name) && now.getAttribute(name) !== value) now.setAttribute(name, value);
  let place = now.firstChild;
  for (const wanted of [...next.childNodes]) {
    const same = wanted.id ? [...now.children].find((child) => child.id === wanted.id) : place?.id ? null : place;
    if (same && same === place) place = place.nextSibling;
    else now.insertBefore(same ?? wanted, place);
    if (same) merge(same, wanted);
  }
  while (place) {
    const after = place.nextSibling;
    place.remove();
    place = after;
  }
}

// Puts a list into the reader's order.
function sort(list) {
  const worst = list.dataset.sort === "rank";
  const order = (a, b) => (worst && a.dataset.rank - b.dataset.rank) || a.dataset.place - b.dataset.place;
  [...list.children].sort(order).forEach((child, i) => list.children[i] === child || list.insertBefore(child, list.children[i]));
}

const stops = (element) => [...element.querySelectorAll("a[href], button, summary, input, select, textarea")];

function apply(changes) {
  asOf.dateTime = new Date(contact + skew).toISOString(); // the page is true as of the last word heard, on paper too
  asOf.firstChild.data = `${seconds.format(contact + skew)} `;
  const focused = document.activeElement;
  const owners = []; // the element that holds the focus, and those around it, should it go
  for (let at = focused?.closest("[id]"); at; at = at.parentElement?.closest("[id]")) owners.push({ id: at.id, position: stops(at).indexOf(focused) });
  for (const { id, html, parent } of changes) {
    const now = document.getElementById(id);
    const next = Object.assign(document.createElement("template"), { innerHTML: html }).content.firstElementChild;
    if (now && next) merge(now, next);
    else if (now) now.remove();
    else if (next) document.getElementById(parent)?.append(next);
  }
  document.querySelectorAll("[data-sort]").forEach(sort);
  if (!focused || focused === body || document.activeElement === focused) return;
  const owner = owners.find(({ id }) => document.getElementById(id));
  const again = owner && document.getElementById(owner.id);
  const target = focused.isConnected ? focused : again && (stops(again)[owner.position] ?? stops(again).at(-1) ?? again);
  target?.focus({ preventScroll: true });
}

const gone = (told) => [...document.querySelectorAll("[data-sort] > [id]")].filter(({ id }) => !told.some((one) => one.id === id)).map(({ id }) => ({ id, html: "" }));
function heard({ data }) {
  const { changes = [], whole = false, at } = JSON.parse(data || "{}");
  if (whole) waiting.clear(changes.push(...gone(changes))); // what a list shows and the whole page lacks went unheard
  contact = Date.now();
  lostSince = null;
  delete body.dataset.old;
  if (at) skew = Date.parse(at) - contact;
  if (pausedSince) changes.forEach((change) => waiting.set(change.id, change));
  else apply(changes);
  show();
}

const close = () => void (source = source?.close());

function open() {
  close();
  openedAt = Date.now();
  source = new EventSource(body.dataset.stream);
  source.onmessage = heard;
  source.addEventListener("heartbeat", heard);
  source.onerror = lost;
}

function lost() {
  delete body.dataset.old; // what is old is told as such now
  lostSince ??= contact;
  if (source?.readyState === EventSource.CLOSED) close();
  retryAt = Date.now() + RETRY_MS * (1 + Math.random());
  show();
}

function show() {
  const state = lostSince ? "lost" : contact < openedAt ? "opening" : pausedSince ? "paused" : "live";
  body.dataset.live = state;
  write(button, pausedSince ? `Paused since ${clock.format(pausedSince + skew)}, resume` : "Pause updates");
  if (state === "live") write(line, `Live, updated ${age(contact + skew)}`);
  if (state === "opening") write(line, `Connecting, last updated ${age(contact + skew)}`);
  if (state === "paused") write(line, ["No change yet", "1 change waits"][waiting.size] ?? `${waiting.size} changes wait`);
  const alarm = lostSince ? `Connection lost since ${clock.format(lostSince + skew)}. This page is not up to date. ` : "";
  if (body.dataset.alarm === alarm) return;
  body.dataset.alarm = band.textContent = alarm;
  if (alarm) band.append(Object.assign(document.createElement("a"), { href: location.href, textContent: "Reload" }));
}

function tick() {
  for (const span of document.querySelectorAll("time > [data-age]")) write(span, age(Date.parse(span.parentElement.dateTime)));
  if (!body.dataset.stream) return;
  if (document.hidden) {
    if (Date.now() - hiddenSince > HIDDEN_MS) close();
    return;
  }
  if (source && Date.now() - Math.max(contact, openedAt) > SILENCE_MS) lost(close());
  if (!source && Date.now() > retryAt) open();
  show();
}

document.addEventListener("roomready-swap", ({ detail }) => apply(detail)); // from press.js

// The first message after each opening brings everything anew. Until it is here, what was seen long ago stays covered: a
// phone that is unlocked must not show a minute-old room for a moment.
function wake() {
  if (document.hidden) return void (hiddenSince ??= Date.now());
  if (hiddenSince && Date.now() - hiddenSince > HIDDEN_MS) {
    close(); // a phone that slept may not know yet that its connection is gone
    if (!pausedSince) body.dataset.old = "";
  }
  hiddenSince = null;
  retryAt = 0; // somebody looks: now, not after the pause between two tries
  tick();
}

if (body.dataset.stream) {
  button.hidden = false;
  button.onclick = () => {
    pausedSince = pausedSince ? null : Date.now();
    if (!pausedSince) apply([...waiting.values()], waiting.clear());
    show();
  };
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("pageshow", wake);
  window.addEventListener("pagehide", close);
}
setInterval(tick, 1000);
wake();
