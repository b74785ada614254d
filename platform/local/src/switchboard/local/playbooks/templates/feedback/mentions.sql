WITH answers AS (
{{answers}}
),
told AS (SELECT overall, {{words}} AS words FROM answers)
{{themes}}
