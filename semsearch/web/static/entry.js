// Copies the link of an entry.

const copy = document.querySelector("a.copy");
copy.addEventListener("click", async (event) => {
  if (!navigator.clipboard) return; // then it is a link like any other
  event.preventDefault();
  const address = new URL(copy.getAttribute("href"), location.href).href;
  const stated = document.querySelector('link[rel="canonical"]')?.href ?? address;
  try {
    await navigator.clipboard.writeText(stated);
    document.getElementById("status").textContent = "The link is copied";
    copy.dataset.said = "copied";
    setTimeout(() => delete copy.dataset.said, 2000);
  } catch {
    location.href = address;
  }
});
