(() => {
  // Result first: what comes out stands large at the front, the questions wait in a panel beside it.
  const stage = document.querySelector(".stage"), criteria = document.querySelector(".criteria");
  const glance = make("section", { class: "card glance", "aria-labelledby": "glance-title" }, make("h2", { id: "glance-title", text: T.glance }));
  BLOCKS.filter((block) => !block.asks && !block.node.closest("form") && !block.node.matches("button, p:has(button)"))
    .forEach((block) => glance.append(block.node));
  const list = make("dl", { class: "entered" });
  const drawer = make("details", { class: "card drawer", open: true }, make("summary", { text: T.change }), ...document.querySelectorAll(".stage > .card"));
  const named = () => [...drawer.querySelectorAll("label[for]")]
    .map((label) => [label, drawer.querySelector("#" + CSS.escape(label.htmlFor))])
    .filter(([, field]) => field && field.matches("input, select, textarea"));
  const shown = (field) => field.type === "password" ? "•".repeat(field.value.length) : field.value;
  const draw = () => list.replaceChildren(...named().map(([label, field]) => make("div", {},
    make("dt", { text: label.childNodes[0].textContent.trim() }), make("dd", { text: shown(field) || "–" }))));
  if (named().length) glance.append(make("h3", { text: T.entered }), list);
  stage.replaceChildren(make("div", { class: "desk" }, glance, drawer));
  stage.after(criteria);
  ["input", "change", "click"].forEach((kind) => drawer.addEventListener(kind, () => setTimeout(draw)));
  draw();
})();
