SELECT
  {{overall}} AS overall,
  {{clarity}} AS clarity,
  {{desirability}} AS desirability,
  {{would_use}} AS would_use,
  {{concern}} AS concern,
  {{said}} AS said,
  {{day}} AS day,
  {{outside}} AS outside,
  createdTime AS created,
  url AS address
FROM {{table}}
