//! Types of resources that surely let nothing pass, with the reasons. A type that is missing here is unknown.

/// Types, or their beginnings where they end in `::`, by the reason why they let nothing pass.
const INERT: [(&str, &[&str]); 9] = [
    (
        "it watches, counts or keeps a record",
        &[
            "AWS::CloudWatch::",
            "AWS::Logs::LogStream",
            "AWS::Logs::MetricFilter",
            "AWS::Logs::QueryDefinition",
            "AWS::XRay::",
            "AWS::Budgets::",
            "AWS::CE::",
            "AWS::CloudTrail::Trail",
            "AWS::Config::",
            "AWS::GuardDuty::Detector",
            "AWS::AccessAnalyzer::Analyzer",
        ],
    ),
    (
        "it holds a value, which whoever reads it must be allowed to read",
        &[
            "AWS::SSM::Parameter",
            "AWS::SecretsManager::Secret",
            "AWS::SecretsManager::SecretTargetAttachment",
        ],
    ),
    (
        "it changes how many there are, and not who reaches them",
        &[
            "AWS::AutoScaling::ScalingPolicy",
            "AWS::AutoScaling::ScheduledAction",
            "AWS::AutoScaling::LifecycleHook",
            "AWS::ApplicationAutoScaling::",
        ],
    ),
    (
        "it is a name for an address, and opens no way to it",
        &[
            "AWS::Route53::RecordSet",
            "AWS::Route53::RecordSetGroup",
            "AWS::Route53::HostedZone",
            "AWS::Route53::HealthCheck",
            "AWS::ServiceDiscovery::",
            "AWS::EC2::DHCPOptions",
            "AWS::EC2::VPCDHCPOptionsAssociation",
        ],
    ),
    (
        "it is about the deploy itself",
        &[
            "AWS::CDK::Metadata",
            "AWS::CloudFormation::WaitCondition",
            "AWS::CloudFormation::WaitConditionHandle",
        ],
    ),
    (
        "it divides what reaches a load balancer among its targets, whose own groups decide",
        &[
            "AWS::ElasticLoadBalancingV2::Listener",
            "AWS::ElasticLoadBalancingV2::ListenerCertificate",
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            "AWS::CertificateManager::Certificate",
        ],
    ),
    (
        "it is a disk, a file system or a setting of what has an interface of its own",
        &[
            "AWS::EC2::KeyPair",
            "AWS::EC2::NetworkInterfaceAttachment",
            "AWS::EC2::PlacementGroup",
            "AWS::EC2::Volume",
            "AWS::EC2::VolumeAttachment",
            "AWS::ECS::Cluster",
            "AWS::ECS::TaskDefinition",
            "AWS::EFS::AccessPoint",
            "AWS::ElastiCache::ParameterGroup",
            "AWS::DocDB::DBClusterParameterGroup",
            "AWS::DocDB::DBInstance",
            "AWS::Neptune::DBClusterParameterGroup",
            "AWS::Neptune::DBInstance",
            "AWS::RDS::DBClusterParameterGroup",
            "AWS::RDS::DBParameterGroup",
            "AWS::RDS::OptionGroup",
            "AWS::RDS::DBProxyTargetGroup",
            "AWS::Redshift::ClusterParameterGroup",
            "AWS::MSK::Configuration",
        ],
    ),
    (
        "it is code or a version of it, which runs with the rights of its function",
        &[
            "AWS::Lambda::LayerVersion",
            "AWS::Lambda::Version",
            "AWS::Lambda::CodeSigningConfig",
        ],
    ),
    (
        "it keeps copies",
        &[
            "AWS::Backup::BackupPlan",
            "AWS::Backup::BackupSelection",
            "AWS::DLM::LifecyclePolicy",
        ],
    ),
];

/// Why resources of a type let nothing pass, where that is sure.
pub(super) fn why(type_name: &str) -> Option<&'static str> {
    let fits = |known: &str| match known.strip_suffix("::") {
        Some(service) => {
            let rest = type_name.strip_prefix(service);
            rest.is_some_and(|rest| rest.starts_with("::"))
        }
        None => type_name == known,
    };
    let mut all = INERT.iter();
    let found = all.find(|(_, types)| types.iter().any(|known| fits(known)));
    found.map(|(why, _)| *why)
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn a_service_is_inert_as_a_whole_and_its_namesake_is_not() {
        assert!(why("AWS::CloudWatch::Alarm").is_some());
        assert!(why("AWS::CloudWatchX::Alarm").is_none());
        assert!(why("AWS::Lambda::Url").is_none());
        assert!(why("AWS::DynamoDB::Table").is_none());
    }
}
