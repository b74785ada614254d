(() => {
  const P = {{spec}};
  const items = P.items.map((item) => ({ ...item }));
  const applies = (tier, value) => (tier.strict ? value > tier.from : value >= tier.from);
  const best = (tiers, value) => Math.max(0, ...tiers.filter((t) => applies(t, value)).map((t) => t.percent));
  const rows = () => {
    const sum = cents(items.reduce((all, item) => all + item.price * item.quantity, 0));
    const pieces = items.reduce((all, item) => all + item.quantity, 0);
    const code = ($("code")?.value || "").trim().toUpperCase();
    const tier = Object.hasOwn(P.codes, code) ? P.codes[code] : null;
    const ended = tier && P.ends[code] && new Date().toISOString().slice(0, 10) > P.ends[code];
    const counts = tier && !ended && applies(tier, sum);
    if ($("code-note")) $("code-note").textContent = !code ? "" : !tier ? P.unknown || T.code_bad
      : ended ? T.code_ended : counts ? T.code_good : T.code_from.replace("{a}", money(tier.from));
    let off = cents(sum * Math.max(best(P.tiers, sum), best(P.bulk, pieces)) / 100);
    if (counts) off = Math.max(off, cents(sum * tier.percent / 100) + tier.off);
    if (P.cap !== null) off = Math.min(off, P.cap);
    off = Math.min(off, sum);
    let net = cents(sum - off);
    const lines = [[T.subtotal, sum]];
    if (P.tiers.length || P.bulk.length || Object.keys(P.codes).length) lines.push([T.discount, -off]);
    const tax = P.tax === null ? 0 : cents(net * P.tax / 100);
    if (P.tax !== null) lines.push([`${T.tax} (${P.tax} %)`, tax]);
    let ship = 0;
    if (P.shipping) {
      const s = P.shipping;
      ship = s.from && (s.strict ? net > s.from : net >= s.from) ? 0 : s.fee;
      lines.push([T.shipping, ship]);
    }
    const chosen = document.querySelector("[data-tip][aria-pressed=true]");
    const tip = chosen ? cents(net * Number(chosen.dataset.tip) / 100) : 0;
    if (P.tips.length) lines.push([T.tip, tip]);
    const total = cents(net + tax + ship + tip);
    const people = Math.max(1, Number($("people")?.value || 1));
    if (people > 1) lines.push([`${T.per_person} (${people})`, cents(total / people)]);
    return { lines, total, next: P.tiers.filter((t) => !applies(t, sum)).sort((a, b) => a.from - b.from)[0], sum };
  };
  const draw = () => {
    items.forEach((item, i) => {
      $("q" + i).value = item.quantity;
      $("l" + i).textContent = money(cents(item.price * item.quantity));
    });
    const { lines, total, next, sum } = rows();
    $("sum").replaceChildren(
      ...lines.map(([name, value]) => make("div", {}, make("dt", { text: name }), make("dd", { text: money(value) }))),
      make("div", { class: "total" }, make("dt", { text: T.total }), make("dd", { text: money(total) })));
    $("next").textContent = next ? T.next_tier.replace("{a}", money(cents(next.from - sum))).replace("{p}", next.percent) : "";
  };
  items.forEach((item, i) => {
    const change = (by) => () => { item.quantity = Math.max(0, item.quantity + by); draw(); };
    $("items").append(make("tr", {},
      make("td", { text: item.name }), make("td", { class: "num", text: money(item.price) }),
      make("td", {}, make("span", { class: "row" },
        make("button", { type: "button", text: "−", "aria-label": T.less + " " + item.name, onclick: change(-1) }),
        make("input", { id: "q" + i, type: "number", min: "0", "aria-label": T.quantity + " " + item.name, style: "width:5rem",
          oninput: (e) => { item.quantity = Math.max(0, Math.floor(Number(e.target.value) || 0)); draw(); } }),
        make("button", { type: "button", text: "+", "aria-label": T.more + " " + item.name, onclick: change(1) }))),
      make("td", { class: "num", id: "l" + i })));
  });
  document.querySelectorAll("[data-tip]").forEach((button) => button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") === "true";
    document.querySelectorAll("[data-tip]").forEach((other) => other.setAttribute("aria-pressed", "false"));
    button.setAttribute("aria-pressed", on ? "false" : "true");
    draw();
  }));
  ["code", "people"].forEach((id) => $(id)?.addEventListener("input", draw));
  draw();
})();
