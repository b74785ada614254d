SELECT * FROM {{table}} LIMIT {{most}}
