(() => {
  const LIMITS = {{spec}};
  LIMITS.forEach((limit, i) => {
    const draw = () => {
      const value = Number($("v" + i).value), ok = limit.most ? value <= limit.value : value >= limit.value;
      $("o" + i).textContent = value + " " + limit.name;
      $("b" + i).className = "notice " + (ok ? "good" : "bad");
      $("b" + i).textContent = ok ? T.allowed : (limit.most ? T.at_most : T.at_least).replace("{n}", limit.value);
    };
    $("v" + i).addEventListener("input", draw);
    draw();
  });
})();
