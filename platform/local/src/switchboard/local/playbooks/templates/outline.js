(() => {
  const STEPS = {{spec}};
  let current = 0;
  const answers = STEPS.map(() => "");
  const draw = () => {
    $("step-text").textContent = STEPS[current];
    $("step-number").textContent = T.step.replace("{n}", current + 1).replace("{m}", STEPS.length);
    document.querySelectorAll("[data-step]").forEach((b, i) => {
      b.setAttribute("aria-pressed", i === current ? "true" : "false");
      b.textContent = i + 1 + (answers[i] === "yes" ? " ✓" : answers[i] === "no" ? " ?" : "");
    });
    $("back").disabled = current === 0;
    $("forward").disabled = current === STEPS.length - 1;
    const yes = answers.filter((a) => a === "yes").length, no = answers.filter((a) => a === "no").length;
    $("votes").textContent = T.votes.replace("{y}", yes).replace("{n}", no);
  };
  const go = (to) => { current = Math.min(STEPS.length - 1, Math.max(0, to)); draw(); };
  document.querySelectorAll("[data-step]").forEach((b, i) => b.addEventListener("click", () => go(i)));
  $("back").addEventListener("click", () => go(current - 1));
  $("forward").addEventListener("click", () => go(current + 1));
  [["yes", "yes"], ["no", "no"]].forEach(([id, value]) => $(id).addEventListener("click", () => { answers[current] = value; go(current + 1); }));
  draw();
})();
