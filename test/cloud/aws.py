"""AWS on this machine for the deployment's tests: moto, and what moto lacks of CloudFormation and Lambda.

Usage: python3 aws.py <port>. Beside moto's own /moto-api/reset:
  POST /moto-api/account   {"limit": 10, "denied": ["iam:CreateRole"]}: what the account may, until the next reset
  POST /moto-api/refuse    {"Type or logical id": "reason"}: resources that cannot be made, until the next reset; "" makes one
                                                     possible again
"""

import json
import sys
import threading

import moto.cloudformation.models as models
import moto.cloudformation.parsing as parsing
from moto.awslambda import urls as lambda_urls
from moto.awslambda.models import lambda_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import ec2_backends, vpcs
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.models.subnets import Subnet
from moto.iam.responses import IamResponse
from moto.moto_api._internal import urls as api_urls
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

ACCOUNT = {"limit": 1000, "denied": []}
REFUSED = {}
NOW = threading.local()  # what the operation in progress asked for

# --- resources of types that moto does not know: they are made, have a name and every attribute


class Unknown:
    def __init__(self, logical_id, kind, properties):
        self.logical_resource_id, self.cf_resource_type, self.type = logical_id, kind, kind
        self.properties = properties
        names = ["Name", "AlarmName", "DashboardName", "DomainName"]
        self.physical_resource_id = next(
            (properties[each] for each in names if isinstance(properties.get(each), str)), f"x-{logical_id}"
        )

    @classmethod
    def has_cfn_attr(cls, attribute):
        return True

    def get_cfn_attribute(self, attribute):
        if attribute.endswith("Arn"):
            return f"arn:aws:x:::{self.logical_resource_id}"
        return f"{self.physical_resource_id}-{attribute}"

    def is_created(self):
        return True

    def delete(self, *_):
        pass


def known(kind):
    return parsing.resource_class_from_type(kind) is not None


# --- CloudFormation: limits of the account, taking over what is there, and rolling back


class Refused(Exception):
    pass


def check_limits(logical_id, kind, properties, account, region):
    for each in (logical_id, kind):
        if REFUSED.get(each):
            raise Refused(REFUSED[each])
    if kind == "AWS::Lambda::Function":
        wanted = properties.get("ReservedConcurrentExecutions")
        if wanted is None:
            return
        held = sum(
            int(each.reserved_concurrency or 0)
            for each in lambda_backends[account][region]._lambdas.all()
            if each.function_name != properties.get("FunctionName")
        )
        floor = min(100, ACCOUNT["limit"])
        if ACCOUNT["limit"] - held - int(wanted) < floor:
            raise Refused(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{floor}]."
            )


def existing(kind, properties, account, region):
    """The resource that has this name already."""
    if kind == "AWS::DynamoDB::Table":
        return dynamodb_backends[account][region].tables.get(properties.get("TableName"))
    if kind == "AWS::S3::Bucket":
        return s3_backends[account][get_partition(region)].buckets.get(properties.get("BucketName"))
    return None


def named(resource, properties):
    """moto's buses have no name in their stack."""
    if resource is not None and not getattr(resource, "physical_resource_id", None):
        resource.physical_resource_id = properties.get("Name", "")
    return resource


create = parsing.parse_and_create_resource


def create_resource(logical_id, resource, resources, account_id, region_name):
    condition = resource.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        return None
    kind = resource["Type"]
    properties = parsing.clean_json(resource.get("Properties", {}), resources)
    check_limits(logical_id, kind, properties, account_id, region_name)
    there = existing(kind, properties, account_id, region_name)
    if there is not None and getattr(NOW, "adopt", False):
        name = resource["Properties"].get("TableName") or resource["Properties"].get("BucketName")
        if not isinstance(name, str) or not resource.get("DeletionPolicy", "").startswith("Retain"):
            raise Refused(f"{logical_id} cannot be imported: its name must be plain, and it must be retained")
        there.cf_resource_type, there.logical_resource_id = kind, logical_id
        NOW.adopted.add(logical_id)
        return there
    if not known(kind):
        return Unknown(logical_id, kind, properties)
    if there is not None:
        raise Refused(f"{properties.get('TableName') or properties.get('BucketName')} already exists")
    made = named(create(logical_id, resource, resources, account_id=account_id, region_name=region_name), properties)
    if isinstance(made, TaggedEC2Resource):
        own = {name: value for name, value in resources.tags.items() if not name.startswith("aws:")}
        ec2_backends[account_id][region_name].create_tags([getattr(made, "id", made.physical_resource_id)], own)
    return made


parsing.parse_and_create_resource = create_resource

update = parsing.parse_and_update_resource


def update_resource(logical_id, resource, resources, account_id, region_name):
    condition = resource.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        return None
    kind = resource["Type"]
    properties = parsing.clean_json(resource.get("Properties", {}), resources)
    check_limits(logical_id, kind, properties, account_id, region_name)
    original = resources._parsed_resources.get(logical_id)
    if original is None:  # its condition holds only now
        return create_resource(logical_id, resource, resources, account_id, region_name)
    if not known(kind):
        return Unknown(logical_id, kind, properties)
    changed = update(logical_id, resource, resources, account_id=account_id, region_name=region_name)
    return original if changed is None else named(changed, properties)


parsing.parse_and_update_resource = update_resource


def protected(resource):
    return getattr(resource, "deletion_protection_enabled", False) is True


def rolled_back(resource_map, made):
    """Deletes what this operation made, as CloudFormation does; says what stays."""
    stays = []
    for logical_id in reversed(made):
        resource = resource_map._parsed_resources.get(logical_id)
        description = resource_map._resource_json_map.get(logical_id, {})
        if resource is None or isinstance(resource, str) or logical_id in NOW.adopted:
            continue
        if description.get("DeletionPolicy") == "Retain" or protected(resource):
            stays.append(logical_id)
        else:
            try:
                resource_map._delete_resource(resource, description)
            except Exception:
                stays.append(logical_id)
        resource_map._parsed_resources.pop(logical_id, None)
    return stays


map_update = parsing.ResourceMap.update


def update_map(self, template, parameters=None):
    """One operation: all of it, or as before with the reasons in the stack's events."""
    NOW.adopted = set()
    before = dict(self._parsed_resources)
    old_template, old_map = self._template, self._resource_json_map
    stack = models.cloudformation_backends[self._account_id][self._region_name].stacks[self.stack_id]
    removed = {
        logical_id: old_map[logical_id]
        for logical_id in old_map
        if logical_id not in template["Resources"]
    }
    try:
        # what a template leaves out goes last, when all the rest is done
        merged = dict(template, Resources={**template["Resources"], **removed})
        map_update(self, merged, parameters)
    except Exception as error:
        logical_id = getattr(NOW, "failing", None) or "a resource"
        event(stack, logical_id, "CREATE_FAILED", str(getattr(error, "message", error)))
        made = [each for each in self._parsed_resources if each not in before]
        stays = rolled_back(self, made)
        self._template, self._resource_json_map = old_template, old_map
        self._parsed_resources = {**before}
        self.load_parameters()
        self.load_conditions()
        raise Failed(stays) from error
    for logical_id, description in removed.items():
        resource = self._parsed_resources.pop(logical_id, None)
        if resource is None or isinstance(resource, str):
            continue
        if not description.get("DeletionPolicy", "").startswith("Retain"):
            self._delete_resource(resource, description)
    self._template, self._resource_json_map = template, template["Resources"]
    # what a condition takes away
    for logical_id, description in template["Resources"].items():
        condition = description.get("Condition")
        if condition and not self.lazy_condition_map[condition]:
            resource = self._parsed_resources.pop(logical_id, None)
            if resource is not None and not description.get("DeletionPolicy", "").startswith("Retain"):
                self._delete_resource(resource, description)


class Failed(Exception):
    def __init__(self, stays):
        super().__init__("rolled back")
        self.stays = stays


parsing.ResourceMap.update = update_map

item = parsing.ResourceMap.__getitem__


def remembered(self, key):
    outer = getattr(NOW, "failing", None)
    if key in self._resource_json_map and key not in self._parsed_resources:
        NOW.failing = key
        made = item(self, key)
        NOW.failing = outer
        return made
    return item(self, key)


parsing.ResourceMap.__getitem__ = remembered

map_delete = parsing.ResourceMap.delete


def delete_map(self):
    """What is retained stays with the stack's deletion, by either word."""
    for description in self._resource_json_map.values():
        if description.get("DeletionPolicy") == "RetainExceptOnCreate":
            description["DeletionPolicy"] = "Retain"
    map_delete(self)


parsing.ResourceMap.delete = delete_map


def event(stack, logical_id, status, reason):
    resource = stack.template_dict.get("Resources", {}).get(logical_id, {})
    stack.events.append(
        models.Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=logical_id,
            physical_resource_id="",
            resource_type=resource.get("Type", "AWS::CloudFormation::CustomResource"),
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )


def update_stack(self, template, role_arn=None, parameters=None, tags=None):
    self._add_stack_event("UPDATE_IN_PROGRESS", resource_status_reason="User Initiated")
    old = self.template
    self.template = template
    self._parse_template()
    NOW.failing = None
    try:
        self.resource_map.update(self.template_dict, parameters)
    except Failed:
        self.template = old
        self._parse_template()
        self._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS")
        self._add_stack_event("UPDATE_ROLLBACK_COMPLETE")
        self.status = "UPDATE_ROLLBACK_COMPLETE"
        return
    self.output_map = self._create_output_map()
    self._add_stack_event("UPDATE_COMPLETE")
    self.status = "UPDATE_COMPLETE"
    if tags is not None:
        self.tags = tags


models.Stack.update = update_stack
models.validate_template_cfn_lint = lambda template: []


def apply(self):
    NOW.adopt = getattr(self, "adopt", False)
    try:
        update_stack(self.stack, self.template, None, self.parameters)
    finally:
        NOW.adopt = False


models.ChangeSet.apply = apply

def execute_change_set(self, change_set_name, stack_name=None):
    change_set = self.describe_change_set(change_set_name)
    change_set.apply()


models.CloudFormationBackend.execute_change_set = execute_change_set

make_change_set = CloudFormationResponse.create_change_set


def create_change_set(self):
    result = make_change_set(self)
    wanted = self._get_bool_param("ImportExistingResources", False)
    self.cloudformation_backend.describe_change_set(self._get_param("ChangeSetName")).adopt = wanted
    return result


CloudFormationResponse.create_change_set = create_change_set

read_template = CloudFormationResponse._get_stack_from_s3_url
# moto knows the addresses of S3 outside China only
CloudFormationResponse._get_stack_from_s3_url = lambda self, url: read_template(self, url.replace(".com.cn/", ".com/"))

remove_change_set = CloudFormationResponse.delete_change_set


def delete_change_set(self):
    name = self._get_param("ChangeSetName")
    sets = self.cloudformation_backend.change_sets
    if name in sets or any(each.change_set_name == name for each in sets.values()):
        return remove_change_set(self)
    return EmptyResult()


CloudFormationResponse.delete_change_set = delete_change_set


def update_termination_protection(self):
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection", False)
    return ActionResult({"StackId": stack.stack_id})


CloudFormationResponse.update_termination_protection = update_termination_protection

remove_stack = CloudFormationResponse.delete_stack


def delete_stack(self):
    name = self._get_param("StackName")
    stacks = [each for each in self.cloudformation_backend.stacks.values() if name in (each.name, each.stack_id)]
    if stacks and stacks[0].enable_termination_protection:
        raise models.ValidationError(message=f"Stack [{name}] cannot be deleted while TerminationProtection is enabled")
    return remove_stack(self)


CloudFormationResponse.delete_stack = delete_stack



def delete_gateway(self, account, region):
    """moto's CloudFormation leaves it, and its address in use."""
    backend = ec2_backends[account][region]
    backend.delete_nat_gateway(self.id)
    for address in backend.addresses:
        if address.eni is self._eni:
            address.association_id = address.eni = None


NatGateway.delete = delete_gateway

delete_vpc = vpcs.VPC.delete_from_cloudformation_json.__func__


def delete_vpc_with_stack(cls, *args):
    """moto's CloudFormation leaves route tables behind, and refuses the network because of them."""
    try:
        delete_vpc(cls, *args)
    except DependencyViolationError:
        pass


vpcs.VPC.delete_from_cloudformation_json = classmethod(delete_vpc_with_stack)

Subnet.get_cfn_attribute = lambda self, attribute: {
    "AvailabilityZone": self.availability_zone,
    "SubnetId": self.id,
    "VpcId": self.vpc_id,
}[attribute]

# --- Lambda's account, IAM's simulator


def account_settings(request, full_url, headers):
    region = "us-east-1"
    credential = request.headers.get("Authorization", "").split("Credential=")[-1].split("/")
    if len(credential) > 2:
        region = credential[2]
    held = sum(
        int(each.reserved_concurrency or 0) for each in lambda_backends[DEFAULT_ACCOUNT_ID][region]._lambdas.all()
    )
    limit = {"ConcurrentExecutions": ACCOUNT["limit"], "UnreservedConcurrentExecutions": ACCOUNT["limit"] - held}
    return 200, {}, json.dumps({"AccountLimit": limit, "AccountUsage": {"FunctionCount": 0}})


lambda_urls.url_paths["{0}/2016-08-19/account-settings/?$"] = account_settings


def simulate_principal_policy(self):
    actions = self._get_param("ActionNames", []) or self._get_multi_param("ActionNames.member")
    results = [
        {
            "EvalActionName": action,
            "EvalDecision": "implicitDeny" if action in ACCOUNT["denied"] else "allowed",
            "EvalResourceName": "*",
        }
        for action in actions
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


IamResponse.simulate_principal_policy = simulate_principal_policy


# --- CloudWatch: alarms that may ring


def enable_alarm_actions(self):
    for alarm in self.cloudwatch_backend.get_alarms_by_alarm_names(self._get_param("AlarmNames")):
        alarm.actions_enabled = True
    return EmptyResult()


CloudWatchResponse.enable_alarm_actions = enable_alarm_actions

# --- control


def told(into):
    def handler(request, full_url, headers):
        into.update(json.loads(request.get_data() or b"{}"))
        return 200, {}, "{}"

    return handler


def reset_all(reset):
    def handler(*args):
        ACCOUNT.update(limit=1000, denied=[])
        REFUSED.clear()
        return reset(*args)

    return handler


api_urls.url_paths["{0}/moto-api/account"] = told(ACCOUNT)
api_urls.url_paths["{0}/moto-api/refuse"] = told(REFUSED)
reset_path = "{0}/moto-api/reset"
api_urls.url_paths[reset_path] = reset_all(api_urls.url_paths[reset_path])

if __name__ == "__main__":
    from moto.server import main

    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
