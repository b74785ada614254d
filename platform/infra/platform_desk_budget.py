"""What the desk may cost: an alert, and no more than that (BUD-08)."""

from aws_cdk import aws_budgets as budgets
from constructs import Construct
from platform_connect import DESK_TAG

LIMIT_USD = 10
ALERT_USD = 8


class DeskBudget(Construct):
    """$10 in all, said to the alarm topic at $8; a person stops the desk (README, "Stop").

    Counted are resources with the desk's tag. AWS counts by a tag only once somebody has switched
    it on as a cost allocation tag (README): before that this budget sees nothing.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, topic_arn: str) -> None:
        """Build the budget `name`, which tells `topic_arn`."""
        super().__init__(scope, construct_id)
        kind = budgets.CfnBudget
        budgets.CfnBudget(
            self,
            "Budget",
            budget=kind.BudgetDataProperty(
                budget_name=name,
                budget_type="COST",
                time_unit="ANNUALLY",  # the longest there is: in all, not by month
                budget_limit=kind.SpendProperty(amount=LIMIT_USD, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:Environment${DESK_TAG}"]},
            ),
            notifications_with_subscribers=[
                kind.NotificationWithSubscribersProperty(
                    notification=kind.NotificationProperty(
                        notification_type="ACTUAL",
                        comparison_operator="GREATER_THAN",
                        threshold=ALERT_USD,
                        threshold_type="ABSOLUTE_VALUE",
                    ),
                    subscribers=[
                        kind.SubscriberProperty(subscription_type="SNS", address=topic_arn)
                    ],
                )
            ],
        )
