//! Ids of resources, and what running ones say.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource>

use std::rc::Rc;

use memchr::{memchr, memchr_iter};
use smol_str::SmolStr;

use super::super::context::{Context, Loop};
use super::super::names;
use super::super::template::get;
use super::super::value::{Data, Runtime};
use crate::cloud::{Attribute, Kind, ResourceId, Term};
use crate::read::azure::lower;
use crate::yaml::{Key, Node};

impl Context<'_> {
    /// `resourceId([subscription], [group], type, names…)`
    pub(super) fn resource_id(&self, given: &[Data]) -> Data {
        const WHY: &str = "resources of this type are not read";
        let texts: Vec<_> = given.iter().map(|data| self.name(data)).collect();
        let is_type = |text: &SmolStr| memchr(b'/', text.as_bytes()).is_some();
        let Some(at) = texts.iter().take(3).position(is_type) else {
            return self.opaque("resourceId", given, "no type of resource is named");
        };
        let (elsewhere, rest) = texts.split_at(at);
        let Some((type_name, path)) = rest.split_first() else {
            return self.opaque("resourceId", given, "no type of resource is named");
        };
        // A name may hold its parent's, divided by a slash.
        let mut path: Vec<String> = path
            .iter()
            .flat_map(|name| name.split('/'))
            .map(str::to_owned)
            .collect();
        let Some(kind) = names::kind(type_name) else {
            return self.opaque("resourceId", given, WHY);
        };
        if path.len() != memchr_iter(b'/', type_name.as_bytes()).count() {
            return self.opaque("resourceId", given, "it has too many names or too few");
        }
        if let (Some(group), Some(name)) = (elsewhere.last(), path.first_mut())
            && group != "{resourceGroup().name}"
        {
            // What stands in another group is none of the resources here, even with the same name.
            *name = format!("{group}:{name}");
        }
        let id = self.canonical(names::id(kind, path));
        Data::Term(Term::Attribute(id, Attribute::Id))
    }

    /// The id as the resource itself is written: capitals make no difference.
    pub(in crate::read::arm) fn canonical(&self, id: ResourceId) -> ResourceId {
        let declared = self.shared.declared.borrow();
        match declared.get(&declaration(&id)) {
            Some(known) if *known != id => known.clone(),
            _ => id,
        }
    }

    /// What a deployment gives back, as `reference` shows it.
    /// <https://learn.microsoft.com/azure/azure-resource-manager/templates/outputs#linked-templates>
    pub(in crate::read::arm) fn outputs(&self, outputs: &[(Key, Node)], loops: &[Loop]) -> Data {
        let values = outputs.iter().filter_map(|(key, node)| {
            let value = self.eval(get(node, "value")?, loops);
            Some((key.text.as_str(), self.object(vec![("value", value.data)])))
        });
        let values = self.object(values.collect());
        self.object(vec![("outputs", values)])
    }

    /// Keeps what a deployment gives back under every name that `reference` may have for it.
    pub(in crate::read::arm) fn keep_outputs(
        &self,
        symbol: Option<&str>,
        name: &str,
        outputs: &Data,
    ) {
        let type_name = Data::Text("Microsoft.Resources/deployments".into());
        let id = self.resource_id(&[type_name, Data::Text(name.into())]);
        let mut deployed = self.deployed.borrow_mut();
        for name in symbol.into_iter().chain([name, &id.label()]) {
            deployed.insert(name.to_lowercase(), outputs.clone());
        }
    }

    /// What a running resource says: its properties are taken out step by step.
    pub(super) fn reference(&self, resource: &Data) -> Data {
        if let Data::Term(Term::Attribute(id, Attribute::Id)) = resource {
            return running(id);
        }
        let name = self.name(resource);
        if let Some(outputs) = self.deployed.borrow().get(&name.to_lowercase()) {
            return outputs.clone();
        }
        let symbols = self.symbols.borrow();
        if let Some(id) = symbols.get(&name.to_lowercase()) {
            return running(id);
        }
        let text = format!("reference({name})");
        Data::unknown(&text, "only the running resource knows it")
    }
}

/// A running resource as a whole.
fn running(id: &ResourceId) -> Data {
    Data::Runtime(Rc::new(Runtime {
        id: id.clone(),
        path: Vec::new(),
    }))
}

/// The key of a resource among those of a file: its kind, and its names in small letters.
pub(in crate::read::arm) type Declaration = (Kind, String);

/// The key of a resource.
pub(in crate::read::arm) fn declaration(id: &ResourceId) -> Declaration {
    (id.kind, lower(id.path.join("/")))
}
