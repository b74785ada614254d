"use strict";
const T = {{labels}};
const LANG = document.documentElement.lang;
const $ = (id) => document.getElementById(id);
const make = (tag, options = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (key === "text") node.textContent = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
};
const cents = (value) => Math.round((value + Number.EPSILON) * 100) / 100;
const money = (value) => new Intl.NumberFormat(LANG, { style: "currency", currency: T.currency }).format(value);
const saveFile = (name, type, text) => {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
(() => {
  const boxes = [...document.querySelectorAll(".criteria input")];
  const show = () => {
    const done = boxes.filter((box) => box.checked).length;
    $("criteria-progress").textContent = T.checked.replace("{n}", done).replace("{m}", boxes.length);
  };
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
})();
