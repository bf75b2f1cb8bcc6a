//! What each intrinsic function gives.

use super::function::{self, Argument, Call, Part};
use super::types;
use super::value::{Context, Item, Result, Value, fault};
use crate::cloud::aws::Kind as AwsKind;
use crate::cloud::{Environment, Term};
use crate::yaml::Node;

/// What CloudFormation gives by itself, and what is no [`Environment`].
const OUTSIDE: [&str; 3] = ["AWS::StackId", "AWS::StackName", "AWS::URLSuffix"];

/// How many properties of other resources may be asked for on the way to one value.
const MAX_STEPS: usize = 16;

impl<'t> Context<'t> {
    /// What a call gives.
    pub(super) fn apply(&self, call: &Call<'t>) -> Result<Value<'t>> {
        let (node, argument) = (call.argument.node, call.argument);
        match &*call.name {
            "Ref" => match argument.text() {
                Some("AWS::NoValue") => Ok(Value::Nothing),
                Some(name) => self.reference(node, name).map(Value::Term),
                None => fault(node, "the reference has no name"),
            },
            "Fn::GetAtt" => match function::get_att(argument) {
                Some((resource, attribute)) => {
                    self.attribute(node, resource, attribute).map(Value::Term)
                }
                None => fault(node, "`Fn::GetAtt` needs a resource and an attribute"),
            },
            "Fn::Sub" => self.substitute(argument).map(Value::Term),
            "Fn::Join" => self.join(argument).map(Value::Term),
            "Fn::Select" => self.select(argument),
            "Fn::Split" => self.split(argument).map(Value::Terms),
            "Fn::FindInMap" => self.find(argument),
            "Fn::If" => self.choose(argument),
            "Fn::ImportValue" => {
                let name = self.known(&self.argument_or_text(argument)?);
                let name = name.unwrap_or_else(|| function::written(node));
                let import = format!("import:{name}");
                Ok(Value::Term(self.given_outside(node, import, &call.name)))
            }
            "Fn::Cidr" => self.blocks(argument).map(Value::Terms),
            name => fault(node, format!("what `{name}` gives, only the deploy tells")),
        }
    }

    /// What `Ref` of a name gives.
    fn reference(&self, node: &Node, name: &str) -> Result<Term> {
        if let Some(given) = self.template.parameters.get(name) {
            return Ok(Term::Parameter((&given.name).into()));
        }
        let environment = match name {
            "AWS::AccountId" => Some(Environment::AccountId),
            "AWS::Region" => Some(Environment::Region),
            "AWS::Partition" => Some(Environment::Partition),
            _ => None,
        };
        if let Some(environment) = environment {
            return Ok(Term::Environment(environment));
        }
        if OUTSIDE.contains(&name) {
            return Ok(self.given_outside(node, name.to_owned(), "pseudo parameter"));
        }
        let Some(declared) = self.template.resources.get(name) else {
            return fault(node, format!("`{name}` is known to the deploy only"));
        };
        Ok(declared.id.attribute(types::of_ref(declared.kind)))
    }

    /// What `Fn::GetAtt` gives.
    fn attribute(&self, node: &Node, name: &str, attribute: &str) -> Result<Term> {
        let Some(declared) = self.template.resources.get(name) else {
            return fault(node, format!("there is no resource `{name}`"));
        };
        let (kind, id) = (declared.kind, &declared.id);
        if let Some((attribute, behind)) = types::of_get_att(kind, attribute) {
            return self.concat(node, [id.attribute(attribute), behind.into()]);
        }
        match (kind, attribute) {
            // The group that the VPC makes by itself has no resource in a template.
            (AwsKind::Vpc, "DefaultSecurityGroup") => Ok(AwsKind::DefaultSecurityGroup
                .named(id.path.iter().cloned())
                .id()),
            (AwsKind::Vpc | AwsKind::Subnet, "CidrBlock")
            | (AwsKind::Subnet, "AvailabilityZone" | "VpcId") => {
                self.property(node, declared.node, attribute)
            }
            _ => fault(
                node,
                format!(
                    "`{attribute}` of a resource of type `{}` is not read",
                    declared.type_name
                ),
            ),
        }
    }

    /// The property of another resource that an attribute repeats.
    fn property(&self, node: &Node, resource: &'t Node, name: &str) -> Result<Term> {
        let property = resource.get("Properties").and_then(|all| all.get(name));
        let Some(property) = property else {
            return fault(node, format!("the resource has no `{name}`"));
        };
        let steps = self.steps.get();
        if steps == MAX_STEPS {
            return fault(node, "the value leads through too many resources");
        }
        self.steps.set(steps + 1);
        let term = self.term(property);
        self.steps.set(steps);
        term
    }

    fn substitute(&self, argument: Argument<'t>) -> Result<Term> {
        let node = argument.node;
        let (text, own) = match argument.list() {
            Some([text, own]) => (function::plain(text), Some(own)),
            Some(_) => (None, None),
            None => (argument.text(), None),
        };
        let Some(text) = text else {
            return fault(node, "`Fn::Sub` needs a text");
        };
        let mut terms = Vec::new();
        for part in function::parts(text) {
            terms.push(match part {
                Part::Text(text) => text.into(),
                Part::Variable(name) => match own.and_then(|own| own.get(name)) {
                    Some(value) => self.term(value)?,
                    None => match function::dotted(name) {
                        Some((resource, attribute)) => self.attribute(node, resource, attribute)?,
                        None => self.reference(node, name)?,
                    },
                },
            });
        }
        self.concat(node, terms)
    }

    fn join(&self, argument: Argument<'t>) -> Result<Term> {
        let node = argument.node;
        let Some([between, list]) = argument.list() else {
            return fault(node, "`Fn::Join` needs a text and a list");
        };
        let between = self.word(between)?;
        let mut terms = Vec::new();
        for item in self.items(list)? {
            if !terms.is_empty() {
                terms.push((*between).into());
            }
            terms.push(self.item_term(item)?);
        }
        self.concat(node, terms)
    }

    fn select(&self, argument: Argument<'t>) -> Result<Value<'t>> {
        let node = argument.node;
        let Some([index, list]) = argument.list() else {
            return fault(node, "`Fn::Select` needs a number and a list");
        };
        let index = usize::try_from(self.int(index)?).unwrap_or(usize::MAX);
        match self.items(list)?.into_iter().nth(index) {
            Some(Item::Node(node)) => self.value(node),
            Some(Item::Term(term)) => Ok(Value::Term(term)),
            None => fault(node, format!("the list has no item {index}")),
        }
    }

    fn split(&self, argument: Argument<'t>) -> Result<Vec<Term>> {
        let node = argument.node;
        let Some([between, text]) = argument.list() else {
            return fault(node, "`Fn::Split` needs two texts");
        };
        let (between, text) = (self.word(between)?, self.word(text)?);
        if between.is_empty() {
            return fault(node, "`Fn::Split` needs a text to split at");
        }
        self.charge(node, text.len())?;
        Ok(text.split(&*between).map(Term::from).collect())
    }

    fn find(&self, argument: Argument<'t>) -> Result<Value<'t>> {
        let node = argument.node;
        let Some([map, first, second]) = argument.list() else {
            return fault(
                node,
                "`Fn::FindInMap` with a default or without its keys is not read",
            );
        };
        let (map, first, second) = (self.word(map)?, self.word(first)?, self.word(second)?);
        let found = self.template.mappings.get(&*map);
        match found.and_then(|map| map.get(&first)?.get(&second)) {
            Some(value) if function::call(value).is_none() => {
                self.charge(node, value.place.span.len())?;
                Ok(Value::Node(value))
            }
            _ => fault(node, "the mapping has no such keys"),
        }
    }

    fn choose(&self, argument: Argument<'t>) -> Result<Value<'t>> {
        let node = argument.node;
        let Some([condition, yes, no]) = argument.list() else {
            return fault(node, "`Fn::If` needs a condition and two values");
        };
        match function::plain(condition).and_then(|name| self.decide(name)) {
            Some(true) => self.value(yes),
            Some(false) => self.value(no),
            None => fault(node, "which of two values it is, only the deployer knows"),
        }
    }

    /// `Fn::Cidr`: blocks with a number of host bits, one after the other.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html>
    fn blocks(&self, argument: Argument<'t>) -> Result<Vec<Term>> {
        let node = argument.node;
        let Some([block, count, bits]) = argument.list() else {
            return fault(node, "`Fn::Cidr` needs a block, a number and the host bits");
        };
        let (block, count, bits) = (self.cidr(block)?, self.int(count)?, self.int(bits)?);
        super::cidr::split(block, count, bits).map_or_else(
            || fault(node, "the block does not hold so many blocks"),
            |blocks| Ok(blocks.into_iter().map(Term::from).collect()),
        )
    }
}
