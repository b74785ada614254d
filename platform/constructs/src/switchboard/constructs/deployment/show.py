"""A plan as text: what would be deployed, in order, with every parameter."""

from collections.abc import Iterator, Mapping

from switchboard.constructs.deployment.account import Account
from switchboard.constructs.deployment.plan import Parameter, StackPlan

LONGEST = 60
WIDTH = 24
MOST_KINDS = 6


def lines_of(
    plans: list[StackPlan], account: Account | str, values: Mapping[str, str]
) -> Iterator[str]:
    """The plan; `values` are those of SSM, as far as they could be looked up."""
    if isinstance(account, str):
        yield "account: unknown, not signed in; SSM values are looked up when it is deployed"
    else:
        yield f"account: {account.number}, signed in as {account.who}"
    yield f"region:  {plans[0].region}"
    for number, plan in enumerate(plans, start=1):
        status = None if isinstance(account, str) else account.stack_status(plan.name) or "new"
        yield ""
        yield f"{number}. {plan.name}" + (f" ({status})" if status else "")
        total = sum(plan.resources.values())
        kinds = sorted(plan.resources.items(), key=lambda item: (-item[1], item[0]))
        some = ", ".join(f"{count} {_short_kind(kind)}" for kind, count in kinds[:MOST_KINDS])
        yield f"   {total} resources: {some}" + (", ..." if len(kinds) > MOST_KINDS else "")
        if plan.bundles:
            yield f"   {plan.bundles} bundle(s) of code for the bootstrap bucket"
        yield from (f"   {_parameter(item, values)}" for item in plan.parameters)
        if plan.publishes:
            yield f"   publishes {len(plan.publishes)} values below {_common(plan.publishes)}"


def _short_kind(kind: str) -> str:
    return kind.removeprefix("AWS::").replace("::", " ")


def _parameter(parameter: Parameter, values: Mapping[str, str]) -> str:
    if parameter.ssm:
        value = values.get(parameter.ssm)
        shown = f" = {value[:LONGEST]}" if value else ""
        return f"reads {parameter.ssm}{shown}"
    source = "given" if parameter.given else "default"
    value = (parameter.value or "")[:LONGEST]
    return f"parameter {parameter.name:{WIDTH}} = {value!r} ({source})"


def _common(names: tuple[str, ...]) -> str:
    return "/".join(names[0].split("/")[:4])
