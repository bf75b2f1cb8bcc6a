//! What stands beside an ARM template, and what is none: errors with their places, and never a reading.

use patternbook::cloud::azure::{Resource, VirtualNetwork};
use patternbook::diag::Code;
use patternbook::read::{Reading, arm};
use serde_json::json;

use crate::arm::read;
use crate::arm_foreign::{template, vnet};
use crate::written::source;

fn network_of(reading: &Reading<Resource>) -> &VirtualNetwork {
    match reading.resources.as_slice() {
        [placed] => match &placed.resource {
            Resource::VirtualNetwork(network) => network,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_of_parameters_wins_over_defaults() {
    let text = template(json!({
        "parameters": { "prefix": { "type": "string", "defaultValue": "10.0.0.0/16" } },
        "resources": [vnet("net", &json!({ "addressSpace": { "addressPrefixes": ["[parameters('prefix')]"] } }))],
    }));
    let given = json!({ "parameters": { "Prefix": { "value": "10.9.0.0/16" } } }).to_string();
    let (text, given) = (source("a.json", &text), source("b.json", &given));
    let reading = arm::read_with(&text, Some(&given)).unwrap();
    let network = network_of(&reading);
    assert_eq!(network.address_space[0].to_string(), "10.9.0.0/16");
    assert!(!reading.parameters[0].assumed);
    let odd = source("b.json", r#"{"parameters": {"odd": {"value": 1}}}"#);
    let errors = arm::read_with(&text, Some(&odd)).unwrap_err();
    let error = errors.iter().next().unwrap();
    assert_eq!(error.code, Code::UnknownParameter);
    assert_eq!(
        error.primary.as_ref().unwrap().source.name.as_ref(),
        "b.json"
    );
}

/// The code and the text at the place of the one error.
#[track_caller]
fn refused(text: &str) -> (Code, String) {
    let errors = read(text).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let error = errors.iter().next().unwrap();
    (
        error.code,
        error.primary.as_ref().unwrap().text().to_owned(),
    )
}

#[test]
fn what_azure_refuses_has_an_error_with_its_place() {
    let network = |prefix: &str| {
        vnet(
            "net",
            &json!({ "addressSpace": { "addressPrefixes": [prefix] } }),
        )
    };
    let cases = [
        (
            json!({ "variables": { "a": "[variables('b')]", "b": "[concat(variables('A'))]" }, "resources": [] }),
            Code::TooComplex,
            "\"[variables('b')]\"",
        ),
        (
            json!({ "resources": [network("[parameters('odd')]")] }),
            Code::UnknownReference,
            "\"[parameters('odd')]\"",
        ),
        (
            json!({ "resources": [network("[variables('odd').x]")] }),
            Code::UnknownReference,
            "\"[variables('odd').x]\"",
        ),
        (
            json!({ "resources": [network("10.0.0.0/33")] }),
            Code::InvalidCidr,
            "\"10.0.0.0/33\"",
        ),
        (
            json!({ "resources": [network("10.0.0.1/16")] }),
            Code::InvalidCidr,
            "\"10.0.0.1/16\"",
        ),
        (
            json!({ "resources": [network("10.0.0.0/8"), network("10.0.0.0/8")] }),
            Code::DuplicateKey,
            "\"net\"",
        ),
        (json!({ "resources": 1 }), Code::WrongType, "1"),
        (
            json!({ "parameters": { "a": { "type": "int" }, "A": { "type": "int" } }, "resources": [] }),
            Code::DuplicateKey,
            "\"A\"",
        ),
    ];
    for (sections, code, place) in cases {
        let text = template(sections);
        assert_eq!(refused(&text), (code, place.to_owned()), "{text}");
    }
    let mut waiting = network("10.0.0.0/8");
    waiting["dependsOn"] = json!(["[resourceId('Microsoft.Network/natGateways', 'none')]"]);
    let text = template(json!({ "resources": [waiting] }));
    assert_eq!(refused(&text).0, Code::UnknownReference);
}

#[test]
fn what_is_no_template_is_refused() {
    for text in [
        "",
        "1",
        "[]",
        "{}",
        "{\"resources\": []}",
        "Resources: { A: { Type: 'AWS::EC2::VPC' } }",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}
