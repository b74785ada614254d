"""The a_b_test agent: a story becomes two to four prototypes that people can compare."""
