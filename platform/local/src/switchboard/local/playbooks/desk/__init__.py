"""The playbook of the l1_support agent: a help desk on the telephone, deterministic."""
