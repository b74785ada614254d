"""`AWS::CloudWatch::Alarm` over metric mathematics, which the engine's own handler refuses."""

from typing import Any

from switchboard.local.engine.alarm_math import KNOWN, unsupported
from switchboard.local.engine.alarm_states import OPERATORS, is_statistic
from switchboard.local.engine.alarms import STAND_IN

OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period")
REMEDY = (
    f"Known are {KNOWN}. Word the alarm with these, or teach the engine: "
    "platform/local/src/switchboard/local/engine/alarm_math.py"
)


def refusal(properties: dict[str, Any]) -> str | None:
    """Why the engine cannot compute the alarm, with what to do; None when it can.

    Properties that are references at this moment are not judged.
    """
    why = (
        _of_comparison(properties)
        or next((why for stat in _statistics(properties) if (why := _of_statistic(stat))), None)
        or (unsupported(properties["Metrics"]) if properties.get("Metrics") else None)
    )
    return f"the local engine cannot compute it: {why}. {REMEDY}" if why else None


def computed(handler: dict[str, Any], cloudwatch: Any) -> dict[str, Any]:
    """The handler of the type, for alarms over one metric and over mathematics."""

    def written(name: str, properties: Any) -> None:
        if not properties.get("Metrics"):
            return
        alarm = cloudwatch._alarms[name]  # noqa: SLF001
        for key in OF_ONE_METRIC:
            alarm.pop(key, None)
        alarm["Metrics"] = [_entry(entry) for entry in properties["Metrics"]]

    def create(logical_id: str, properties: Any, stack: str) -> Any:
        answer = handler["create"](logical_id, _plain(logical_id, properties), stack)
        written(answer[0], properties)
        return answer

    def update(name: str, old: Any, new: Any, stack: str, logical_id: str) -> Any:
        plain = (_plain(logical_id, old), _plain(logical_id, new))
        answer = handler["update"](name, *plain, stack, logical_id)
        written(answer[0], new)
        return answer

    return {**handler, "create": create, "update": update, "update_with_logical_id": True}


def _plain(logical_id: str, properties: Any) -> dict[str, Any]:
    """What the shipped handler takes: one metric in place of the mathematics.

    Raises:
        ValueError: the alarm cannot be computed; only now are its references known.
    """
    if why := refusal(properties):
        raise ValueError(f"alarm {logical_id}: {why}")
    plain = {key: value for key, value in properties.items() if key != "Metrics"}
    stand_in = {"MetricName": STAND_IN, "Namespace": STAND_IN}
    return {**plain, **stand_in} if properties.get("Metrics") else plain


def _entry(given: dict[str, Any]) -> dict[str, Any]:
    """An entry of `Metrics` with the types of the API; a template may have words for them."""
    entry = {**given, "ReturnData": str(given.get("ReturnData", True)).lower() == "true"}
    if "Period" in given:
        entry["Period"] = int(given["Period"])
    if stat := given.get("MetricStat"):
        entry["MetricStat"] = {**stat, "Period": int(stat["Period"])}
    return entry


def _statistics(properties: dict[str, Any]) -> list[Any]:
    own = [properties.get("Statistic"), properties.get("ExtendedStatistic")]
    entries = properties.get("Metrics") or []
    return own + [entry.get("MetricStat", {}).get("Stat") for entry in entries]


def _of_statistic(name: Any) -> str | None:
    if not isinstance(name, str) or is_statistic(name):
        return None
    return f"the statistic {name} is not known"


def _of_comparison(properties: dict[str, Any]) -> str | None:
    name = properties.get("ComparisonOperator")
    if not isinstance(name, str) or name in OPERATORS:
        return None
    return f"the comparison {name} is not known"
