WITH answers AS (
{{answers}}
),
responses AS (
  SELECT * FROM answers
  WHERE overall IS NOT NULL OR clarity IS NOT NULL OR desirability IS NOT NULL
    OR would_use <> '' OR concern <> '' OR said <> ''
),
span AS (SELECT julianday(MAX(day)) - julianday(MIN(day)) AS days FROM responses),
dated AS (
  -- the day; over weeks the Monday; over half a year and more the month
  SELECT overall, CASE
    WHEN (SELECT days FROM span) > 182 THEN substr(day, 1, 7)
    WHEN (SELECT days FROM span) > 21 THEN date(day, 'weekday 0', '-6 days')
    ELSE day END AS period
  FROM responses WHERE day IS NOT NULL
),
concerns AS (
  SELECT MIN(concern) AS name, COUNT(*) AS n, AVG(overall) AS mean
  FROM responses WHERE concern <> '' GROUP BY lower(concern) ORDER BY n DESC, name LIMIT 12
)
SELECT 'rows' AS part, '' AS name, NULL AS value, COUNT(*) AS n, NULL AS mean FROM answers
UNION ALL SELECT 'responses', '', NULL, COUNT(*), NULL FROM responses
UNION ALL SELECT 'texts', '', NULL, COUNT(*), NULL FROM responses WHERE said <> '' OR concern <> ''
UNION ALL SELECT 'outside', '', NULL, SUM(outside), NULL FROM answers
UNION ALL SELECT 'first day', MIN(day), NULL, COUNT(day), NULL FROM responses
UNION ALL SELECT 'last day', MAX(day), NULL, COUNT(day), NULL FROM responses
UNION ALL SELECT 'rating', 'Overall Rating', NULL, COUNT(overall), AVG(overall) FROM responses
UNION ALL SELECT 'rating', 'Clarity Rating', NULL, COUNT(clarity), AVG(clarity) FROM responses
UNION ALL SELECT 'rating', 'Desirability Rating', NULL, COUNT(desirability), AVG(desirability)
  FROM responses
UNION ALL SELECT 'distribution', 'Overall Rating', CAST(overall + 0.5 AS INTEGER), COUNT(*), NULL
  FROM responses WHERE overall IS NOT NULL GROUP BY 3
UNION ALL SELECT 'distribution', 'Clarity Rating', CAST(clarity + 0.5 AS INTEGER), COUNT(*), NULL
  FROM responses WHERE clarity IS NOT NULL GROUP BY 3
UNION ALL SELECT 'distribution', 'Desirability Rating', CAST(desirability + 0.5 AS INTEGER),
  COUNT(*), NULL FROM responses WHERE desirability IS NOT NULL GROUP BY 3
UNION ALL SELECT 'would use', would_use, NULL, COUNT(*), AVG(overall)
  FROM responses WHERE would_use <> '' GROUP BY would_use
UNION ALL SELECT 'concern', name, NULL, n, mean FROM concerns
UNION ALL SELECT 'period', period, COUNT(overall), COUNT(*), AVG(overall) FROM dated GROUP BY period
