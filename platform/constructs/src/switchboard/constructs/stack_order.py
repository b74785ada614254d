"""The order of the runtime's stacks: Network, Security, Storage, AgentCore (seed 002, K-02).

They live in two apps and find each other by SSM names, so what is deployed too early fails at the
first parameter that does not exist. Where they stand in one app, they also depend on each other.
"""

from switchboard.constructs.service_stack import ServiceStack

ORDER = ("network", "security", "agent-images", "agents")
"""By service name; `agent-images` is the storage stack, `agents` the one with the runtimes."""


class StackOrderError(ValueError):
    """A stack was built after one that needs it."""


def follow(stack: ServiceStack) -> None:
    """Make `stack` depend on the earlier ones of `ORDER` in the same app.

    Raises:
        StackOrderError: a later one is there already.
    """
    place = ORDER.index(stack.service)
    for sibling in stack.node.root.node.children:
        if not isinstance(sibling, ServiceStack) or sibling.service not in ORDER:
            continue
        if sibling.environment_data.name != stack.environment_data.name:
            continue
        other = ORDER.index(sibling.service)
        if other > place:
            raise StackOrderError(
                f"{stack.stack_name} is built after {sibling.stack_name}, which needs it; "
                f"build them in this order: {', '.join(ORDER)}"
            )
        if other < place:
            # Nothing but an order: their values travel by SSM, so no export locks a stack.
            stack.add_stack_dependency(sibling)
