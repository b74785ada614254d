const BLOCKS = (() => {
  // The pieces of a card: those that ask something, and those that show what comes of it.
  const ASKS = "input, select, textarea, [data-tip]";
  const LABEL = (block) => (block.querySelector("label, .legend")?.childNodes[0]?.textContent || "").trim();
  const pieces = (card) => {
    const inner = card.querySelector(":scope > form");
    const outside = [...card.children].filter((node) => node !== inner && !node.matches("h2, h2 + p.muted"));
    const inside = [...(inner ? inner.children : [])].flatMap((node) =>
      node.matches(".grid") && node.children.length > 1 ? [...node.children] : [node]);
    return [...inside, ...outside].flatMap((node) =>
      node.matches(".grid") && node.querySelectorAll(":scope > .field").length > 1 ? [...node.children] : [node]);
  };
  return [...document.querySelectorAll(".stage > .card")].flatMap((card) => pieces(card).map((node) => ({
    node, card, label: LABEL(node), asks: Boolean(node.matches(ASKS) || node.querySelector(ASKS)) })));
})();
