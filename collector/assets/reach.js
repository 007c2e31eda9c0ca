// Tries what a browser alone can say about its network, and shows the answer that the page has ready for it.

const PATIENCE_MS = 15_000; // the stream speaks for two seconds; a slow network may take a while to begin
const APART_MS = 500; // its first and last words are further apart than this, unless something held them back

function show(id, outcome) {
  for (const part of document.querySelectorAll(`#${id} > [data-outcome]`)) part.hidden = part.dataset.outcome !== outcome;
}

// A browser takes no background script over a connection whose warning somebody went past. This one is not there, so
// nothing is left behind: what differs is why it is refused.
async function certificate() {
  if (!document.querySelector("#reach-certificate > [data-outcome]") || !navigator.serviceWorker) return;
  const refused = await navigator.serviceWorker.register("/reach/nothing").then((made) => made.unregister(), (error) => error);
  show("reach-certificate", refused?.name === "SecurityError" ? "fail" : "pass");
}

function stream() {
  let first = null;
  const source = new EventSource("/reach/stream");
  const end = (outcome) => {
    source.close();
    clearTimeout(late);
    show("reach-stream", outcome);
  };
  const late = setTimeout(() => end(first === null ? "fail" : "held"), PATIENCE_MS);
  source.onmessage = () => (first ??= performance.now());
  source.addEventListener("last", () => end(first !== null && performance.now() - first > APART_MS ? "pass" : "held"));
  source.onerror = () => end("fail");
  show("reach-stream", "trying");
}

certificate();
stream();
