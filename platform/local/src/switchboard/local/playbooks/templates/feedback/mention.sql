SELECT {{number}} AS theme, COUNT(*) AS n, AVG(overall) AS mean FROM told WHERE {{either}}
