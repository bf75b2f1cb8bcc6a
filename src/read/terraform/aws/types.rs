//! Types of hashicorp/aws in our words: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.

use super::shapes;
use crate::cloud::aws::Kind;

/// The types that are read, each into a resource of its own.
const TYPES: [(&str, Kind); 68] = [
    ("aws_vpc", Kind::Vpc),
    ("aws_subnet", Kind::Subnet),
    ("aws_vpc_ipv4_cidr_block_association", Kind::VpcCidr),
    ("aws_vpc_ipv6_cidr_block_association", Kind::VpcCidr),
    ("aws_vpc_block_public_access_options", Kind::VpcPublicAccess),
    (
        "aws_vpc_block_public_access_exclusion",
        Kind::VpcPublicAccessExclusion,
    ),
    ("aws_ec2_managed_prefix_list", Kind::PrefixList),
    ("aws_prefix_list", Kind::PrefixList),
    ("aws_route_table", Kind::RouteTable),
    ("aws_route_table_association", Kind::RouteTableAssociation),
    ("aws_route", Kind::Route),
    ("aws_vpn_gateway_route_propagation", Kind::RoutePropagation),
    ("aws_internet_gateway", Kind::InternetGateway),
    (
        "aws_internet_gateway_attachment",
        Kind::InternetGatewayAttachment,
    ),
    (
        "aws_egress_only_internet_gateway",
        Kind::EgressOnlyInternetGateway,
    ),
    ("aws_nat_gateway", Kind::NatGateway),
    ("aws_eip", Kind::ElasticIp),
    ("aws_eip_association", Kind::ElasticIpAssociation),
    ("aws_vpc_peering_connection", Kind::Peering),
    ("aws_ec2_transit_gateway", Kind::TransitGateway),
    (
        "aws_ec2_transit_gateway_vpc_attachment",
        Kind::TransitGatewayAttachment,
    ),
    ("aws_vpc_endpoint", Kind::VpcEndpoint),
    ("aws_vpn_gateway", Kind::VpnGateway),
    ("aws_vpn_gateway_attachment", Kind::VpnGatewayAttachment),
    ("aws_customer_gateway", Kind::CustomerGateway),
    ("aws_vpn_connection", Kind::VpnConnection),
    ("aws_vpn_connection_route", Kind::VpnConnectionRoute),
    ("aws_default_security_group", Kind::DefaultSecurityGroup),
    ("aws_security_group", Kind::SecurityGroup),
    ("aws_security_group_rule", Kind::SecurityGroupRule),
    (
        "aws_vpc_security_group_ingress_rule",
        Kind::SecurityGroupRule,
    ),
    (
        "aws_vpc_security_group_egress_rule",
        Kind::SecurityGroupRule,
    ),
    ("aws_network_acl", Kind::NetworkAcl),
    ("aws_launch_template", Kind::LaunchTemplate),
    ("aws_launch_configuration", Kind::LaunchTemplate),
    ("aws_autoscaling_group", Kind::AutoScalingGroup),
    ("aws_db_subnet_group", Kind::SubnetGroup),
    ("aws_docdb_subnet_group", Kind::SubnetGroup),
    ("aws_neptune_subnet_group", Kind::SubnetGroup),
    ("aws_elasticache_subnet_group", Kind::SubnetGroup),
    ("aws_redshift_subnet_group", Kind::SubnetGroup),
    ("aws_s3_bucket", Kind::Bucket),
    ("aws_s3_bucket_policy", Kind::BucketPolicy),
    ("aws_lambda_function", Kind::Function),
    ("aws_lambda_permission", Kind::Permission),
    ("aws_cloudwatch_event_rule", Kind::EventRule),
    ("aws_sns_topic", Kind::Topic),
    ("aws_sns_topic_policy", Kind::TopicPolicy),
    ("aws_sns_topic_subscription", Kind::Subscription),
    ("aws_sqs_queue", Kind::Queue),
    ("aws_sqs_queue_policy", Kind::QueuePolicy),
    ("aws_kms_key", Kind::Key),
    ("aws_kms_alias", Kind::KeyAlias),
    ("aws_iam_role", Kind::Role),
    ("aws_iam_policy", Kind::ManagedPolicy),
    ("aws_iam_user", Kind::User),
    ("aws_iam_group", Kind::UserGroup),
    ("aws_iam_instance_profile", Kind::InstanceProfile),
    ("aws_cloudwatch_log_group", Kind::LogGroup),
    ("aws_flow_log", Kind::FlowLog),
    ("aws_default_subnet", Kind::Other),
    ("aws_default_vpc", Kind::Other),
    ("aws_default_route_table", Kind::Other),
    ("aws_default_network_acl", Kind::Other),
    ("aws_main_route_table_association", Kind::Other),
    ("aws_vpc_dhcp_options", Kind::Other),
    ("aws_s3_object", Kind::Other),
    ("aws_s3_bucket_object", Kind::Other),
];

/// The kind of resource that a type is read into.
pub(super) fn kind(type_name: &str) -> Kind {
    if shapes::of(type_name).is_some() {
        return Kind::Interface;
    }
    let known = TYPES.iter().find(|(name, _)| *name == type_name);
    known.map_or(Kind::Other, |(_, kind)| *kind)
}

/// Why a type that has no place here is unknown, where there is more to say than that it is not read.
pub(super) fn why_not(type_name: &str) -> &'static str {
    match type_name {
        "aws_default_route_table" | "aws_main_route_table_association" => {
            "there is no place for the main table of a VPC, which subnets without a table use"
        }
        "aws_default_network_acl" => {
            "there is no place for the ACL that a VPC makes by itself, which guards subnets without one"
        }
        _ => "resources of this type are not read",
    }
}

/// Types, or their beginnings where they end in `_`, that surely let nothing pass, by the reason why.
const INERT: [(&str, &[&str]); 8] = [
    (
        "it watches, counts or keeps a record",
        &[
            "aws_cloudwatch_metric_alarm",
            "aws_cloudwatch_composite_alarm",
            "aws_cloudwatch_dashboard",
            "aws_cloudwatch_log_metric_filter",
            "aws_cloudwatch_log_stream",
            "aws_cloudwatch_query_definition",
            "aws_xray_",
            "aws_budgets_",
            "aws_cloudtrail",
            "aws_config_",
            "aws_guardduty_detector",
        ],
    ),
    (
        "it holds a value, which whoever reads it must be allowed to read",
        &[
            "aws_ssm_parameter",
            "aws_secretsmanager_secret",
            "aws_secretsmanager_secret_version",
            "aws_s3_object",
            "aws_s3_bucket_object",
        ],
    ),
    (
        "it changes how many there are, and not who reaches them",
        &[
            "aws_autoscaling_policy",
            "aws_autoscaling_schedule",
            "aws_autoscaling_lifecycle_hook",
            "aws_autoscaling_attachment",
            "aws_autoscaling_group_tag",
            "aws_appautoscaling_",
        ],
    ),
    (
        "it is a name for an address, and opens no way to it",
        &[
            "aws_route53_record",
            "aws_route53_zone",
            "aws_route53_health_check",
            "aws_service_discovery_",
            "aws_vpc_dhcp_options",
            "aws_vpc_dhcp_options_association",
        ],
    ),
    (
        "it divides what reaches a load balancer among its targets, whose own groups decide",
        &[
            "aws_lb_listener",
            "aws_lb_listener_certificate",
            "aws_lb_listener_rule",
            "aws_lb_target_group",
            "aws_lb_target_group_attachment",
            "aws_alb_listener",
            "aws_alb_listener_rule",
            "aws_alb_target_group",
            "aws_alb_target_group_attachment",
            "aws_acm_certificate",
            "aws_acm_certificate_validation",
        ],
    ),
    (
        "it is a disk, a file system or a setting of what has an interface of its own",
        &[
            "aws_key_pair",
            "aws_network_interface_attachment",
            "aws_placement_group",
            "aws_ebs_volume",
            "aws_volume_attachment",
            "aws_ebs_encryption_by_default",
            "aws_ecs_cluster",
            "aws_ecs_task_definition",
            "aws_efs_access_point",
            "aws_db_parameter_group",
            "aws_db_option_group",
            "aws_rds_cluster_parameter_group",
            "aws_elasticache_parameter_group",
            "aws_redshift_parameter_group",
        ],
    ),
    (
        "it is code or a version of it, which runs with the rights of its function",
        &["aws_lambda_layer_version", "aws_lambda_code_signing_config"],
    ),
    (
        "it says how objects are kept, counted and shown, and not to whom",
        &[
            "aws_s3_bucket_accelerate_configuration",
            "aws_s3_bucket_analytics_configuration",
            "aws_s3_bucket_cors_configuration",
            "aws_s3_bucket_intelligent_tiering_configuration",
            "aws_s3_bucket_logging",
            "aws_s3_bucket_metric",
            "aws_s3_bucket_object_lock_configuration",
            "aws_s3_bucket_website_configuration",
            "aws_backup_",
            "aws_dlm_lifecycle_policy",
        ],
    ),
];

/// Types of other providers that make values, files and pauses, and nothing in a cloud.
const OTHER_PROVIDERS: [&str; 6] = ["random_", "null_", "time_", "local_", "tls_", "terraform_"];

/// Whether resources of a type surely let nothing pass.
pub(super) fn is_inert(type_name: &str) -> bool {
    let fits = |known: &str| {
        let is_start = known.ends_with('_');
        type_name == known || is_start && type_name.starts_with(known)
    };
    let mut inert = INERT.iter().flat_map(|(_, types)| types.iter());
    inert.any(|known| fits(known)) || OTHER_PROVIDERS.iter().any(|start| fits(start))
}

#[cfg(test)]
mod tests {
    use super::is_inert;

    #[test]
    fn a_service_is_inert_as_a_whole_and_its_namesake_is_not() {
        assert!(is_inert("aws_config_rule"));
        assert!(is_inert("random_id"));
        assert!(!is_inert("aws_lambda_function_url"));
        assert!(!is_inert("aws_dynamodb_table"));
    }
}
