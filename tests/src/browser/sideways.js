// The body of a function: the widest element that makes the page scroll sideways, or null.
const page = document.scrollingElement;
if (page.scrollWidth <= page.clientWidth) return null;
let widest = page, edge = 0;
for (const element of document.body.querySelectorAll("*")) {
  const right = element.getBoundingClientRect().right + window.scrollX;
  if (right > edge) { edge = right; widest = element; }
}
const name = widest.tagName.toLowerCase() + (widest.id ? "#" + widest.id : "")
  + [...widest.classList].map((word) => "." + word).join("");
return `${page.scrollWidth} px wide where ${page.clientWidth} px are visible, by <${name}>`;
