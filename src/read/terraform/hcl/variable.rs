//! Variables of the root module: <https://developer.hashicorp.com/terraform/language/values/variables>.

use foldhash::{HashMap, HashMapExt};

use super::eval::{Context, Evaluator};
use super::module::Declared;
use super::parse::{File, place};
use crate::read::Parameter;
use crate::read::terraform::tree::{Kind, Value, Variable};

/// What the files that Terraform loads by itself give to variables; the later ones win.
pub(super) fn given<'t>(
    evaluator: &Evaluator<'t>,
    files: &'t [File<'t>],
    root: &str,
) -> HashMap<&'t str, Value> {
    let loaded = |file: &&File| {
        file.folder == root
            && (file.name == "terraform.tfvars" || file.name.ends_with(".auto.tfvars"))
    };
    let mut loaded: Vec<_> = files.iter().filter(loaded).collect();
    loaded.sort_by_key(|file| (file.name != "terraform.tfvars", &file.name));
    let mut given = HashMap::new();
    for file in loaded {
        for attribute in file.body.attributes() {
            let context = Context::new(0, file.source);
            let value = evaluator.eval(&context, &attribute.value);
            given.insert(&*attribute.key.text, value);
        }
    }
    given
}

/// The variables, after everything that asks for their defaults.
pub(super) fn declared(evaluator: &Evaluator<'_>) -> Vec<Variable> {
    let root = evaluator.scope(0);
    let all = root.module.variables.iter();
    all.map(|(name, declared)| {
        let given = evaluator.given.get(name).cloned();
        let default = given.or_else(|| evaluator.written_default(name, *declared));
        let assumed = evaluator.assumed.borrow().contains(*name);
        let parameter = Parameter {
            name: (*name).to_owned(),
            kind: kind(declared),
            default: default.as_ref().and_then(shown),
            secret: declared.is_true("sensitive"),
            constraints: constraints(declared),
            assumed,
            place: declared.place(),
        };
        Variable { parameter, default }
    })
    .collect()
}

fn kind(declared: &Declared<'_>) -> String {
    match declared.argument("type") {
        Some(kind) => place(declared.source, &kind.span).text().to_owned(),
        None => "any".into(),
    }
}

/// A default as one text: a list is one by commas.
fn shown(default: &Value) -> Option<String> {
    match (&default.kind, default.items()) {
        (Kind::Null, _) => None,
        (_, Some(items)) => {
            let texts: Option<Vec<_>> = items.iter().map(Value::written).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => match default.written() {
            Some(text) => Some(text.into()),
            None => default.to_json().map(|json| json.to_string()),
        },
    }
}

/// What the deployer may give, as it is written.
fn constraints(declared: &Declared<'_>) -> Vec<(String, Vec<String>)> {
    let blocks = declared.block.body.blocks("validation");
    let conditions = blocks.filter_map(|block| {
        let condition = block.body.get("condition")?;
        Some(place(declared.source, &condition.span).text().to_owned())
    });
    let conditions: Vec<_> = conditions.collect();
    if conditions.is_empty() {
        Vec::new()
    } else {
        vec![("validation".into(), conditions)]
    }
}
