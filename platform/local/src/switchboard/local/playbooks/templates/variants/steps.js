(() => {
  // Step by step: one question at a time, everything together at the end.
  const stage = document.querySelector(".stage"), criteria = document.querySelector(".criteria");
  const asking = BLOCKS.filter((block) => block.asks), questions = asking.length ? asking : BLOCKS;
  const steps = questions.map((block) => [block.node]).concat([BLOCKS.map((block) => block.node)]);
  const title = make("h2", { tabindex: "-1" }), bar = make("progress", { max: steps.length, "aria-label": T.progress });
  const number = make("p", { class: "muted", role: "status" });
  const back = make("button", { type: "button", text: T.back }), next = make("button", { type: "button", class: "primary", text: T.forward });
  stage.prepend(make("div", { class: "card stepbar" }, number, title, bar));
  stage.append(make("div", { class: "stepnav" }, back, next));
  let at = 0;
  const draw = () => {
    const last = at === steps.length - 1;
    BLOCKS.forEach(({ node }) => { node.hidden = !steps[at].includes(node); });
    document.querySelectorAll(".stage > section.card").forEach((card) => {
      card.hidden = !last && !BLOCKS.some((block) => block.card === card && !block.node.hidden);
    });
    criteria.hidden = !last;
    number.textContent = T.step.replace("{n}", at + 1).replace("{m}", steps.length);
    title.textContent = last ? T.step_all : questions[at].label || questions[at].card.querySelector("h2").textContent;
    bar.value = at + 1;
    back.disabled = at === 0;
    next.hidden = last;
  };
  const go = (to) => { at = Math.min(steps.length - 1, Math.max(0, to)); draw(); title.focus(); };
  back.addEventListener("click", () => go(at - 1));
  next.addEventListener("click", () => go(at + 1));
  stage.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || at === steps.length - 1 || !event.target.matches("input, select")) return;
    event.preventDefault();
    go(at + 1);
  });
  draw();
})();
