(() => {
  // The criteria as slips people vote on: in a list, below a tally, or on a board of lanes.
  const TEXTS = {{spec}}, MODE = {{mode}};
  const votes = TEXTS.map(() => "");
  const place = $("slips"), tally = $("slip-tally");
  const lanes = [["", T.lane_open], ["no", T.lane_discuss], ["yes", T.lane_clear]];
  const slip = (text, index) => {
    const button = (value, label) => make("button", { type: "button", text: label, "aria-pressed": votes[index] === value ? "true" : "false",
      "aria-label": `${label}: ${text}`, onclick: () => { votes[index] = votes[index] === value ? "" : value; draw(); } });
    return make("div", { class: "slip" }, make("p", { text: `${index + 1}. ${text}` }), make("div", { class: "row" }, button("yes", T.vote_yes), button("no", T.vote_no)));
  };
  const count = (value) => votes.filter((vote) => vote === value).length;
  const draw = () => {
    const slips = TEXTS.map(slip);
    tally.replaceChildren(...(MODE === "list" ? [] : lanes.map(([value, label]) =>
      make("div", {}, make("span", { class: "muted", text: label }), make("strong", { class: "big", text: String(count(value)) })))));
    $("slip-votes").textContent = T.votes.replace("{y}", count("yes")).replace("{n}", count("no"));
    if (MODE === "board") {
      place.replaceChildren(...lanes.map(([value, label]) => make("div", { class: "lane" }, make("h3", { text: label }),
        ...slips.filter((_, index) => votes[index] === value))));
      return;
    }
    const order = ["no", "", "yes"];
    const sorted = MODE === "tally" ? slips.map((node, index) => [order.indexOf(votes[index]), node]).sort((a, b) => a[0] - b[0]).map((pair) => pair[1]) : slips;
    place.replaceChildren(...sorted);
  };
  draw();
})();
