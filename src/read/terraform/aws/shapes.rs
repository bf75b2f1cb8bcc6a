//! Types that have network interfaces: where each says its subnets, its groups and whether it is public.

/// Where a type says what is asked of an interface. Keys with a dot stand inside a block.
pub(super) struct Shape {
    /// The type here.
    pub(super) type_name: &'static str,
    /// What AWS calls it.
    pub(super) what: &'static str,
    pub(super) subnets: &'static [&'static str],
    pub(super) groups: &'static [&'static str],
    pub(super) public: Public,
}

/// Where a type says whether it has a public address.
#[derive(Clone, Copy)]
pub(super) enum Public {
    /// Never by itself.
    No,
    /// In an argument that is true or false; without it, it has none.
    Flag(&'static str),
    /// In an argument that is true when it is not public; without it, it is.
    Internal(&'static str),
    /// In an argument that is true or false; without it, the subnet decides.
    OrSubnet(&'static str),
}

const fn shape(
    type_name: &'static str,
    what: &'static str,
    subnets: &'static [&'static str],
    groups: &'static [&'static str],
    public: Public,
) -> Shape {
    Shape {
        type_name,
        what,
        subnets,
        groups,
        public,
    }
}

const DATABASE: &[&str] = &["vpc_security_group_ids"];
const SUBNET_GROUP: &[&str] = &["db_subnet_group_name"];
const BALANCER: &[&str] = &["subnets", "subnet_mapping.subnet_id"];
const ELB: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";

/// The types that are, first of all, network interfaces. Each is described at
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.
const SHAPES: [Shape; 16] = [
    shape(
        "aws_instance",
        "AWS::EC2::Instance",
        &["subnet_id"],
        &["vpc_security_group_ids", "security_groups"],
        Public::OrSubnet("associate_public_ip_address"),
    ),
    shape(
        "aws_network_interface",
        "AWS::EC2::NetworkInterface",
        &["subnet_id"],
        &["security_groups"],
        Public::No,
    ),
    shape(
        "aws_db_instance",
        "AWS::RDS::DBInstance",
        SUBNET_GROUP,
        DATABASE,
        Public::Flag("publicly_accessible"),
    ),
    shape(
        "aws_rds_cluster",
        "AWS::RDS::DBCluster",
        SUBNET_GROUP,
        DATABASE,
        Public::No,
    ),
    shape(
        "aws_docdb_cluster",
        "AWS::DocDB::DBCluster",
        SUBNET_GROUP,
        DATABASE,
        Public::No,
    ),
    shape(
        "aws_neptune_cluster",
        "AWS::Neptune::DBCluster",
        &["neptune_subnet_group_name"],
        DATABASE,
        Public::No,
    ),
    shape(
        "aws_db_proxy",
        "AWS::RDS::DBProxy",
        &["vpc_subnet_ids"],
        DATABASE,
        Public::No,
    ),
    shape(
        "aws_redshift_cluster",
        "AWS::Redshift::Cluster",
        &["cluster_subnet_group_name"],
        DATABASE,
        Public::Flag("publicly_accessible"),
    ),
    shape(
        "aws_lb",
        ELB,
        BALANCER,
        &["security_groups"],
        Public::Internal("internal"),
    ),
    shape(
        "aws_alb",
        ELB,
        BALANCER,
        &["security_groups"],
        Public::Internal("internal"),
    ),
    shape(
        "aws_elb",
        "AWS::ElasticLoadBalancing::LoadBalancer",
        &["subnets"],
        &["security_groups"],
        Public::Internal("internal"),
    ),
    shape(
        "aws_ecs_service",
        "AWS::ECS::Service",
        &["network_configuration.subnets"],
        &["network_configuration.security_groups"],
        Public::Flag("network_configuration.assign_public_ip"),
    ),
    shape(
        "aws_elasticache_cluster",
        "AWS::ElastiCache::CacheCluster",
        &["subnet_group_name"],
        &["security_group_ids"],
        Public::No,
    ),
    shape(
        "aws_elasticache_replication_group",
        "AWS::ElastiCache::ReplicationGroup",
        &["subnet_group_name"],
        &["security_group_ids"],
        Public::No,
    ),
    shape(
        "aws_efs_mount_target",
        "AWS::EFS::MountTarget",
        &["subnet_id"],
        &["security_groups"],
        Public::No,
    ),
    shape(
        "aws_msk_cluster",
        "AWS::MSK::Cluster",
        &["broker_node_group_info.client_subnets"],
        &["broker_node_group_info.security_groups"],
        Public::No,
    ),
];

/// Arguments that say nothing of who reaches it, of all of these types: what it is made of, how it is kept, and what it is
/// called.
pub(super) const REST: &[&str] = &[
    "access_logs",
    "ami",
    "allocated_storage",
    "apply_immediately",
    "availability_zone",
    "availability_zones",
    "auto_minor_version_upgrade",
    "backup_retention_period",
    "backup_window",
    "ca_cert_identifier",
    "capacity_provider_strategy",
    "cluster",
    "cluster_identifier",
    "connection_logs",
    "copy_tags_to_snapshot",
    "credit_specification",
    "cross_zone_load_balancing",
    "database_name",
    "db_name",
    "deletion_protection",
    "deployment_maximum_percent",
    "deployment_minimum_healthy_percent",
    "deployment_circuit_breaker",
    "description",
    "desired_count",
    "disable_api_termination",
    "drop_invalid_header_fields",
    "ebs_block_device",
    "ebs_optimized",
    "enable_cross_zone_load_balancing",
    "enable_deletion_protection",
    "enable_ecs_managed_tags",
    "enable_execute_command",
    "enable_http2",
    "enabled_cloudwatch_logs_exports",
    "engine",
    "engine_mode",
    "engine_version",
    "final_snapshot_identifier",
    "health_check",
    "health_check_grace_period_seconds",
    "hibernation",
    "iam_instance_profile",
    "iam_roles",
    "identifier",
    "idle_timeout",
    "instance_class",
    "instance_initiated_shutdown_behavior",
    "instance_type",
    "instances",
    "iops",
    "ip_address_type",
    "key_name",
    "kms_key_id",
    "launch_type",
    "listener",
    "load_balancer",
    "maintenance_window",
    "manage_master_user_password",
    "master_password",
    "master_username",
    "max_allocated_storage",
    "metadata_options",
    "monitoring",
    "monitoring_interval",
    "multi_az",
    "name",
    "name_prefix",
    "node_type",
    "num_cache_nodes",
    "num_cache_clusters",
    "option_group_name",
    "parameter_group_name",
    "password",
    "performance_insights_enabled",
    "platform_version",
    "port",
    "preferred_backup_window",
    "preferred_maintenance_window",
    "private_ip",
    "private_ips",
    "propagate_tags",
    "replication_group_id",
    "root_block_device",
    "scheduling_strategy",
    "skip_final_snapshot",
    "storage_encrypted",
    "storage_type",
    "task_definition",
    "tenancy",
    "user_data",
    "user_data_base64",
    "user_data_replace_on_change",
    "username",
    "volume_tags",
    "wait_for_steady_state",
];

/// The shape of a type, if it is one of these.
pub(super) fn of(type_name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.type_name == type_name)
}
