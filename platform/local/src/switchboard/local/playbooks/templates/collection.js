(() => {
  const C = {{spec}};
  let items = C.items.map((name) => ({ name, quantity: 1, done: false }));
  const say = (text, good) => { $("kept-notice").className = "notice " + (good ? "good" : "bad"); $("kept-notice").textContent = text; };
  const draw = () => {
    const shown = $("open-only").checked ? items.filter((item) => !item.done) : items;
    $("kept").replaceChildren(...shown.map((item) => make("li", { class: item.done ? "done" : "" },
      make("input", { type: "checkbox", checked: item.done, "aria-label": T.done + ": " + item.name,
        onchange: (e) => { item.done = e.target.checked; draw(); } }),
      make("span", { class: "name", text: item.name }),
      make("input", { type: "number", min: "1", value: item.quantity, style: "width:5rem", "aria-label": T.quantity + ": " + item.name,
        onchange: (e) => { item.quantity = Math.max(1, Number(e.target.value) || 1); draw(); } }),
      make("button", { type: "button", text: T.remove, "aria-label": T.remove + ": " + item.name,
        onclick: () => { items = items.filter((other) => other !== item); say(T.removed + " " + item.name, true); draw(); } }))));
    $("kept-count").textContent = items.length ? T.entries.replace("{n}", items.length) : T.nothing_yet;
  };
  $("add").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = $("new-name").value.trim();
    const same = items.find((item) => item.name.toLocaleLowerCase() === name.toLocaleLowerCase());
    if (!name) return say(T.required, false);
    if (same) { same.quantity += 1; say(T.counted_up + " " + same.name, true); }
    else if (C.maximum && items.length >= C.maximum) return say(T.at_most.replace("{n}", C.maximum), false);
    else { items.push({ name, quantity: 1, done: false }); say(T.added + " " + name, true); }
    $("new-name").value = "";
    $("new-name").focus();
    draw();
  });
  $("open-only").addEventListener("change", draw);
  draw();
})();
