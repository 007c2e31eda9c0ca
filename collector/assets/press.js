// Keeps what a person presses in this browser until the collector has taken it: through a lost connection, a reload, and
// a restart of the collector. Each press has a key of its own, so that sent twice it is done once. Without this file the
// forms work as forms do.

const STORE = "roomready-presses";
const MOST_KEPT = 50; // a morning without a network has a dozen; a full list lets the form go its ordinary way
const PATIENCE_MS = 10_000; // for one answer
const RETRY_MS = 3_000; // until a press is sent again, and up to as long again
const SHOWN_AFTER_MS = 1_200; // a press that is on its way for longer is shown as not sent yet
const AGAIN_MS = 1_000; // a second press of the same button within this is a double click

const { body } = document;
const list = document.getElementById("presses");
const voice = document.getElementById("live-say");
const signIn = body.dataset.signIn;
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: body.dataset.zone || undefined });
let unstored = null; // where this browser lets us keep nothing: for as long as the page is open
let [sending, due] = [false, 0];
let shown = ""; // what the list says now
let [panel, fetching] = [mark(), false]; // which panel this page has
let last = { button: null, at: 0 };
let leaves = { key: "", to: "" }; // a page that asks one thing goes where its form says, once that is done

function mark() {
  return document.getElementById("people")?.dataset.panel;
}

function kept() {
  if (unstored) return unstored;
  try {
    const all = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return Array.isArray(all) ? all : [];
  } catch {
    return [];
  }
}

function keep(presses) {
  try {
    localStorage.setItem(STORE, JSON.stringify(presses));
    unstored = null;
  } catch {
    unstored = presses;
  }
}

const change = (key, to) => keep(kept().flatMap((press) => (press.key === key ? to(press) : [press])));
const mine = (press) => press.by === signIn;
const say = (words) => void (voice && (voice.textContent = words));
const draw = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// What was pressed, with what was chosen and typed.
function described(form, words, button) {
  if (!words) return button?.textContent ?? "";
  const chosen = [...form.querySelectorAll("select")].map((select) => select.selectedOptions[0]?.textContent);
  const marked = [...form.querySelectorAll("input:checked")].map((input) => input.closest("label")?.textContent.trim());
  const typed = [...form.querySelectorAll("textarea, input:not([type=hidden], [type=radio])")].map((field) => field.value.trim());
  const all = [...chosen, ...marked, ...typed].filter(Boolean).join(", ");
  return all ? `${words}: ${all.length > 80 ? `${all.slice(0, 79)}…` : all}` : words;
}

function pressed(event) {
  const form = event.target;
  const cut = !navigator.onLine || body.dataset.live === "lost";
  const words = form.dataset.press ?? (cut ? form.dataset.kept : undefined);
  const all = kept();
  if (words === undefined || all.length >= MOST_KEPT) return;
  event.preventDefault();
  const at = Date.now();
  if (last.button === event.submitter && at - last.at < AGAIN_MS) return;
  last = { button: event.submitter, at };
  const fields = [...new FormData(form, event.submitter)].filter(([name]) => name !== "csrf" && name !== "once");
  const key = draw();
  if (form.dataset.then) leaves = { key, to: form.dataset.then };
  keep([...all, { key, to: event.submitter?.getAttribute("formaction") ?? form.getAttribute("action"), fields, words: described(form, words, event.submitter), at, by: signIn }]);
  form.reset();
  const folded = (event.submitter ?? form).closest("details");
  if (folded?.open) {
    folded.querySelector("summary").focus();
    folded.open = false;
  }
  due = 0;
  send();
}

// What became of it: "later" when nobody answered, else why it was refused, or nothing when it was taken.
async function post({ to, fields, key, at }) {
  const csrf = document.querySelector("input[name=csrf]")?.value ?? "";
  const form = [...fields, ["csrf", csrf], ["key", key], ["ago", String(Math.max(0, Date.now() - at))]];
  try {
    const answer = await fetch(to, { method: "POST", body: new URLSearchParams(form), signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok && (await answer.json()).taken) return null;
    if (answer.status === 409) return (await answer.json()).why;
    if (answer.status === 401) return "You are signed out. Sign in again, then press it again.";
    if (answer.status === 403) return "Your sign-in does not reach this room any more.";
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408 || answer.ok) return "later";
    return "Reload the page, then press it again.";
  } catch {
    return "later";
  }
}

async function send() {
  if (sending || Date.now() < due) return;
  sending = true;
  for (;;) {
    const next = kept().find((press) => mine(press) && !press.refused);
    if (!next) break;
    const outcome = await post(next);
    if (outcome === "later") {
      change(next.key, (press) => [{ ...press, tried: true }]);
      due = Date.now() + RETRY_MS * (1 + Math.random());
      break;
    }
    change(next.key, (press) => (outcome ? [{ ...press, refused: outcome }] : []));
    if (!outcome && next.key === leaves.key) location.assign(leaves.to);
    if (outcome) say(`Not taken: ${next.words}. ${outcome}`);
    else if (next.tried) say(`Sent: ${next.words}`);
    panel = null;
    await refresh();
  }
  sending = false;
  show();
}

function line(press) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  const state = document.createElement("strong");
  words.textContent = `${press.words}, pressed ${clock.format(press.at)}: `;
  state.textContent = press.refused ? "not taken." : mine(press) ? "not sent yet." : "not sent, from an earlier sign-in.";
  words.append(state, press.refused ? ` ${press.refused}` : "");
  item.append(words);
  if (press.refused || !mine(press)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Remove";
    button.onclick = () => show(change(press.key, () => []));
    item.append(button);
  }
  return item;
}

function show() {
  const waits = (press) => press.refused || press.tried || !mine(press) || Date.now() - press.at > SHOWN_AFTER_MS;
  const all = kept().filter(waits);
  const now = JSON.stringify(all);
  if (now === shown) return;
  const before = shown === "" ? 0 : JSON.parse(shown).length;
  shown = now;
  list.hidden = all.length === 0;
  list.replaceChildren(...all.map(line));
  const newest = all.at(-1);
  if (all.length > before && mine(newest) && !newest.refused) say(`Not sent yet: ${newest.words}`);
}

// The panel has this person's own forms, so no stream brings it: the page asks for it when its mark is another.
async function refresh() {
  const wanted = mark();
  if (fetching || !document.getElementById("actions") || panel === wanted) return;
  fetching = true;
  try {
    const answer = await fetch(`/live${location.pathname}/panel`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) {
      const html = await answer.text();
      document.dispatchEvent(new CustomEvent("roomready-swap", { detail: [{ id: "actions", html }] }));
      panel = wanted;
    }
  } catch {
    // Tried again with the next second.
  }
  fetching = false;
}

function tick() {
  show();
  if (document.hidden) return;
  if (kept().some((press) => mine(press) && !press.refused)) send();
  refresh();
}

document.addEventListener("submit", pressed);
window.addEventListener("storage", show);
window.addEventListener("online", () => send((due = 0)));
if (document.getElementById("people")) new MutationObserver(refresh).observe(document.getElementById("people"), { attributes: true });
setInterval(tick, 1000);
tick();
