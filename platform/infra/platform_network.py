"""The private network of the agents' runtimes: subnets over two zones, and doors to AWS only.

There is no NAT gateway and no internet gateway unless the environment asks for one, so nothing
comes in from outside and nothing but the endpoints can be reached. Built in VPC mode only; dev is
PUBLIC and has none, because its endpoints alone would cost more than its budget (K-16). Not run on
AWS.
"""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from platform_endpoints import INTERFACES, ROUTES, Place

from switchboard.constructs.endpoint_policy import Pass, endpoint_policy
from switchboard.constructs.environments import REGION, Environment, Network
from switchboard.constructs.network_mode import NetworkRefusedError, demand_network
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.stack_order import follow
from switchboard.constructs.tracing import posts_to_x_ray

SUBNETS = "PrivateAgent"
HTTPS = 443


class NetworkStack(ServiceStack):
    """VPC, private subnets, security groups, endpoints with policies (seeds 001 to 003)."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """Build the network of `environment`."""
        super().__init__(app, service="network", environment=environment)
        self._data = environment.network
        self._demand_zones()
        self._place = Place(environment, self.account, self.region)
        self.vpc = self._vpc()
        self.subnets = self.vpc.select_subnets(subnet_group_name=SUBNETS)
        self._pin_zones()
        self._flow_log()
        self.runtime_group = self._group("RuntimeGroup", "Agent runtimes: nothing comes in")
        self.endpoint_group = self._group("EndpointGroup", "Doors to AWS: runtimes only")
        self._rules()
        self.endpoints = self._interfaces()
        self._routes()
        self.publish_platform_values(self.values())
        self._outputs()
        follow(self)

    def _demand_zones(self) -> None:
        """At least two zones, and of this region."""
        demand_network(self._data.zone_ids, ["the runtimes' own"])
        if self.region != REGION and self._data.zone_ids == Network().zone_ids:
            raise NetworkRefusedError(
                f"zones {', '.join(self._data.zone_ids)} and prefix lists are those of {REGION}; "
                f"give the environment a `network` for {self.region} in environments.py"
            )

    def _vpc(self) -> ec2.Vpc:
        nat = self._data.nat_gateways
        kind = ec2.SubnetType
        private = kind.PRIVATE_WITH_EGRESS if nat else kind.PRIVATE_ISOLATED
        subnets = [ec2.SubnetConfiguration(name=SUBNETS, subnet_type=private, cidr_mask=24)]
        if nat:
            subnets.append(
                ec2.SubnetConfiguration(name="Nat", subnet_type=kind.PUBLIC, cidr_mask=28)
            )
        return ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(self._data.cidr),
            max_azs=len(self._data.zone_ids),
            nat_gateways=nat,
            subnet_configuration=subnets,
            # The default group is used by nothing; restricting it takes a Node function of CDK's.
            restrict_default_security_group=False,
        )

    def _pin_zones(self) -> None:
        """Each subnet in the zone of the data: AgentCore refuses a subnet in another."""
        for subnets in (
            self.vpc.isolated_subnets,
            self.vpc.private_subnets,
            self.vpc.public_subnets,
        ):
            for subnet, zone in zip(subnets, self._data.zone_ids, strict=False):
                resource: Any = subnet.node.find_child("Subnet")
                resource.add_property_deletion_override("AvailabilityZone")
                resource.add_property_override("AvailabilityZoneId", zone)

    def _flow_log(self) -> None:
        """Who spoke to whom, for a month."""
        group = logs.LogGroup(
            self,
            "FlowLogs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.vpc.add_flow_log(
            "FlowLog", destination=ec2.FlowLogDestination.to_cloud_watch_logs(group)
        )

    def _group(self, construct_id: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, construct_id, vpc=self.vpc, description=description, allow_all_outbound=False
        )

    def _rules(self) -> None:
        """Runtimes to the endpoints and to what the gateway endpoints route; nothing comes in.

        The rules out stand in the group itself: as resources of their own they might leave the
        rule that EC2 gives a new group, everything to everywhere, in its place.
        """
        self.endpoint_group.add_ingress_rule(
            self.runtime_group, ec2.Port.tcp(HTTPS), "Runtimes call AWS"
        )
        out = [
            {
                "DestinationSecurityGroupId": self.endpoint_group.security_group_id,
                "Description": "AWS by its endpoints",
            },
            *(
                {"DestinationPrefixListId": item, "Description": "AWS by its gateway endpoints"}
                for item in self._data.prefix_lists
            ),
        ]
        if self._data.nat_gateways:
            out.append({"CidrIp": "0.0.0.0/0", "Description": "Models that are not Bedrock's"})
        resource: Any = self.runtime_group.node.default_child
        resource.add_property_override(
            "SecurityGroupEgress",
            [{"IpProtocol": "tcp", "FromPort": HTTPS, "ToPort": HTTPS, **rule} for rule in out],
        )

    def _interfaces(self) -> dict[str, ec2.InterfaceVpcEndpoint]:
        made = {}
        for name, (service, passes) in INTERFACES.items():
            if name == "XRay" and not posts_to_x_ray(self):
                continue
            endpoint = self.vpc.add_interface_endpoint(
                name,
                service=service,
                subnets=ec2.SubnetSelection(subnet_group_name=SUBNETS),
                security_groups=[self.endpoint_group],
                private_dns_enabled=True,
                open=False,
            )
            self._restrict(name, endpoint, passes(self._place))
            made[name] = endpoint
        return made

    def _routes(self) -> None:
        for name, (service, passes) in ROUTES.items():
            endpoint = self.vpc.add_gateway_endpoint(
                name,
                service=service,
                subnets=[ec2.SubnetSelection(subnet_group_name=SUBNETS)],
            )
            self._restrict(name, endpoint, passes(self._place))

    def _restrict(
        self,
        name: str,
        endpoint: ec2.InterfaceVpcEndpoint | ec2.GatewayVpcEndpoint,
        passes: Any,
    ) -> None:
        """The door's policy; one that is open to all is refused here."""
        given: list[Pass] = list(passes)
        for statement in endpoint_policy(name, given)["Statement"]:
            endpoint.add_to_policy(iam.PolicyStatement.from_json(statement))

    def values(self) -> Mapping[str, str]:
        """What the agents' stack and others look up."""
        agentcore = self.endpoints["AgentCore"]
        return {
            "network/vpc-id": self.vpc.vpc_id,
            "network/agent-subnets": cdk.Fn.join(",", self.subnets.subnet_ids),
            "network/runtime-security-group": self.runtime_group.security_group_id,
            "network/endpoint-security-group": self.endpoint_group.security_group_id,
            "network/agentcore-endpoint-id": agentcore.vpc_endpoint_id,
            "network/agentcore-endpoint-dns": cdk.Fn.join(",", agentcore.vpc_endpoint_dns_entries),
        }

    def _outputs(self) -> None:
        """The contract's exports (T010, T037); nothing of ours imports them."""
        for name, key in (
            ("VpcId", "vpc-id"),
            ("RuntimeSecurityGroupId", "runtime-security-group"),
            ("AgentCoreEndpointId", "agentcore-endpoint-id"),
            ("AgentCoreEndpointDnsNames", "agentcore-endpoint-dns"),
        ):
            cdk.CfnOutput(
                self,
                name,
                value=self.values()[f"network/{key}"],
                export_name=f"{self.environment_data.name}-{name}",
            )
