// Tells whoever listens instead of looking: each incident, raised hand and pause once, the newest of those that came
// together, in one polite voice. What the page was loaded with is read with the page, and nothing is said again because
// a connection or the collector came back.

const MOST_KNOWN = 2_000; // more than any day brings; then the oldest are forgotten

const region = document.getElementById("live-say");
const known = new Set();
const key = (element) => element.dataset.sayKey ?? element.id;

function fresh() {
  const all = [...document.querySelectorAll("[data-say]")].filter((element) => !known.has(key(element)));
  all.forEach((element) => known.add(key(element)));
  for (const oldest of known) {
    if (known.size <= MOST_KNOWN) break;
    known.delete(oldest);
  }
  return all;
}

function look() {
  const news = fresh();
  if (news.length === 0) return;
  const first = news.find((element) => element.matches(".incident")) ?? news[0];
  region.textContent = news.length === 1 ? first.dataset.say : `${first.dataset.say}, and ${news.length - 1} more`;
}

if (region) {
  fresh();
  const seen = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-say", "data-say-key", "id"] };
  new MutationObserver(look).observe(document.getElementById("main"), seen);
}
