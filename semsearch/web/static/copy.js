// Copies links (a.copy) and examples (pre). Without this script a link is a link, and a text can be selected.

const SAID_MS = 2000;

function say(text) {
  document.getElementById("status").textContent = text;
}

async function copyLink(link) {
  const address = new URL(link.getAttribute("href"), location.href).href;
  const stated = link.dataset.stated ? document.querySelector('link[rel="canonical"]')?.href : null;
  try {
    await navigator.clipboard.writeText(stated ?? address);
    say("The link is copied");
    link.dataset.said = "copied";
    setTimeout(() => delete link.dataset.said, SAID_MS);
  } catch {
    location.href = address;
  }
}

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("The example is copied");
  } catch {
    button.textContent = "Not copied";
  }
  setTimeout(() => { button.textContent = "Copy"; }, SAID_MS);
}

if (navigator.clipboard) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.copy");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    copyLink(link);
  }, { capture: true });
  for (const place of document.querySelectorAll("pre.copied")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    const text = place.textContent;
    button.addEventListener("click", () => copyText(button, text));
    place.append(button);
  }
}
