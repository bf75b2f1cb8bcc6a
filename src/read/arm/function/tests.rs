//! What functions give, as their pages show it.

use super::super::read;
use crate::diag::Source;

/// What an expression comes to, as an output shows it; why not, where it does not.
fn value(expression: &str) -> String {
    let template = serde_json::json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": {
            "open": { "type": "string" },
            "known": { "type": "string", "defaultValue": "a-b" },
            "list": { "type": "array", "defaultValue": ["x", { "y": "z" }] },
        },
        "variables": { "map": { "one": 1, "Two": [2, "[add(1, 2)]"] } },
        "resources": [],
        "outputs": { "it": { "type": "string", "value": format!("[{expression}]") } },
    });
    let reading = read(&Source::new("a.json", &template.to_string())).unwrap();
    match reading.unknown.first() {
        Some(unknown) => format!("? {}", unknown.why),
        None => match &reading.outputs[0].value {
            crate::cloud::Term::Text(text) => text.to_string(),
            term => format!("{term:?}"),
        },
    }
}

#[track_caller]
fn assert_values(table: &[(&str, &str)]) {
    for (expression, right) in table {
        assert_eq!(value(expression), *right, "{expression}");
    }
}

#[test]
fn functions_of_texts() {
    assert_values(&[
        ("concat('a', 1, true())", "a1True"),
        ("format('{0}, {{{1}}} {0}', 'a', 2)", "a, {2} a"),
        ("toUpper(trim('  it''s '))", "IT'S"),
        ("substring('one two three', 4, 3)", "two"),
        ("replace('123-123', '-', '')", "123123"),
        ("padLeft('123', 5, '0')", "00123"),
        ("indexOf('abcdef', 'CD')", "2"),
        ("lastIndexOf('abab', 'x')", "-1"),
        ("startsWith('abcdef', 'AB')", "True"),
        ("endsWith('abcdef', 'x')", "False"),
        ("split('a,b;c', createArray(',', ';'))[2]", "c"),
        ("join(split('a b', ' '), '+')", "a+b"),
        (
            "concat(first('xyz'), last('xyz'), take('xyz', 2), skip('xyz', 2))",
            "xzxyz",
        ),
        ("length('äb')", "2"),
        ("contains('abc', 'bc')", "True"),
        ("empty('')", "True"),
    ]);
}

#[test]
fn functions_of_lists_and_objects() {
    assert_values(&[
        ("variables('map').two[1]", "3"),
        ("variables('map')['one']", "1"),
        ("parameters('list')[1].y", "z"),
        (
            "join(union(createArray('a', 'b'), createArray('b', 'c')), '')",
            "abc",
        ),
        (
            "join(intersection(createArray('a', 'b'), createArray('b')), '')",
            "b",
        ),
        ("union(variables('map'), createObject('one', 7)).one", "7"),
        ("length(concat(range(3, 4), array('x')))", "5"),
        ("last(take(range(3, 4), 2))", "4"),
        ("first(skip(range(3, 4), 2))", "5"),
        ("contains(variables('map'), 'ONE')", "True"),
        ("contains(range(0, 3), 2)", "True"),
        ("coalesce(null(), 'x')", "x"),
        ("empty(json('{}'))", "True"),
        ("max(1, min(createArray(5, 4)))", "4"),
    ]);
}

#[test]
fn functions_of_numbers_and_logic() {
    assert_values(&[
        ("add(mul(2, 3), sub(1, div(7, mod(5, 3))))", "4"),
        ("int('42')", "42"),
        (
            "if(and(less(1, 2), greaterOrEquals('b', 'a')), 'yes', int('x'))",
            "yes",
        ),
        ("if(or(false(), not(bool('true'))), int('x'), 'no')", "no"),
        ("equals(createArray(1, 'a'), createArray(1, 'a'))", "True"),
        ("equals('a', 'A')", "False"),
        ("equals(parameters('known'), 'a-b')", "True"),
    ]);
}

#[test]
fn functions_of_blocks() {
    assert_values(&[
        ("cidrSubnet('10.144.0.0/20', 24, 4)", "10.144.4.0/24"),
        ("cidrHost('10.144.3.0/24', 0)", "10.144.3.1"),
        ("parseCidr('10.144.0.0/20').netmask", "255.255.240.0"),
        ("parseCidr('10.144.0.0/20').lastUsable", "10.144.15.254"),
        ("parseCidr('10.144.0.0/20').cidr", "20"),
    ]);
}

#[test]
fn what_is_not_known_is_told_and_never_made_up() {
    assert_values(&[
        (
            "toLower(parameters('open'))",
            "? only the deployer knows the value",
        ),
        ("div(1, 0)", "? `div` is not evaluated with these values"),
        (
            "uniqueString('a')",
            "? `uniquestring` is not evaluated with these values",
        ),
        (
            "my.own('a')",
            "? `my.own` is not evaluated with these values",
        ),
        ("variables('map').three", "? there is no property `three`"),
        ("parameters('list')[2]", "? the list has no item 2"),
        ("copyIndex()", "? there is no such loop around it"),
        (
            "cidrSubnet('10.0.0.0/24', 16, 0)",
            "? `cidrsubnet` is not evaluated with these values",
        ),
        (
            "resourceGroup().name",
            "? the resource group is known to the deployer only",
        ),
    ]);
}

#[test]
fn what_only_the_cloud_knows_stays_a_term() {
    assert_values(&[
        ("parameters('open')", "Parameter(\"open\")"),
        (
            "concat('x-', parameters('known'), '-y')",
            "Join([Text(\"x-\"), Parameter(\"known\"), Text(\"-y\")])",
        ),
        ("resourceGroup().location", "Environment(Region)"),
        ("subscription().subscriptionId", "Environment(AccountId)"),
    ]);
    let address = value(
        "reference(resourceId('microsoft.network/publicIPADDRESSES', 'pip'), '2023-01-01').ipAddress",
    );
    assert!(address.ends_with("[\"pip\"] }, Address)"), "{address}");
}
