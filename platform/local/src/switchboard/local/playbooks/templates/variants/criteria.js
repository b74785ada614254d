(() => {
  // Criterion by criterion: pick one, try it beside the list, say whether it is what was meant.
  const stage = document.querySelector(".stage");
  const items = [...document.querySelectorAll(".criteria li")];
  const texts = items.map((item) => item.querySelector("span").textContent);
  const boxes = items.map((item) => item.querySelector("input"));
  const votes = texts.map(() => "");
  const title = make("h2", { tabindex: "-1" }), text = make("p", {}), tally = make("p", { class: "muted", role: "status" });
  const yes = make("button", { type: "button", class: "primary", text: T.vote_yes }), no = make("button", { type: "button", text: T.vote_no });
  stage.prepend(make("section", { class: "card now" }, title, text, make("div", { class: "row" }, yes, no), tally));
  const picks = texts.map((_, index) => make("button", { type: "button", class: "pick", onclick: () => go(index) }));
  items.forEach((item, index) => { item.querySelector("label").hidden = true; item.append(picks[index]); });
  let at = 0;
  const draw = () => {
    title.textContent = T.step.replace("{n}", at + 1).replace("{m}", texts.length);
    text.textContent = texts[at];
    picks.forEach((pick, index) => {
      pick.setAttribute("aria-pressed", index === at ? "true" : "false");
      pick.textContent = (votes[index] === "yes" ? "✓ " : votes[index] === "no" ? "? " : "") + texts[index];
    });
    tally.textContent = T.votes.replace("{y}", votes.filter((vote) => vote === "yes").length)
      .replace("{n}", votes.filter((vote) => vote === "no").length);
  };
  const go = (to) => { at = to; draw(); title.focus(); };
  const vote = (value) => () => {
    votes[at] = value;
    boxes[at].checked = true;
    boxes[at].dispatchEvent(new Event("change"));
    const open = votes.findIndex((given) => !given);
    go(open < 0 ? at : open);
  };
  yes.addEventListener("click", vote("yes"));
  no.addEventListener("click", vote("no"));
  draw();
})();
