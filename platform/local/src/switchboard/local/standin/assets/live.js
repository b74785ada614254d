// Keeps an open page current without disturbing a person who is choosing something.
const read = async () => {
  if (document.hidden || document.activeElement?.matches("select,input,textarea")) return;
  const text = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  const shown = document.querySelector("main");
  if (fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(fresh);
};
setInterval(() => read().catch(() => {}), 2000);
document.addEventListener("change", (e) => e.target.matches("select[data-submit]") && e.target.form.submit());
