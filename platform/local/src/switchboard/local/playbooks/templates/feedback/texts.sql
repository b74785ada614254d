-- Of many texts every second, third, ... one, from the newest to the oldest.
WITH answers AS (
{{answers}}
),
told AS (
  SELECT *, ROW_NUMBER() OVER (ORDER BY day DESC, created DESC, address) AS place,
    COUNT(*) OVER () AS total
  FROM answers WHERE said <> '' OR concern <> ''
)
SELECT substr(said, 1, {{longest}}) AS said, substr(concern, 1, {{longest}}) AS concern,
  overall, would_use
FROM told WHERE (place - 1) % MAX(1, (total + {{sample}} - 1) / {{sample}}) = 0
ORDER BY place LIMIT {{sample}}
